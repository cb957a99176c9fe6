from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.step_kind import StepKind
from ..models.step_status import StepStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.item_figures import ItemFigures
    from ..models.item_view import ItemView
    from ..models.listed_step_error_type_0 import ListedStepErrorType0
    from ..models.listed_step_expired import ListedStepExpired
    from ..models.listed_step_skip_reason_type_0 import ListedStepSkipReasonType0


T = TypeVar("T", bound="ListedStep")


@_attrs_define
class ListedStep:
    """A step of a run; `attempt` is 0 until a worker has claimed it for the first time.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (UUID):
            name (str):
            kind (StepKind | Unset): The kinds that a definition may name; each has one engine.
            status (StepStatus | Unset): Where a step is.
            attempt (int | Unset):
            turn (int | Unset): how many turns it has taken, however it stands or ended: of an agent those that are
                recorded, of a crew its answered questions
            needs (list[str] | Unset):
            started_at (datetime.datetime | None | Unset):
            ended_at (datetime.datetime | None | Unset):
            duration_ms (int | None | Unset):
            tokens (int | Unset):
            cost_usd (str | Unset):
            error (ListedStepErrorType0 | None | Unset):
            skip_reason (ListedStepSkipReasonType0 | None | Unset): why a step was left out as its definition allows:
                `condition_false` or `input_missing`
            excused (bool | Unset): whether the run may complete although this step did not succeed
            output (Any | Unset):
            copied_from (None | Unset | UUID): the step of the forked run whose end this is; it cost nothing here
            items (ItemFigures | None | Unset): of a step with `foreach`, once its list is known; its cost is theirs
            item (ItemView | None | Unset): of a step in the list of another step's items
            child_run_id (None | Unset | UUID): of a step of the kind `run`, the run that it has started last
            expired (ListedStepExpired | Unset): kinds of its run's content that have expired, and when: an output, or an
                item, is null then
    """

    id: UUID
    name: str
    kind: StepKind | Unset = UNSET
    status: StepStatus | Unset = UNSET
    attempt: int | Unset = UNSET
    turn: int | Unset = UNSET
    needs: list[str] | Unset = UNSET
    started_at: datetime.datetime | None | Unset = UNSET
    ended_at: datetime.datetime | None | Unset = UNSET
    duration_ms: int | None | Unset = UNSET
    tokens: int | Unset = UNSET
    cost_usd: str | Unset = UNSET
    error: ListedStepErrorType0 | None | Unset = UNSET
    skip_reason: ListedStepSkipReasonType0 | None | Unset = UNSET
    excused: bool | Unset = UNSET
    output: Any | Unset = UNSET
    copied_from: None | Unset | UUID = UNSET
    items: ItemFigures | None | Unset = UNSET
    item: ItemView | None | Unset = UNSET
    child_run_id: None | Unset | UUID = UNSET
    expired: ListedStepExpired | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.item_figures import ItemFigures  # noqa: PLC0415
        from ..models.item_view import ItemView  # noqa: PLC0415
        from ..models.listed_step_error_type_0 import ListedStepErrorType0  # noqa: PLC0415
        from ..models.listed_step_skip_reason_type_0 import ListedStepSkipReasonType0  # noqa: PLC0415

        id = str(self.id)

        name = self.name

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        attempt = self.attempt

        turn = self.turn

        needs: list[str] | Unset = UNSET
        if not isinstance(self.needs, Unset):
            needs = self.needs

        started_at: None | str | Unset
        if isinstance(self.started_at, Unset):
            started_at = UNSET
        elif isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        ended_at: None | str | Unset
        if isinstance(self.ended_at, Unset):
            ended_at = UNSET
        elif isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        duration_ms: int | None | Unset
        if isinstance(self.duration_ms, Unset):
            duration_ms = UNSET
        else:
            duration_ms = self.duration_ms

        tokens = self.tokens

        cost_usd = self.cost_usd

        error: dict[str, Any] | None | Unset
        if isinstance(self.error, Unset):
            error = UNSET
        elif isinstance(self.error, ListedStepErrorType0):
            error = self.error.to_dict()
        else:
            error = self.error

        skip_reason: dict[str, Any] | None | Unset
        if isinstance(self.skip_reason, Unset):
            skip_reason = UNSET
        elif isinstance(self.skip_reason, ListedStepSkipReasonType0):
            skip_reason = self.skip_reason.to_dict()
        else:
            skip_reason = self.skip_reason

        excused = self.excused

        output = self.output

        copied_from: None | str | Unset
        if isinstance(self.copied_from, Unset):
            copied_from = UNSET
        elif isinstance(self.copied_from, UUID):
            copied_from = str(self.copied_from)
        else:
            copied_from = self.copied_from

        items: dict[str, Any] | None | Unset
        if isinstance(self.items, Unset):
            items = UNSET
        elif isinstance(self.items, ItemFigures):
            items = self.items.to_dict()
        else:
            items = self.items

        item: dict[str, Any] | None | Unset
        if isinstance(self.item, Unset):
            item = UNSET
        elif isinstance(self.item, ItemView):
            item = self.item.to_dict()
        else:
            item = self.item

        child_run_id: None | str | Unset
        if isinstance(self.child_run_id, Unset):
            child_run_id = UNSET
        elif isinstance(self.child_run_id, UUID):
            child_run_id = str(self.child_run_id)
        else:
            child_run_id = self.child_run_id

        expired: dict[str, Any] | Unset = UNSET
        if not isinstance(self.expired, Unset):
            expired = self.expired.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind
        if status is not UNSET:
            field_dict["status"] = status
        if attempt is not UNSET:
            field_dict["attempt"] = attempt
        if turn is not UNSET:
            field_dict["turn"] = turn
        if needs is not UNSET:
            field_dict["needs"] = needs
        if started_at is not UNSET:
            field_dict["started_at"] = started_at
        if ended_at is not UNSET:
            field_dict["ended_at"] = ended_at
        if duration_ms is not UNSET:
            field_dict["duration_ms"] = duration_ms
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if cost_usd is not UNSET:
            field_dict["cost_usd"] = cost_usd
        if error is not UNSET:
            field_dict["error"] = error
        if skip_reason is not UNSET:
            field_dict["skip_reason"] = skip_reason
        if excused is not UNSET:
            field_dict["excused"] = excused
        if output is not UNSET:
            field_dict["output"] = output
        if copied_from is not UNSET:
            field_dict["copied_from"] = copied_from
        if items is not UNSET:
            field_dict["items"] = items
        if item is not UNSET:
            field_dict["item"] = item
        if child_run_id is not UNSET:
            field_dict["child_run_id"] = child_run_id
        if expired is not UNSET:
            field_dict["expired"] = expired

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.item_figures import ItemFigures  # noqa: PLC0415
        from ..models.item_view import ItemView  # noqa: PLC0415
        from ..models.listed_step_error_type_0 import ListedStepErrorType0  # noqa: PLC0415
        from ..models.listed_step_expired import ListedStepExpired  # noqa: PLC0415
        from ..models.listed_step_skip_reason_type_0 import ListedStepSkipReasonType0  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        _kind = d.pop("kind", UNSET)
        kind: StepKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = StepKind(_kind)

        _status = d.pop("status", UNSET)
        status: StepStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = StepStatus(_status)

        attempt = d.pop("attempt", UNSET)

        turn = d.pop("turn", UNSET)

        needs = cast(list[str], d.pop("needs", UNSET))

        def _parse_started_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        started_at = _parse_started_at(d.pop("started_at", UNSET))

        def _parse_ended_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        ended_at = _parse_ended_at(d.pop("ended_at", UNSET))

        def _parse_duration_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        duration_ms = _parse_duration_ms(d.pop("duration_ms", UNSET))

        tokens = d.pop("tokens", UNSET)

        cost_usd = d.pop("cost_usd", UNSET)

        def _parse_error(data: object) -> ListedStepErrorType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                error_type_0 = ListedStepErrorType0.from_dict(data)

                return error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedStepErrorType0 | None | Unset, data)

        error = _parse_error(d.pop("error", UNSET))

        def _parse_skip_reason(data: object) -> ListedStepSkipReasonType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                skip_reason_type_0 = ListedStepSkipReasonType0.from_dict(data)

                return skip_reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedStepSkipReasonType0 | None | Unset, data)

        skip_reason = _parse_skip_reason(d.pop("skip_reason", UNSET))

        excused = d.pop("excused", UNSET)

        output = d.pop("output", UNSET)

        def _parse_copied_from(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                copied_from_type_0 = UUID(data)

                return copied_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        copied_from = _parse_copied_from(d.pop("copied_from", UNSET))

        def _parse_items(data: object) -> ItemFigures | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                items_type_0 = ItemFigures.from_dict(data)

                return items_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ItemFigures | None | Unset, data)

        items = _parse_items(d.pop("items", UNSET))

        def _parse_item(data: object) -> ItemView | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                item_type_0 = ItemView.from_dict(data)

                return item_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ItemView | None | Unset, data)

        item = _parse_item(d.pop("item", UNSET))

        def _parse_child_run_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                child_run_id_type_0 = UUID(data)

                return child_run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        child_run_id = _parse_child_run_id(d.pop("child_run_id", UNSET))

        _expired = d.pop("expired", UNSET)
        expired: ListedStepExpired | Unset
        if isinstance(_expired, Unset):
            expired = UNSET
        else:
            expired = ListedStepExpired.from_dict(_expired)

        listed_step = cls(
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

        listed_step.additional_properties = d
        return listed_step

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
