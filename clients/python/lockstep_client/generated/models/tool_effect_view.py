from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tool_effect import ToolEffect

T = TypeVar("T", bound="ToolEffectView")


@_attrs_define
class ToolEffectView:
    """What repeating a call would mean; where it depends on the call, `default` is what holds without knowing more.

    Attributes:
        default (ToolEffect): `pure` may run again, `keyed` carries our idempotency key, `once` is never repeated when
            its end is unknown.
        depends_on_call (bool): whether the arguments, and the task's `egress`, decide for each call
    """

    default: ToolEffect
    depends_on_call: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        default = self.default.value

        depends_on_call = self.depends_on_call

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "default": default,
                "depends_on_call": depends_on_call,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        default = ToolEffect(d.pop("default"))

        depends_on_call = d.pop("depends_on_call")

        tool_effect_view = cls(
            default=default,
            depends_on_call=depends_on_call,
        )

        tool_effect_view.additional_properties = d
        return tool_effect_view

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
