from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewServiceAccount")


@_attrs_define
class NewServiceAccount:
    """A member that is no person; it calls with the keys that are made for it.

    Attributes:
        name (str):
        role (str): `owner`, `admin`, `member`, `viewer`, or the id of one of the tenant's roles
        description (str | Unset):  Default: ''.
    """

    name: str
    role: str
    description: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        role = self.role

        description = self.description

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "role": role,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        role = d.pop("role")

        description = d.pop("description", UNSET)

        new_service_account = cls(
            name=name,
            role=role,
            description=description,
        )

        return new_service_account
