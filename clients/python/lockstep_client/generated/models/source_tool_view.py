from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.source_tool_view_method_type_0 import SourceToolViewMethodType0
from ..models.tool_effect import ToolEffect

T = TypeVar("T", bound="SourceToolView")


@_attrs_define
class SourceToolView:
    """One tool of a source; `GET /tools/{name}` has all of it.

    Attributes:
        name (str):
        method (None | SourceToolViewMethodType0): of an HTTP API
        url (None | str): of an HTTP API
        told (None | str): the name that an MCP server knows it by
        description (str):
        effect (ToolEffect): `pure` may run again, `keyed` carries our idempotency key, `once` is never repeated when
            its end is unknown.
    """

    name: str
    method: None | SourceToolViewMethodType0
    url: None | str
    told: None | str
    description: str
    effect: ToolEffect
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        method: None | str
        if isinstance(self.method, SourceToolViewMethodType0):
            method = self.method.value
        else:
            method = self.method

        url: None | str
        url = self.url

        told: None | str
        told = self.told

        description = self.description

        effect = self.effect.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "method": method,
                "url": url,
                "told": told,
                "description": description,
                "effect": effect,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        def _parse_method(data: object) -> None | SourceToolViewMethodType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                method_type_0 = SourceToolViewMethodType0(data)

                return method_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SourceToolViewMethodType0, data)

        method = _parse_method(d.pop("method"))

        def _parse_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        url = _parse_url(d.pop("url"))

        def _parse_told(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        told = _parse_told(d.pop("told"))

        description = d.pop("description")

        effect = ToolEffect(d.pop("effect"))

        source_tool_view = cls(
            name=name,
            method=method,
            url=url,
            told=told,
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
