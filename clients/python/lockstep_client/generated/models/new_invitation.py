from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewInvitation")


@_attrs_define
class NewInvitation:
    """For a person with this verified address, to have this role.

    Attributes:
        email (str):
        role (str): `owner`, `admin`, `member`, `viewer`, or the id of one of the tenant's roles
        expires_in (int | Unset): seconds Default: 604800.
    """

    email: str
    role: str
    expires_in: int | Unset = 604800

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        role = self.role

        expires_in = self.expires_in

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "email": email,
                "role": role,
            }
        )
        if expires_in is not UNSET:
            field_dict["expires_in"] = expires_in

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email")

        role = d.pop("role")

        expires_in = d.pop("expires_in", UNSET)

        new_invitation = cls(
            email=email,
            role=role,
            expires_in=expires_in,
        )

        return new_invitation
