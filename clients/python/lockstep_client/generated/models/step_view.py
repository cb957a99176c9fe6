from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.step_kind import StepKind
from ..models.step_status import StepStatus

if TYPE_CHECKING:
    from ..models.item_figures import ItemFigures
    from ..models.item_view import ItemView
    from ..models.step_view_error_type_0 import StepViewErrorType0
    from ..models.step_view_expired import StepViewExpired
    from ..models.step_view_skip_reason_type_0 import StepViewSkipReasonType0


T = TypeVar("T", bound="StepView")


@_attrs_define
class StepView:
    """A step of a run; `attempt` is 0 until a worker has claimed it for the first time.

    Attributes:
        id (UUID):
        name (str):
        kind (StepKind): The kinds that a definition may name; each has one engine.
        status (StepStatus): Where a step is.
        attempt (int):
        turn (int): how many turns it has taken, however it stands or ended: of an agent those that are recorded, of a
            crew its answered questions
        needs (list[str]):
        started_at (datetime.datetime | None):
        ended_at (datetime.datetime | None):
        duration_ms (int | None):
        tokens (int):
        cost_usd (str):
        error (None | StepViewErrorType0):
        skip_reason (None | StepViewSkipReasonType0): why a step was left out as its definition allows:
            `condition_false` or `input_missing`
        excused (bool): whether the run may complete although this step did not succeed
        output (Any):
        copied_from (None | UUID): the step of the forked run whose end this is; it cost nothing here
        items (ItemFigures | None): of a step with `foreach`, once its list is known; its cost is theirs
        item (ItemView | None): of a step in the list of another step's items
        child_run_id (None | UUID): of a step of the kind `run`, the run that it has started last
        expired (StepViewExpired): kinds of its run's content that have expired, and when: an output, or an item, is
            null then
    """

    id: UUID
    name: str
    kind: StepKind
    status: StepStatus
    attempt: int
    turn: int
    needs: list[str]
    started_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    duration_ms: int | None
    tokens: int
    cost_usd: str
    error: None | StepViewErrorType0
    skip_reason: None | StepViewSkipReasonType0
    excused: bool
    output: Any
    copied_from: None | UUID
    items: ItemFigures | None
    item: ItemView | None
    child_run_id: None | UUID
    expired: StepViewExpired
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.item_figures import ItemFigures  # noqa: PLC0415
        from ..models.item_view import ItemView  # noqa: PLC0415
        from ..models.step_view_error_type_0 import StepViewErrorType0  # noqa: PLC0415
        from ..models.step_view_skip_reason_type_0 import StepViewSkipReasonType0  # noqa: PLC0415

        id = str(self.id)

        name = self.name

        kind = self.kind.value

        status = self.status.value

        attempt = self.attempt

        turn = self.turn

        needs = self.needs

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        duration_ms: int | None
        duration_ms = self.duration_ms

        tokens = self.tokens

        cost_usd = self.cost_usd

        error: dict[str, Any] | None
        if isinstance(self.error, StepViewErrorType0):
            error = self.error.to_dict()
        else:
            error = self.error

        skip_reason: dict[str, Any] | None
        if isinstance(self.skip_reason, StepViewSkipReasonType0):
            skip_reason = self.skip_reason.to_dict()
        else:
            skip_reason = self.skip_reason

        excused = self.excused

        output = self.output

        copied_from: None | str
        if isinstance(self.copied_from, UUID):
            copied_from = str(self.copied_from)
        else:
            copied_from = self.copied_from

        items: dict[str, Any] | None
        if isinstance(self.items, ItemFigures):
            items = self.items.to_dict()
        else:
            items = self.items

        item: dict[str, Any] | None
        if isinstance(self.item, ItemView):
            item = self.item.to_dict()
        else:
            item = self.item

        child_run_id: None | str
        if isinstance(self.child_run_id, UUID):
            child_run_id = str(self.child_run_id)
        else:
            child_run_id = self.child_run_id

        expired = self.expired.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "kind": kind,
                "status": status,
                "attempt": attempt,
                "turn": turn,
                "needs": needs,
                "started_at": started_at,
                "ended_at": ended_at,
                "duration_ms": duration_ms,
                "tokens": tokens,
                "cost_usd": cost_usd,
                "error": error,
                "skip_reason": skip_reason,
                "excused": excused,
                "output": output,
                "copied_from": copied_from,
                "items": items,
                "item": item,
                "child_run_id": child_run_id,
                "expired": expired,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.item_figures import ItemFigures  # noqa: PLC0415
        from ..models.item_view import ItemView  # noqa: PLC0415
        from ..models.step_view_error_type_0 import StepViewErrorType0  # noqa: PLC0415
        from ..models.step_view_expired import StepViewExpired  # noqa: PLC0415
        from ..models.step_view_skip_reason_type_0 import StepViewSkipReasonType0  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        kind = StepKind(d.pop("kind"))

        status = StepStatus(d.pop("status"))

        attempt = d.pop("attempt")

        turn = d.pop("turn")

        needs = cast(list[str], d.pop("needs"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        started_at = _parse_started_at(d.pop("started_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_duration_ms(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        duration_ms = _parse_duration_ms(d.pop("duration_ms"))

        tokens = d.pop("tokens")

        cost_usd = d.pop("cost_usd")

        def _parse_error(data: object) -> None | StepViewErrorType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                error_type_0 = StepViewErrorType0.from_dict(data)

                return error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StepViewErrorType0, data)

        error = _parse_error(d.pop("error"))

        def _parse_skip_reason(data: object) -> None | StepViewSkipReasonType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                skip_reason_type_0 = StepViewSkipReasonType0.from_dict(data)

                return skip_reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StepViewSkipReasonType0, data)

        skip_reason = _parse_skip_reason(d.pop("skip_reason"))

        excused = d.pop("excused")

        output = d.pop("output")

        def _parse_copied_from(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                copied_from_type_0 = UUID(data)

                return copied_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        copied_from = _parse_copied_from(d.pop("copied_from"))

        def _parse_items(data: object) -> ItemFigures | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                items_type_0 = ItemFigures.from_dict(data)

                return items_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ItemFigures | None, data)

        items = _parse_items(d.pop("items"))

        def _parse_item(data: object) -> ItemView | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                item_type_0 = ItemView.from_dict(data)

                return item_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ItemView | None, data)

        item = _parse_item(d.pop("item"))

        def _parse_child_run_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                child_run_id_type_0 = UUID(data)

                return child_run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        child_run_id = _parse_child_run_id(d.pop("child_run_id"))

        expired = StepViewExpired.from_dict(d.pop("expired"))

        step_view = cls(
            id=id,
            name=name,
            kind=kind,
            status=status,
            attempt=attempt,
            turn=turn,
            needs=needs,
            started_at=started_at,
            ended_at=ended_at,
            duration_ms=duration_ms,
            tokens=tokens,
            cost_usd=cost_usd,
            error=error,
            skip_reason=skip_reason,
            excused=excused,
            output=output,
            copied_from=copied_from,
            items=items,
            item=item,
            child_run_id=child_run_id,
            expired=expired,
        )

        step_view.additional_properties = d
        return step_view

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
