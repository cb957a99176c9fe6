from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Package")


@_attrs_define
class Package:
    """A file of the server's, and the name that it is staged under.

    Attributes:
        artifact (str):
        name (str):
    """

    artifact: str
    name: str

    def to_dict(self) -> dict[str, Any]:
        artifact = self.artifact

        name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "artifact": artifact,
                "name": name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        artifact = d.pop("artifact")

        name = d.pop("name")

        package = cls(
            artifact=artifact,
            name=name,
        )

        return package
