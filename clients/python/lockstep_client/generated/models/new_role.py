from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.permission import Permission
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewRole")


@_attrs_define
class NewRole:
    """A role of the tenant's own. Nobody gives a permission that they do not hold; some are reserved to owners.

    Attributes:
        name (str):
        permissions (list[Permission]):
        description (str | Unset):  Default: ''.
    """

    name: str
    permissions: list[Permission]
    description: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        permissions = []
        for permissions_item_data in self.permissions:
            permissions_item = permissions_item_data.value
            permissions.append(permissions_item)

        description = self.description

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "permissions": permissions,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        permissions = []
        _permissions = d.pop("permissions")
        for permissions_item_data in _permissions:
            permissions_item = Permission(permissions_item_data)

            permissions.append(permissions_item)

        description = d.pop("description", UNSET)

        new_role = cls(
            name=name,
            permissions=permissions,
            description=description,
        )

        return new_role
