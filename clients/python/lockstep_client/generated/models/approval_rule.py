from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.expiry_policy import ExpiryPolicy
from ..models.role import Role
from ..types import UNSET, Unset

T = TypeVar("T", bound="ApprovalRule")


@_attrs_define
class ApprovalRule:
    """Who approves a call and for how long they are asked; with `when`, only calls for which that is true.

    Without roles and users every member but viewers may decide.

        Attributes:
            when (None | str | Unset):
            message (str | Unset):  Default: ''.
            roles (list[Role] | Unset):
            users (list[UUID] | Unset):
            expires_in (int | Unset):  Default: 604800.
            on_expiry (ExpiryPolicy | Unset): What becomes of a step whose request nobody has decided in time.
    """

    when: None | str | Unset = UNSET
    message: str | Unset = ""
    roles: list[Role] | Unset = UNSET
    users: list[UUID] | Unset = UNSET
    expires_in: int | Unset = 604800
    on_expiry: ExpiryPolicy | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        when: None | str | Unset
        if isinstance(self.when, Unset):
            when = UNSET
        else:
            when = self.when

        message = self.message

        roles: list[str] | Unset = UNSET
        if not isinstance(self.roles, Unset):
            roles = []
            for roles_item_data in self.roles:
                roles_item = roles_item_data.value
                roles.append(roles_item)

        users: list[str] | Unset = UNSET
        if not isinstance(self.users, Unset):
            users = []
            for users_item_data in self.users:
                users_item = str(users_item_data)
                users.append(users_item)

        expires_in = self.expires_in

        on_expiry: str | Unset = UNSET
        if not isinstance(self.on_expiry, Unset):
            on_expiry = self.on_expiry.value

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if when is not UNSET:
            field_dict["when"] = when
        if message is not UNSET:
            field_dict["message"] = message
        if roles is not UNSET:
            field_dict["roles"] = roles
        if users is not UNSET:
            field_dict["users"] = users
        if expires_in is not UNSET:
            field_dict["expires_in"] = expires_in
        if on_expiry is not UNSET:
            field_dict["on_expiry"] = on_expiry

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_when(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        when = _parse_when(d.pop("when", UNSET))

        message = d.pop("message", UNSET)

        _roles = d.pop("roles", UNSET)
        roles: list[Role] | Unset = UNSET
        if _roles is not UNSET:
            roles = []
            for roles_item_data in _roles:
                roles_item = Role(roles_item_data)

                roles.append(roles_item)

        _users = d.pop("users", UNSET)
        users: list[UUID] | Unset = UNSET
        if _users is not UNSET:
            users = []
            for users_item_data in _users:
                users_item = UUID(users_item_data)

                users.append(users_item)

        expires_in = d.pop("expires_in", UNSET)

        _on_expiry = d.pop("on_expiry", UNSET)
        on_expiry: ExpiryPolicy | Unset
        if isinstance(_on_expiry, Unset):
            on_expiry = UNSET
        else:
            on_expiry = ExpiryPolicy(_on_expiry)

        approval_rule = cls(
            when=when,
            message=message,
            roles=roles,
            users=users,
            expires_in=expires_in,
            on_expiry=on_expiry,
        )

        return approval_rule
