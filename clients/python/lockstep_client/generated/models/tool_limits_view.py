from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ToolLimitsView")


@_attrs_define
class ToolLimitsView:
    """What one call may take at most; docs/reference/limits.md says what happens beyond.

    Attributes:
        default_timeout_seconds (int):
        max_timeout_seconds (int):
        memory_mb (int):
        processes (int): processes and threads together
        output_bytes (int): stdout and stderr together
        artifact_count (int):
        artifact_bytes (int): all artifacts of the call together
    """

    default_timeout_seconds: int
    max_timeout_seconds: int
    memory_mb: int
    processes: int
    output_bytes: int
    artifact_count: int
    artifact_bytes: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        default_timeout_seconds = self.default_timeout_seconds

        max_timeout_seconds = self.max_timeout_seconds

        memory_mb = self.memory_mb

        processes = self.processes

        output_bytes = self.output_bytes

        artifact_count = self.artifact_count

        artifact_bytes = self.artifact_bytes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "default_timeout_seconds": default_timeout_seconds,
                "max_timeout_seconds": max_timeout_seconds,
                "memory_mb": memory_mb,
                "processes": processes,
                "output_bytes": output_bytes,
                "artifact_count": artifact_count,
                "artifact_bytes": artifact_bytes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        default_timeout_seconds = d.pop("default_timeout_seconds")

        max_timeout_seconds = d.pop("max_timeout_seconds")

        memory_mb = d.pop("memory_mb")

        processes = d.pop("processes")

        output_bytes = d.pop("output_bytes")

        artifact_count = d.pop("artifact_count")

        artifact_bytes = d.pop("artifact_bytes")

        tool_limits_view = cls(
            default_timeout_seconds=default_timeout_seconds,
            max_timeout_seconds=max_timeout_seconds,
            memory_mb=memory_mb,
            processes=processes,
            output_bytes=output_bytes,
            artifact_count=artifact_count,
            artifact_bytes=artifact_bytes,
        )

        tool_limits_view.additional_properties = d
        return tool_limits_view

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
