from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.delivery_status import DeliveryStatus
from ..models.run_event_type import RunEventType
from ..models.tenant_event_type import TenantEventType

T = TypeVar("T", bound="DeliveryView")


@_attrs_define
class DeliveryView:
    """An event on its way. `message_id` is its `webhook-id`, the same at every attempt.

    Attributes:
        id (UUID):
        message_id (str):
        type_ (RunEventType | str | TenantEventType): of the event; `webhook.test` of one that you asked for
        run_id (None | UUID):
        status (DeliveryStatus): How far an event has come on its way to a webhook; `failed` is one whose attempts are
            all made.
        attempts (int): of at most 10
        next_at (datetime.datetime | None): when it is tried next, of one that is pending
        answer_status (int | None): of the last answer; null where there was none
        error (None | str): why the last attempt failed
        answered_in_ms (int | None):
        created_at (datetime.datetime):
        ended_at (datetime.datetime | None):
    """

    id: UUID
    message_id: str
    type_: RunEventType | str | TenantEventType
    run_id: None | UUID
    status: DeliveryStatus
    attempts: int
    next_at: datetime.datetime | None
    answer_status: int | None
    error: None | str
    answered_in_ms: int | None
    created_at: datetime.datetime
    ended_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        message_id = self.message_id

        type_: str
        if isinstance(self.type_, RunEventType):
            type_ = self.type_.value
        elif isinstance(self.type_, TenantEventType):
            type_ = self.type_.value
        else:
            type_ = self.type_

        run_id: None | str
        if isinstance(self.run_id, UUID):
            run_id = str(self.run_id)
        else:
            run_id = self.run_id

        status = self.status.value

        attempts = self.attempts

        next_at: None | str
        if isinstance(self.next_at, datetime.datetime):
            next_at = self.next_at.isoformat()
        else:
            next_at = self.next_at

        answer_status: int | None
        answer_status = self.answer_status

        error: None | str
        error = self.error

        answered_in_ms: int | None
        answered_in_ms = self.answered_in_ms

        created_at = self.created_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "message_id": message_id,
                "type": type_,
                "run_id": run_id,
                "status": status,
                "attempts": attempts,
                "next_at": next_at,
                "answer_status": answer_status,
                "error": error,
                "answered_in_ms": answered_in_ms,
                "created_at": created_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        message_id = d.pop("message_id")

        def _parse_type_(data: object) -> RunEventType | str | TenantEventType:
            errors: list[Exception] = []
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                type_type_0 = RunEventType(data)

                return type_type_0
            except (TypeError, ValueError, AttributeError, KeyError) as error:
                errors.append(error)
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                type_type_1 = TenantEventType(data)

                return type_type_1
            except (TypeError, ValueError, AttributeError, KeyError) as error:
                errors.append(error)
            return cast(RunEventType | str | TenantEventType, data)

        type_ = _parse_type_(d.pop("type"))

        def _parse_run_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                run_id_type_0 = UUID(data)

                return run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        run_id = _parse_run_id(d.pop("run_id"))

        status = DeliveryStatus(d.pop("status"))

        attempts = d.pop("attempts")

        def _parse_next_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                next_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_at = _parse_next_at(d.pop("next_at"))

        def _parse_answer_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        answer_status = _parse_answer_status(d.pop("answer_status"))

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        def _parse_answered_in_ms(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        answered_in_ms = _parse_answered_in_ms(d.pop("answered_in_ms"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

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

        delivery_view = cls(
            id=id,
            message_id=message_id,
            type_=type_,
            run_id=run_id,
            status=status,
            attempts=attempts,
            next_at=next_at,
            answer_status=answer_status,
            error=error,
            answered_in_ms=answered_in_ms,
            created_at=created_at,
            ended_at=ended_at,
        )

        delivery_view.additional_properties = d
        return delivery_view

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
