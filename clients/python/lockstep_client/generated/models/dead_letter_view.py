from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.dead_letter_status import DeadLetterStatus

if TYPE_CHECKING:
    from ..models.dead_letter_view_error_type_0 import DeadLetterViewErrorType0


T = TypeVar("T", bound="DeadLetterView")


@_attrs_define
class DeadLetterView:
    """A step that failed although another attempt might have helped; `cause` is its failure's code.

    Attributes:
        id (UUID):
        run_id (UUID):
        step_id (UUID):
        step (str): the step's name; name[index] for one that ran for an item
        cause (str):
        error (DeadLetterViewErrorType0 | None): null for who may not read runs, as `reason` is
        attempts (int):
        receive_count (int | None): how often its message was received, where that is what it died of
        died_at (datetime.datetime):
        status (DeadLetterStatus): What became of a step that used up its attempts; a letter leaves `open` once.
        ended_at (datetime.datetime | None):
        ended_by (None | str):
        reason (None | str): why it was discarded
    """

    id: UUID
    run_id: UUID
    step_id: UUID
    step: str
    cause: str
    error: DeadLetterViewErrorType0 | None
    attempts: int
    receive_count: int | None
    died_at: datetime.datetime
    status: DeadLetterStatus
    ended_at: datetime.datetime | None
    ended_by: None | str
    reason: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.dead_letter_view_error_type_0 import DeadLetterViewErrorType0  # noqa: PLC0415

        id = str(self.id)

        run_id = str(self.run_id)

        step_id = str(self.step_id)

        step = self.step

        cause = self.cause

        error: dict[str, Any] | None
        if isinstance(self.error, DeadLetterViewErrorType0):
            error = self.error.to_dict()
        else:
            error = self.error

        attempts = self.attempts

        receive_count: int | None
        receive_count = self.receive_count

        died_at = self.died_at.isoformat()

        status = self.status.value

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        ended_by: None | str
        ended_by = self.ended_by

        reason: None | str
        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "run_id": run_id,
                "step_id": step_id,
                "step": step,
                "cause": cause,
                "error": error,
                "attempts": attempts,
                "receive_count": receive_count,
                "died_at": died_at,
                "status": status,
                "ended_at": ended_at,
                "ended_by": ended_by,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dead_letter_view_error_type_0 import DeadLetterViewErrorType0  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        run_id = UUID(d.pop("run_id"))

        step_id = UUID(d.pop("step_id"))

        step = d.pop("step")

        cause = d.pop("cause")

        def _parse_error(data: object) -> DeadLetterViewErrorType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                error_type_0 = DeadLetterViewErrorType0.from_dict(data)

                return error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DeadLetterViewErrorType0 | None, data)

        error = _parse_error(d.pop("error"))

        attempts = d.pop("attempts")

        def _parse_receive_count(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        receive_count = _parse_receive_count(d.pop("receive_count"))

        died_at = datetime.datetime.fromisoformat(d.pop("died_at"))

        status = DeadLetterStatus(d.pop("status"))

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

        def _parse_ended_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_by = _parse_ended_by(d.pop("ended_by"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        dead_letter_view = cls(
            id=id,
            run_id=run_id,
            step_id=step_id,
            step=step,
            cause=cause,
            error=error,
            attempts=attempts,
            receive_count=receive_count,
            died_at=died_at,
            status=status,
            ended_at=ended_at,
            ended_by=ended_by,
            reason=reason,
        )

        dead_letter_view.additional_properties = d
        return dead_letter_view

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
