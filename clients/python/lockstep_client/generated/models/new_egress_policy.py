from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewEgressPolicy")


@_attrs_define
class NewEgressPolicy:
    """A bound. To have none, a policy is deleted: nobody opens every host by leaving something out.

    Attributes:
        hosts (list[str]):
    """

    hosts: list[str]

    def to_dict(self) -> dict[str, Any]:
        hosts = self.hosts

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "hosts": hosts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        hosts = cast(list[str], d.pop("hosts"))

        new_egress_policy = cls(
            hosts=hosts,
        )

        return new_egress_policy
