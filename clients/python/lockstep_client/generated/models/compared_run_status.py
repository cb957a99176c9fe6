from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.run_status import RunStatus

T = TypeVar("T", bound="ComparedRunStatus")


@_attrs_define
class ComparedRunStatus:
    """The statuses of both runs.

    Attributes:
        left (RunStatus): Where a run is; the last five are final, and a run that has one of them keeps it.
        right (RunStatus): Where a run is; the last five are final, and a run that has one of them keeps it.
    """

    left: RunStatus
    right: RunStatus
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        left = self.left.value

        right = self.right.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "left": left,
                "right": right,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        left = RunStatus(d.pop("left"))

        right = RunStatus(d.pop("right"))

        compared_run_status = cls(
            left=left,
            right=right,
        )

        compared_run_status.additional_properties = d
        return compared_run_status

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
