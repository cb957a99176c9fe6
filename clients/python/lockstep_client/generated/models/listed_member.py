from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.listed_member_kind import ListedMemberKind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.held_role import HeldRole


T = TypeVar("T", bound="ListedMember")


@_attrs_define
class ListedMember:
    """A member: a person with an address, where it is known, or a service account with a name.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            user_id (UUID):
            kind (ListedMemberKind | Unset):
            email (None | str | Unset): null for who may not read members, as `name` is
            name (None | str | Unset):
            role (HeldRole | Unset): The role that somebody has; `id` is null for a built-in one.
            since (datetime.datetime | Unset):
            version (int | Unset):
    """

    user_id: UUID
    kind: ListedMemberKind | Unset = UNSET
    email: None | str | Unset = UNSET
    name: None | str | Unset = UNSET
    role: HeldRole | Unset = UNSET
    since: datetime.datetime | Unset = UNSET
    version: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        user_id = str(self.user_id)

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        role: dict[str, Any] | Unset = UNSET
        if not isinstance(self.role, Unset):
            role = self.role.to_dict()

        since: str | Unset = UNSET
        if not isinstance(self.since, Unset):
            since = self.since.isoformat()

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "user_id": user_id,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind
        if email is not UNSET:
            field_dict["email"] = email
        if name is not UNSET:
            field_dict["name"] = name
        if role is not UNSET:
            field_dict["role"] = role
        if since is not UNSET:
            field_dict["since"] = since
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.held_role import HeldRole  # noqa: PLC0415

        d = dict(src_dict)
        user_id = UUID(d.pop("user_id"))

        _kind = d.pop("kind", UNSET)
        kind: ListedMemberKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = ListedMemberKind(_kind)

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        _role = d.pop("role", UNSET)
        role: HeldRole | Unset
        if isinstance(_role, Unset):
            role = UNSET
        else:
            role = HeldRole.from_dict(_role)

        _since = d.pop("since", UNSET)
        since: datetime.datetime | Unset
        if isinstance(_since, Unset):
            since = UNSET
        else:
            since = datetime.datetime.fromisoformat(_since)

        version = d.pop("version", UNSET)

        listed_member = cls(
            user_id=user_id,
            kind=kind,
            email=email,
            name=name,
            role=role,
            since=since,
            version=version,
        )

        listed_member.additional_properties = d
        return listed_member

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
