from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.tool_effect import ToolEffect
from ..types import UNSET, Unset

T = TypeVar("T", bound="CrewTool")


@_attrs_define
class CrewTool:
    """A tool, and what running it twice would mean here, where that is not what the tool itself says.

    Attributes:
        name (str):
        effect (None | ToolEffect | Unset):
    """

    name: str
    effect: None | ToolEffect | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        effect: None | str | Unset
        if isinstance(self.effect, Unset):
            effect = UNSET
        elif isinstance(self.effect, ToolEffect):
            effect = self.effect.value
        else:
            effect = self.effect

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if effect is not UNSET:
            field_dict["effect"] = effect

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        def _parse_effect(data: object) -> None | ToolEffect | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                effect_type_0 = ToolEffect(data)

                return effect_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ToolEffect | Unset, data)

        effect = _parse_effect(d.pop("effect", UNSET))

        crew_tool = cls(
            name=name,
            effect=effect,
        )

        return crew_tool
