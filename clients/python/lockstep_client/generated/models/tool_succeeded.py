from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ToolSucceeded")


@_attrs_define
class ToolSucceeded:
    """Holds once a call of the tool has succeeded.

    Attributes:
        tool (str):
    """

    tool: str

    def to_dict(self) -> dict[str, Any]:
        tool = self.tool

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tool": tool,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        tool = d.pop("tool")

        tool_succeeded = cls(
            tool=tool,
        )

        return tool_succeeded
