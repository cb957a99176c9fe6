from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CrewTask")


@_attrs_define
class CrewTask:
    """One piece of the crew's work; it reads the texts of the tasks in `context`, without it of all before it.

    Attributes:
        name (str):
        description (str):
        expected_output (str):
        agent (None | str | Unset):
        context (list[str] | None | Unset):
    """

    name: str
    description: str
    expected_output: str
    agent: None | str | Unset = UNSET
    context: list[str] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        description = self.description

        expected_output = self.expected_output

        agent: None | str | Unset
        if isinstance(self.agent, Unset):
            agent = UNSET
        else:
            agent = self.agent

        context: list[str] | None | Unset
        if isinstance(self.context, Unset):
            context = UNSET
        elif isinstance(self.context, list):
            context = self.context

        else:
            context = self.context

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "description": description,
                "expected_output": expected_output,
            }
        )
        if agent is not UNSET:
            field_dict["agent"] = agent
        if context is not UNSET:
            field_dict["context"] = context

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        description = d.pop("description")

        expected_output = d.pop("expected_output")

        def _parse_agent(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        agent = _parse_agent(d.pop("agent", UNSET))

        def _parse_context(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                context_type_0 = cast(list[str], data)

                return context_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        context = _parse_context(d.pop("context", UNSET))

        crew_task = cls(
            name=name,
            description=description,
            expected_output=expected_output,
            agent=agent,
            context=context,
        )

        return crew_task
