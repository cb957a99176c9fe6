from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TenantView")


@_attrs_define
class TenantView:
    """A tenant. While it is suspended, no token and no key of it opens anything.

    Attributes:
        id (UUID):
        name (str):
        time_zone (str):
        contact_email (None | str): null for who may not read the tenant, as `suspended_reason` is
        created_at (datetime.datetime):
        suspended_at (datetime.datetime | None):
        suspended_reason (None | str):
        version (int):
    """

    id: UUID
    name: str
    time_zone: str
    contact_email: None | str
    created_at: datetime.datetime
    suspended_at: datetime.datetime | None
    suspended_reason: None | str
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        time_zone = self.time_zone

        contact_email: None | str
        contact_email = self.contact_email

        created_at = self.created_at.isoformat()

        suspended_at: None | str
        if isinstance(self.suspended_at, datetime.datetime):
            suspended_at = self.suspended_at.isoformat()
        else:
            suspended_at = self.suspended_at

        suspended_reason: None | str
        suspended_reason = self.suspended_reason

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "time_zone": time_zone,
                "contact_email": contact_email,
                "created_at": created_at,
                "suspended_at": suspended_at,
                "suspended_reason": suspended_reason,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        time_zone = d.pop("time_zone")

        def _parse_contact_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        contact_email = _parse_contact_email(d.pop("contact_email"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_suspended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                suspended_at_type_0 = datetime.datetime.fromisoformat(data)

                return suspended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        suspended_at = _parse_suspended_at(d.pop("suspended_at"))

        def _parse_suspended_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        suspended_reason = _parse_suspended_reason(d.pop("suspended_reason"))

        version = d.pop("version")

        tenant_view = cls(
            id=id,
            name=name,
            time_zone=time_zone,
            contact_email=contact_email,
            created_at=created_at,
            suspended_at=suspended_at,
            suspended_reason=suspended_reason,
            version=version,
        )

        tenant_view.additional_properties = d
        return tenant_view

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
