from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListedTenant")


@_attrs_define
class ListedTenant:
    """A tenant. While it is suspended, no token and no key of it opens anything.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (UUID):
            name (str | Unset):
            time_zone (str | Unset):
            contact_email (None | str | Unset): null for who may not read the tenant, as `suspended_reason` is
            created_at (datetime.datetime | Unset):
            suspended_at (datetime.datetime | None | Unset):
            suspended_reason (None | str | Unset):
            version (int | Unset):
    """

    id: UUID
    name: str | Unset = UNSET
    time_zone: str | Unset = UNSET
    contact_email: None | str | Unset = UNSET
    created_at: datetime.datetime | Unset = UNSET
    suspended_at: datetime.datetime | None | Unset = UNSET
    suspended_reason: None | str | Unset = UNSET
    version: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        time_zone = self.time_zone

        contact_email: None | str | Unset
        if isinstance(self.contact_email, Unset):
            contact_email = UNSET
        else:
            contact_email = self.contact_email

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = self.created_at.isoformat()

        suspended_at: None | str | Unset
        if isinstance(self.suspended_at, Unset):
            suspended_at = UNSET
        elif isinstance(self.suspended_at, datetime.datetime):
            suspended_at = self.suspended_at.isoformat()
        else:
            suspended_at = self.suspended_at

        suspended_reason: None | str | Unset
        if isinstance(self.suspended_reason, Unset):
            suspended_reason = UNSET
        else:
            suspended_reason = self.suspended_reason

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if contact_email is not UNSET:
            field_dict["contact_email"] = contact_email
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if suspended_at is not UNSET:
            field_dict["suspended_at"] = suspended_at
        if suspended_reason is not UNSET:
            field_dict["suspended_reason"] = suspended_reason
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name", UNSET)

        time_zone = d.pop("time_zone", UNSET)

        def _parse_contact_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        contact_email = _parse_contact_email(d.pop("contact_email", UNSET))

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at)

        def _parse_suspended_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                suspended_at_type_0 = datetime.datetime.fromisoformat(data)

                return suspended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        suspended_at = _parse_suspended_at(d.pop("suspended_at", UNSET))

        def _parse_suspended_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        suspended_reason = _parse_suspended_reason(d.pop("suspended_reason", UNSET))

        version = d.pop("version", UNSET)

        listed_tenant = cls(
            id=id,
            name=name,
            time_zone=time_zone,
            contact_email=contact_email,
            created_at=created_at,
            suspended_at=suspended_at,
            suspended_reason=suspended_reason,
            version=version,
        )

        listed_tenant.additional_properties = d
        return listed_tenant

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
