from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewUpload")


@_attrs_define
class NewUpload:
    """What will be uploaded; the upload must match it.

    Attributes:
        name (str):
        size (int):
        sha256 (str):
        content_type (str | Unset):  Default: 'application/octet-stream'.
    """

    name: str
    size: int
    sha256: str
    content_type: str | Unset = "application/octet-stream"

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        size = self.size

        sha256 = self.sha256

        content_type = self.content_type

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "size": size,
                "sha256": sha256,
            }
        )
        if content_type is not UNSET:
            field_dict["content_type"] = content_type

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        size = d.pop("size")

        sha256 = d.pop("sha256")

        content_type = d.pop("content_type", UNSET)

        new_upload = cls(
            name=name,
            size=size,
            sha256=sha256,
            content_type=content_type,
        )

        return new_upload
