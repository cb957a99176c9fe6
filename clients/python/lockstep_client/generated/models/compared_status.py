from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.step_status import StepStatus

T = TypeVar("T", bound="ComparedStatus")


@_attrs_define
class ComparedStatus:
    """The statuses of a step; null where a run does not have it.

    Attributes:
        left (None | StepStatus):
        right (None | StepStatus):
    """

    left: None | StepStatus
    right: None | StepStatus
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        left: None | str
        if isinstance(self.left, StepStatus):
            left = self.left.value
        else:
            left = self.left

        right: None | str
        if isinstance(self.right, StepStatus):
            right = self.right.value
        else:
            right = self.right

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

        def _parse_left(data: object) -> None | StepStatus:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                left_type_0 = StepStatus(data)

                return left_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StepStatus, data)

        left = _parse_left(d.pop("left"))

        def _parse_right(data: object) -> None | StepStatus:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                right_type_0 = StepStatus(data)

                return right_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StepStatus, data)

        right = _parse_right(d.pop("right"))

        compared_status = cls(
            left=left,
            right=right,
        )

        compared_status.additional_properties = d
        return compared_status

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
