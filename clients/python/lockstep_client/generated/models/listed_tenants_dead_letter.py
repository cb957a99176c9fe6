from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.dead_letter_status import DeadLetterStatus
from ..types import UNSET, Unset

T = TypeVar("T", bound="ListedTenantsDeadLetter")


@_attrs_define
class ListedTenantsDeadLetter:
    """A dead letter as operators see it: whose, when and by which code, and no word of the tenant.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (UUID):
            tenant_id (UUID | Unset):
            run_id (UUID | Unset):
            step_id (UUID | Unset):
            cause (str | Unset):
            attempts (int | Unset):
            receive_count (int | None | Unset): how often its message was received, where that is what it died of
            died_at (datetime.datetime | Unset):
            status (DeadLetterStatus | Unset): What became of a step that used up its attempts; a letter leaves `open` once.
            ended_at (datetime.datetime | None | Unset):
    """

    id: UUID
    tenant_id: UUID | Unset = UNSET
    run_id: UUID | Unset = UNSET
    step_id: UUID | Unset = UNSET
    cause: str | Unset = UNSET
    attempts: int | Unset = UNSET
    receive_count: int | None | Unset = UNSET
    died_at: datetime.datetime | Unset = UNSET
    status: DeadLetterStatus | Unset = UNSET
    ended_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        tenant_id: str | Unset = UNSET
        if not isinstance(self.tenant_id, Unset):
            tenant_id = str(self.tenant_id)

        run_id: str | Unset = UNSET
        if not isinstance(self.run_id, Unset):
            run_id = str(self.run_id)

        step_id: str | Unset = UNSET
        if not isinstance(self.step_id, Unset):
            step_id = str(self.step_id)

        cause = self.cause

        attempts = self.attempts

        receive_count: int | None | Unset
        if isinstance(self.receive_count, Unset):
            receive_count = UNSET
        else:
            receive_count = self.receive_count

        died_at: str | Unset = UNSET
        if not isinstance(self.died_at, Unset):
            died_at = self.died_at.isoformat()

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

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
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id
        if run_id is not UNSET:
            field_dict["run_id"] = run_id
        if step_id is not UNSET:
            field_dict["step_id"] = step_id
        if cause is not UNSET:
            field_dict["cause"] = cause
        if attempts is not UNSET:
            field_dict["attempts"] = attempts
        if receive_count is not UNSET:
            field_dict["receive_count"] = receive_count
        if died_at is not UNSET:
            field_dict["died_at"] = died_at
        if status is not UNSET:
            field_dict["status"] = status
        if ended_at is not UNSET:
            field_dict["ended_at"] = ended_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        _tenant_id = d.pop("tenant_id", UNSET)
        tenant_id: UUID | Unset
        if isinstance(_tenant_id, Unset):
            tenant_id = UNSET
        else:
            tenant_id = UUID(_tenant_id)

        _run_id = d.pop("run_id", UNSET)
        run_id: UUID | Unset
        if isinstance(_run_id, Unset):
            run_id = UNSET
        else:
            run_id = UUID(_run_id)

        _step_id = d.pop("step_id", UNSET)
        step_id: UUID | Unset
        if isinstance(_step_id, Unset):
            step_id = UNSET
        else:
            step_id = UUID(_step_id)

        cause = d.pop("cause", UNSET)

        attempts = d.pop("attempts", UNSET)

        def _parse_receive_count(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        receive_count = _parse_receive_count(d.pop("receive_count", UNSET))

        _died_at = d.pop("died_at", UNSET)
        died_at: datetime.datetime | Unset
        if isinstance(_died_at, Unset):
            died_at = UNSET
        else:
            died_at = datetime.datetime.fromisoformat(_died_at)

        _status = d.pop("status", UNSET)
        status: DeadLetterStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = DeadLetterStatus(_status)

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

        listed_tenants_dead_letter = cls(
            id=id,
            tenant_id=tenant_id,
            run_id=run_id,
            step_id=step_id,
            cause=cause,
            attempts=attempts,
            receive_count=receive_count,
            died_at=died_at,
            status=status,
            ended_at=ended_at,
        )

        listed_tenants_dead_letter.additional_properties = d
        return listed_tenants_dead_letter

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
