from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="MemberChange")


@_attrs_define
class MemberChange:
    """The role that a member has from now on.

    Attributes:
        role (str): `owner`, `admin`, `member`, `viewer`, or the id of one of the tenant's roles
    """

    role: str

    def to_dict(self) -> dict[str, Any]:
        role = self.role

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "role": role,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        role = d.pop("role")

        member_change = cls(
            role=role,
        )

        return member_change
