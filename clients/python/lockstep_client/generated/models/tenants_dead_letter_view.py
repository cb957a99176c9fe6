from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.dead_letter_status import DeadLetterStatus

T = TypeVar("T", bound="TenantsDeadLetterView")


@_attrs_define
class TenantsDeadLetterView:
    """A dead letter as operators see it: whose, when and by which code, and no word of the tenant.

    Attributes:
        id (UUID):
        tenant_id (UUID):
        run_id (UUID):
        step_id (UUID):
        cause (str):
        attempts (int):
        receive_count (int | None): how often its message was received, where that is what it died of
        died_at (datetime.datetime):
        status (DeadLetterStatus): What became of a step that used up its attempts; a letter leaves `open` once.
        ended_at (datetime.datetime | None):
    """

    id: UUID
    tenant_id: UUID
    run_id: UUID
    step_id: UUID
    cause: str
    attempts: int
    receive_count: int | None
    died_at: datetime.datetime
    status: DeadLetterStatus
    ended_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        tenant_id = str(self.tenant_id)

        run_id = str(self.run_id)

        step_id = str(self.step_id)

        cause = self.cause

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

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "tenant_id": tenant_id,
                "run_id": run_id,
                "step_id": step_id,
                "cause": cause,
                "attempts": attempts,
                "receive_count": receive_count,
                "died_at": died_at,
                "status": status,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        tenant_id = UUID(d.pop("tenant_id"))

        run_id = UUID(d.pop("run_id"))

        step_id = UUID(d.pop("step_id"))

        cause = d.pop("cause")

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

        tenants_dead_letter_view = cls(
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

        tenants_dead_letter_view.additional_properties = d
        return tenants_dead_letter_view

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
