from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.crew_tool import CrewTool


T = TypeVar("T", bound="CrewAgent")


@_attrs_define
class CrewAgent:
    """A member of the crew; `max_turns` are its calls of the model for one piece of work.

    Attributes:
        name (str):
        role (str):
        goal (str):
        backstory (str | Unset):  Default: ''.
        model (str | Unset):  Default: 'default'.
        tools (list[CrewTool | str] | Unset):
        max_turns (int | Unset):  Default: 12.
        max_tokens (int | Unset):  Default: 2048.
    """

    name: str
    role: str
    goal: str
    backstory: str | Unset = ""
    model: str | Unset = "default"
    tools: list[CrewTool | str] | Unset = UNSET
    max_turns: int | Unset = 12
    max_tokens: int | Unset = 2048

    def to_dict(self) -> dict[str, Any]:
        from ..models.crew_tool import CrewTool  # noqa: PLC0415

        name = self.name

        role = self.role

        goal = self.goal

        backstory = self.backstory

        model = self.model

        tools: list[dict[str, Any] | str] | Unset = UNSET
        if not isinstance(self.tools, Unset):
            tools = []
            for tools_item_data in self.tools:
                tools_item: dict[str, Any] | str
                if isinstance(tools_item_data, CrewTool):
                    tools_item = tools_item_data.to_dict()
                else:
                    tools_item = tools_item_data
                tools.append(tools_item)

        max_turns = self.max_turns

        max_tokens = self.max_tokens

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "role": role,
                "goal": goal,
            }
        )
        if backstory is not UNSET:
            field_dict["backstory"] = backstory
        if model is not UNSET:
            field_dict["model"] = model
        if tools is not UNSET:
            field_dict["tools"] = tools
        if max_turns is not UNSET:
            field_dict["max_turns"] = max_turns
        if max_tokens is not UNSET:
            field_dict["max_tokens"] = max_tokens

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.crew_tool import CrewTool  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        role = d.pop("role")

        goal = d.pop("goal")

        backstory = d.pop("backstory", UNSET)

        model = d.pop("model", UNSET)

        _tools = d.pop("tools", UNSET)
        tools: list[CrewTool | str] | Unset = UNSET
        if _tools is not UNSET:
            tools = []
            for tools_item_data in _tools:

                def _parse_tools_item(data: object) -> CrewTool | str:
                    try:
                        if not isinstance(data, dict):
                            raise TypeError(f"another type is expected than {type(data).__name__}")
                        tools_item_type_1 = CrewTool.from_dict(data)

                        return tools_item_type_1
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    return cast(CrewTool | str, data)

                tools_item = _parse_tools_item(tools_item_data)

                tools.append(tools_item)

        max_turns = d.pop("max_turns", UNSET)

        max_tokens = d.pop("max_tokens", UNSET)

        crew_agent = cls(
            name=name,
            role=role,
            goal=goal,
            backstory=backstory,
            model=model,
            tools=tools,
            max_turns=max_turns,
            max_tokens=max_tokens,
        )

        return crew_agent
