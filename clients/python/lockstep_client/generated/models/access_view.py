from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AccessView")


@_attrs_define
class AccessView:
    """An access. Only the operator who has opened it reads by it, and only until it ends.

    Attributes:
        id (UUID):
        tenant_id (UUID):
        operator (str): as the audit names who reads: each read is a row of it with this access's id
        reason (str):
        opened_at (datetime.datetime):
        expires_at (datetime.datetime):
        ended_at (datetime.datetime | None): null while it is open
        ended_by (None | str): an operator, or `system:break_glass` when its time was over
    """

    id: UUID
    tenant_id: UUID
    operator: str
    reason: str
    opened_at: datetime.datetime
    expires_at: datetime.datetime
    ended_at: datetime.datetime | None
    ended_by: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        tenant_id = str(self.tenant_id)

        operator = self.operator

        reason = self.reason

        opened_at = self.opened_at.isoformat()

        expires_at = self.expires_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        ended_by: None | str
        ended_by = self.ended_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "tenant_id": tenant_id,
                "operator": operator,
                "reason": reason,
                "opened_at": opened_at,
                "expires_at": expires_at,
                "ended_at": ended_at,
                "ended_by": ended_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        tenant_id = UUID(d.pop("tenant_id"))

        operator = d.pop("operator")

        reason = d.pop("reason")

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

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

        access_view = cls(
            id=id,
            tenant_id=tenant_id,
            operator=operator,
            reason=reason,
            opened_at=opened_at,
            expires_at=expires_at,
            ended_at=ended_at,
            ended_by=ended_by,
        )

        access_view.additional_properties = d
        return access_view

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
