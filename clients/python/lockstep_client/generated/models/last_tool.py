from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tool_call_status import ToolCallStatus

T = TypeVar("T", bound="LastTool")


@_attrs_define
class LastTool:
    """The tool that was called last, with the status of that call.

    Attributes:
        name (str):
        status (ToolCallStatus): How a call of a tool stands.
        since (datetime.datetime): when it was started, or when it ended
    """

    name: str
    status: ToolCallStatus
    since: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        status = self.status.value

        since = self.since.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "status": status,
                "since": since,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        status = ToolCallStatus(d.pop("status"))

        since = datetime.datetime.fromisoformat(d.pop("since"))

        last_tool = cls(
            name=name,
            status=status,
            since=since,
        )

        last_tool.additional_properties = d
        return last_tool

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
