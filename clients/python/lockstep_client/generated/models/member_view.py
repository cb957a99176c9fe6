from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.member_view_kind import MemberViewKind

if TYPE_CHECKING:
    from ..models.held_role import HeldRole


T = TypeVar("T", bound="MemberView")


@_attrs_define
class MemberView:
    """A member: a person with an address, where it is known, or a service account with a name.

    Attributes:
        user_id (UUID):
        kind (MemberViewKind):
        email (None | str): null for who may not read members, as `name` is
        name (None | str):
        role (HeldRole): The role that somebody has; `id` is null for a built-in one.
        since (datetime.datetime):
        version (int):
    """

    user_id: UUID
    kind: MemberViewKind
    email: None | str
    name: None | str
    role: HeldRole
    since: datetime.datetime
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        user_id = str(self.user_id)

        kind = self.kind.value

        email: None | str
        email = self.email

        name: None | str
        name = self.name

        role = self.role.to_dict()

        since = self.since.isoformat()

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "user_id": user_id,
                "kind": kind,
                "email": email,
                "name": name,
                "role": role,
                "since": since,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.held_role import HeldRole  # noqa: PLC0415

        d = dict(src_dict)
        user_id = UUID(d.pop("user_id"))

        kind = MemberViewKind(d.pop("kind"))

        def _parse_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        email = _parse_email(d.pop("email"))

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        role = HeldRole.from_dict(d.pop("role"))

        since = datetime.datetime.fromisoformat(d.pop("since"))

        version = d.pop("version")

        member_view = cls(
            user_id=user_id,
            kind=kind,
            email=email,
            name=name,
            role=role,
            since=since,
            version=version,
        )

        member_view.additional_properties = d
        return member_view

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
