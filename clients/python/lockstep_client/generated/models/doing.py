from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.doing_now import DoingNow

if TYPE_CHECKING:
    from ..models.last_tool import LastTool


T = TypeVar("T", bound="Doing")


@_attrs_define
class Doing:
    """What an agent or a crew does now.

    Attributes:
        turn (int): the turn that it is in, counted from 1 since it began
        max_turns (int | None):
        task (None | str): of a crew, the task that it works on
        task_number (int | None): its place among the crew's `tasks`, from 1
        tasks (int | None): how many tasks the crew has; null for an agent
        agent (None | str): of a crew, the agent that has asked last; null is its manager
        last_tool (LastTool | None):
        waits_for (DoingNow | None): null while no worker has the step
        since (datetime.datetime | None):
    """

    turn: int
    max_turns: int | None
    task: None | str
    task_number: int | None
    tasks: int | None
    agent: None | str
    last_tool: LastTool | None
    waits_for: DoingNow | None
    since: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.last_tool import LastTool  # noqa: PLC0415

        turn = self.turn

        max_turns: int | None
        max_turns = self.max_turns

        task: None | str
        task = self.task

        task_number: int | None
        task_number = self.task_number

        tasks: int | None
        tasks = self.tasks

        agent: None | str
        agent = self.agent

        last_tool: dict[str, Any] | None
        if isinstance(self.last_tool, LastTool):
            last_tool = self.last_tool.to_dict()
        else:
            last_tool = self.last_tool

        waits_for: None | str
        if isinstance(self.waits_for, DoingNow):
            waits_for = self.waits_for.value
        else:
            waits_for = self.waits_for

        since: None | str
        if isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "turn": turn,
                "max_turns": max_turns,
                "task": task,
                "task_number": task_number,
                "tasks": tasks,
                "agent": agent,
                "last_tool": last_tool,
                "waits_for": waits_for,
                "since": since,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.last_tool import LastTool  # noqa: PLC0415

        d = dict(src_dict)
        turn = d.pop("turn")

        def _parse_max_turns(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_turns = _parse_max_turns(d.pop("max_turns"))

        def _parse_task(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        task = _parse_task(d.pop("task"))

        def _parse_task_number(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        task_number = _parse_task_number(d.pop("task_number"))

        def _parse_tasks(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        tasks = _parse_tasks(d.pop("tasks"))

        def _parse_agent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        agent = _parse_agent(d.pop("agent"))

        def _parse_last_tool(data: object) -> LastTool | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                last_tool_type_0 = LastTool.from_dict(data)

                return last_tool_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LastTool | None, data)

        last_tool = _parse_last_tool(d.pop("last_tool"))

        def _parse_waits_for(data: object) -> DoingNow | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                waits_for_type_0 = DoingNow(data)

                return waits_for_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DoingNow | None, data)

        waits_for = _parse_waits_for(d.pop("waits_for"))

        def _parse_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        since = _parse_since(d.pop("since"))

        doing = cls(
            turn=turn,
            max_turns=max_turns,
            task=task,
            task_number=task_number,
            tasks=tasks,
            agent=agent,
            last_tool=last_tool,
            waits_for=waits_for,
            since=since,
        )

        doing.additional_properties = d
        return doing

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
