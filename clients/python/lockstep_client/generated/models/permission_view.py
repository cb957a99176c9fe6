from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.permission import Permission
from ..models.role import Role

T = TypeVar("T", bound="PermissionView")


@_attrs_define
class PermissionView:
    """A permission, which of the built-in roles have it, and whether a role of the tenant's own may.

    Attributes:
        name (Permission): What a route asks of its caller: a noun of the tenant, and what is done with it.
        roles (list[Role]):
        reserved_to_owners (bool):
    """

    name: Permission
    roles: list[Role]
    reserved_to_owners: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name.value

        roles = []
        for roles_item_data in self.roles:
            roles_item = roles_item_data.value
            roles.append(roles_item)

        reserved_to_owners = self.reserved_to_owners

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "roles": roles,
                "reserved_to_owners": reserved_to_owners,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = Permission(d.pop("name"))

        roles = []
        _roles = d.pop("roles")
        for roles_item_data in _roles:
            roles_item = Role(roles_item_data)

            roles.append(roles_item)

        reserved_to_owners = d.pop("reserved_to_owners")

        permission_view = cls(
            name=name,
            roles=roles,
            reserved_to_owners=reserved_to_owners,
        )

        permission_view.additional_properties = d
        return permission_view

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
