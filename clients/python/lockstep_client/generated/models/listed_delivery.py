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
from ..types import UNSET, Unset

T = TypeVar("T", bound="ListedDelivery")


@_attrs_define
class ListedDelivery:
    """An event on its way. `message_id` is its `webhook-id`, the same at every attempt.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (UUID):
            message_id (str | Unset):
            type_ (RunEventType | str | TenantEventType | Unset): of the event; `webhook.test` of one that you asked for
            run_id (None | Unset | UUID):
            status (DeliveryStatus | Unset): How far an event has come on its way to a webhook; `failed` is one whose
                attempts are all made.
            attempts (int | Unset): of at most 10
            next_at (datetime.datetime | None | Unset): when it is tried next, of one that is pending
            answer_status (int | None | Unset): of the last answer; null where there was none
            error (None | str | Unset): why the last attempt failed
            answered_in_ms (int | None | Unset):
            created_at (datetime.datetime | Unset):
            ended_at (datetime.datetime | None | Unset):
    """

    id: UUID
    message_id: str | Unset = UNSET
    type_: RunEventType | str | TenantEventType | Unset = UNSET
    run_id: None | Unset | UUID = UNSET
    status: DeliveryStatus | Unset = UNSET
    attempts: int | Unset = UNSET
    next_at: datetime.datetime | None | Unset = UNSET
    answer_status: int | None | Unset = UNSET
    error: None | str | Unset = UNSET
    answered_in_ms: int | None | Unset = UNSET
    created_at: datetime.datetime | Unset = UNSET
    ended_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        message_id = self.message_id

        type_: str | Unset
        if isinstance(self.type_, Unset):
            type_ = UNSET
        elif isinstance(self.type_, RunEventType):
            type_ = self.type_.value
        elif isinstance(self.type_, TenantEventType):
            type_ = self.type_.value
        else:
            type_ = self.type_

        run_id: None | str | Unset
        if isinstance(self.run_id, Unset):
            run_id = UNSET
        elif isinstance(self.run_id, UUID):
            run_id = str(self.run_id)
        else:
            run_id = self.run_id

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        attempts = self.attempts

        next_at: None | str | Unset
        if isinstance(self.next_at, Unset):
            next_at = UNSET
        elif isinstance(self.next_at, datetime.datetime):
            next_at = self.next_at.isoformat()
        else:
            next_at = self.next_at

        answer_status: int | None | Unset
        if isinstance(self.answer_status, Unset):
            answer_status = UNSET
        else:
            answer_status = self.answer_status

        error: None | str | Unset
        if isinstance(self.error, Unset):
            error = UNSET
        else:
            error = self.error

        answered_in_ms: int | None | Unset
        if isinstance(self.answered_in_ms, Unset):
            answered_in_ms = UNSET
        else:
            answered_in_ms = self.answered_in_ms

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = self.created_at.isoformat()

        ended_at: None | str | Unset
        if isinstance(self.ended_at, Unset):
            ended_at = UNSET
        elif isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
            }
        )
        if message_id is not UNSET:
            field_dict["message_id"] = message_id
        if type_ is not UNSET:
            field_dict["type"] = type_
        if run_id is not UNSET:
            field_dict["run_id"] = run_id
        if status is not UNSET:
            field_dict["status"] = status
        if attempts is not UNSET:
            field_dict["attempts"] = attempts
        if next_at is not UNSET:
            field_dict["next_at"] = next_at
        if answer_status is not UNSET:
            field_dict["answer_status"] = answer_status
        if error is not UNSET:
            field_dict["error"] = error
        if answered_in_ms is not UNSET:
            field_dict["answered_in_ms"] = answered_in_ms
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if ended_at is not UNSET:
            field_dict["ended_at"] = ended_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        message_id = d.pop("message_id", UNSET)

        def _parse_type_(data: object) -> RunEventType | str | TenantEventType | Unset:
            if isinstance(data, Unset):
                return data
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
            return cast(RunEventType | str | TenantEventType | Unset, data)

        type_ = _parse_type_(d.pop("type", UNSET))

        def _parse_run_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                run_id_type_0 = UUID(data)

                return run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        run_id = _parse_run_id(d.pop("run_id", UNSET))

        _status = d.pop("status", UNSET)
        status: DeliveryStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = DeliveryStatus(_status)

        attempts = d.pop("attempts", UNSET)

        def _parse_next_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                next_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        next_at = _parse_next_at(d.pop("next_at", UNSET))

        def _parse_answer_status(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        answer_status = _parse_answer_status(d.pop("answer_status", UNSET))

        def _parse_error(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        error = _parse_error(d.pop("error", UNSET))

        def _parse_answered_in_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        answered_in_ms = _parse_answered_in_ms(d.pop("answered_in_ms", UNSET))

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at)

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

        listed_delivery = cls(
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

        listed_delivery.additional_properties = d
        return listed_delivery

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
