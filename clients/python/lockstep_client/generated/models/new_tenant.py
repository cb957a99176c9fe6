from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewTenant")


@_attrs_define
class NewTenant:
    """A tenant, and the address of the person who is invited to own it.

    Attributes:
        name (str):
        owner_email (str):
        time_zone (str | Unset):  Default: 'UTC'.
        contact_email (None | str | Unset):
    """

    name: str
    owner_email: str
    time_zone: str | Unset = "UTC"
    contact_email: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        owner_email = self.owner_email

        time_zone = self.time_zone

        contact_email: None | str | Unset
        if isinstance(self.contact_email, Unset):
            contact_email = UNSET
        else:
            contact_email = self.contact_email

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "owner_email": owner_email,
            }
        )
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if contact_email is not UNSET:
            field_dict["contact_email"] = contact_email

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        owner_email = d.pop("owner_email")

        time_zone = d.pop("time_zone", UNSET)

        def _parse_contact_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        contact_email = _parse_contact_email(d.pop("contact_email", UNSET))

        new_tenant = cls(
            name=name,
            owner_email=owner_email,
            time_zone=time_zone,
            contact_email=contact_email,
        )

        return new_tenant
