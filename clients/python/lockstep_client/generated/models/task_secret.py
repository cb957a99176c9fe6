from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="TaskSecret")


@_attrs_define
class TaskSecret:
    """One secret of the tenant's in one header of every request that a task's jobs make to one host.

    Attributes:
        name (str): by which tasks name the secret
        host (str):
        header (str | Unset):  Default: 'authorization'.
        format_ (str | Unset):  Default: 'Bearer {value}'.
    """

    name: str
    host: str
    header: str | Unset = "authorization"
    format_: str | Unset = "Bearer {value}"

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        host = self.host

        header = self.header

        format_ = self.format_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "host": host,
            }
        )
        if header is not UNSET:
            field_dict["header"] = header
        if format_ is not UNSET:
            field_dict["format"] = format_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        host = d.pop("host")

        header = d.pop("header", UNSET)

        format_ = d.pop("format", UNSET)

        task_secret = cls(
            name=name,
            host=host,
            header=header,
            format_=format_,
        )

        return task_secret
