from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewSecret")


@_attrs_define
class NewSecret:
    """A value, and the hosts that it may ever be sent to, whatever a task says.

    Attributes:
        value (str): printable ASCII, as a header carries it; no blank around it
        hosts (list[str]):
    """

    value: str
    hosts: list[str]

    def to_dict(self) -> dict[str, Any]:
        value = self.value

        hosts = self.hosts

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "value": value,
                "hosts": hosts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        value = d.pop("value")

        hosts = cast(list[str], d.pop("hosts"))

        new_secret = cls(
            value=value,
            hosts=hosts,
        )

        return new_secret
