from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tool_effect import ToolEffect

T = TypeVar("T", bound="NewToolSourceEffects")


@_attrs_define
class NewToolSourceEffects:
    """by operation, keyed or once: when left out, GET and HEAD are pure and all others once; of a server's tools, pure or
    once: when left out, once, whatever the server says of itself

    """

    additional_properties: dict[str, ToolEffect] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            field_dict[prop_name] = prop.value

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        new_tool_source_effects = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():
            additional_property = ToolEffect(prop_dict)

            additional_properties[prop_name] = additional_property

        new_tool_source_effects.additional_properties = additional_properties
        return new_tool_source_effects

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> ToolEffect:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: ToolEffect) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
