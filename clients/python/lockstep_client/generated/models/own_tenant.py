from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.permission import Permission

if TYPE_CHECKING:
    from ..models.held_role import HeldRole


T = TypeVar("T", bound="OwnTenant")


@_attrs_define
class OwnTenant:
    """A tenant that somebody belongs to.

    Attributes:
        tenant_id (UUID):
        name (str):
        role (HeldRole): The role that somebody has; `id` is null for a built-in one.
        permissions (list[Permission]):
        suspended (bool):
        active (bool): whether the next token names it
        since (datetime.datetime):
    """

    tenant_id: UUID
    name: str
    role: HeldRole
    permissions: list[Permission]
    suspended: bool
    active: bool
    since: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tenant_id = str(self.tenant_id)

        name = self.name

        role = self.role.to_dict()

        permissions = []
        for permissions_item_data in self.permissions:
            permissions_item = permissions_item_data.value
            permissions.append(permissions_item)

        suspended = self.suspended

        active = self.active

        since = self.since.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tenant_id": tenant_id,
                "name": name,
                "role": role,
                "permissions": permissions,
                "suspended": suspended,
                "active": active,
                "since": since,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.held_role import HeldRole  # noqa: PLC0415

        d = dict(src_dict)
        tenant_id = UUID(d.pop("tenant_id"))

        name = d.pop("name")

        role = HeldRole.from_dict(d.pop("role"))

        permissions = []
        _permissions = d.pop("permissions")
        for permissions_item_data in _permissions:
            permissions_item = Permission(permissions_item_data)

            permissions.append(permissions_item)

        suspended = d.pop("suspended")

        active = d.pop("active")

        since = datetime.datetime.fromisoformat(d.pop("since"))

        own_tenant = cls(
            tenant_id=tenant_id,
            name=name,
            role=role,
            permissions=permissions,
            suspended=suspended,
            active=active,
            since=since,
        )

        own_tenant.additional_properties = d
        return own_tenant

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
