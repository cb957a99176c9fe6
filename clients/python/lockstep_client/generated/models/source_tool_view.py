from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.source_tool_view_method import SourceToolViewMethod
from ..models.tool_effect import ToolEffect

T = TypeVar("T", bound="SourceToolView")


@_attrs_define
class SourceToolView:
    """One tool of a source; `GET /tools/{name}` has all of it.

    Attributes:
        name (str):
        method (SourceToolViewMethod):
        url (str):
        description (str):
        effect (ToolEffect): `pure` may run again, `keyed` carries our idempotency key, `once` is never repeated when
            its end is unknown.
    """

    name: str
    method: SourceToolViewMethod
    url: str
    description: str
    effect: ToolEffect
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        method = self.method.value

        url = self.url

        description = self.description

        effect = self.effect.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "method": method,
                "url": url,
                "description": description,
                "effect": effect,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        method = SourceToolViewMethod(d.pop("method"))

        url = d.pop("url")

        description = d.pop("description")

        effect = ToolEffect(d.pop("effect"))

        source_tool_view = cls(
            name=name,
            method=method,
            url=url,
            description=description,
            effect=effect,
        )

        source_tool_view.additional_properties = d
        return source_tool_view

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
