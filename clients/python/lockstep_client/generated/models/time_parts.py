from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TimeParts")


@_attrs_define
class TimeParts:
    """What a step's time went by, in milliseconds; together they are its `wall_ms`, to the millisecond.

    Attributes:
        needs (int): steps that it needs had not ended
        queue (int): it could run, and no worker had it
        wait (int): for people, its items, the run that it started, its next attempt, or while its run was paused
        model (int): a worker had it, and a model was asked, while no tool ran
        tool (int): a worker had it, and a tool ran or waited for its place
        platform (int): a worker had it, and neither
    """

    needs: int
    queue: int
    wait: int
    model: int
    tool: int
    platform: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        needs = self.needs

        queue = self.queue

        wait = self.wait

        model = self.model

        tool = self.tool

        platform = self.platform

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "needs": needs,
                "queue": queue,
                "wait": wait,
                "model": model,
                "tool": tool,
                "platform": platform,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        needs = d.pop("needs")

        queue = d.pop("queue")

        wait = d.pop("wait")

        model = d.pop("model")

        tool = d.pop("tool")

        platform = d.pop("platform")

        time_parts = cls(
            needs=needs,
            queue=queue,
            wait=wait,
            model=model,
            tool=tool,
            platform=platform,
        )

        time_parts.additional_properties = d
        return time_parts

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
