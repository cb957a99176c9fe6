"""Steps in which a crew of agents works through tasks."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.shown_text import as_read
from foundation.contracts.expressions.evaluation import holds_expression
from foundation.contracts.message import OBJECT, TEXT, Message, shape_of
from foundation.contracts.steps.base import ModelName, Place, StepBase, StepName, Text, below
from foundation.contracts.tools.calls.staged_files import written_file_faults
from foundation.contracts.tools.catalogue import ToolName, effect_without_contract
from foundation.domain.errors import Fault
from foundation.domain.tools import ToolEffect, UnknownOutcomePolicy
from foundation.domain.words.quoting import quoted

MAX_AGENTS = 16
MAX_TASKS = 32
MAX_ROLE = 1_000
DEFAULT_TURNS, MAX_TURNS = 60, 400

RoleText = Annotated[str, Field(max_length=MAX_ROLE)]


class CrewTool(Message):
    """A tool, and what running it twice would mean here, where that is not what the tool itself says."""

    name: ToolName
    effect: ToolEffect | None = None


GivenTool = Annotated[Annotated[ToolName, Tag(TEXT)] | Annotated[CrewTool, Tag(OBJECT)], Discriminator(shape_of)]


class CrewAgent(Message):
    """A member of the crew; `max_turns` are its calls of the model for one piece of work."""

    name: StepName
    role: RoleText
    goal: Text
    backstory: Text = ""
    model: ModelName = "default"
    tools: list[GivenTool] = Field(default=[], max_length=32)
    max_turns: int = Field(default=12, ge=1, le=100)
    max_tokens: int = Field(default=2048, ge=1, le=200_000)

    @property
    def tool_names(self) -> list[str]:
        return [tool.name if isinstance(tool, CrewTool) else tool for tool in self.tools]

    def effects(self) -> dict[str, ToolEffect]:
        """By the names of the tools of which the definition says what running them twice would mean."""
        return {tool.name: tool.effect for tool in self.tools if isinstance(tool, CrewTool) and tool.effect}


class CrewTask(Message):
    """One piece of the crew's work; it reads the texts of the tasks in `context`, without it of all before it."""

    name: StepName
    description: Text
    expected_output: Text
    agent: StepName | None = None
    context: list[StepName] | None = Field(default=None, max_length=MAX_TASKS)


class CrewStep(StepBase):
    """Lets a crew work through its tasks, one after the other; a hierarchical one is led by a manager.

    `max_turns` bounds the model calls of the whole step. All of it is one dispatch, so `turns` is 1.
    """

    kind: Literal["crew"]
    agents: list[CrewAgent] = Field(min_length=1, max_length=MAX_AGENTS)
    tasks: list[CrewTask] = Field(min_length=1, max_length=MAX_TASKS)
    process: Literal["sequential", "hierarchical"] = "sequential"
    manager_model: ModelName | None = None
    files: str | list[Any] = Field(default_factory=list)
    max_turns: int = Field(default=DEFAULT_TURNS, ge=1, le=MAX_TURNS)
    on_unknown_outcome: UnknownOutcomePolicy | None = None

    @property
    def is_led(self) -> bool:
        """Whether a manager hands the work out, and may hand it to any agent."""
        return self.process == "hierarchical"

    def named_tools(self, at: Place) -> Iterator[tuple[Place, str]]:
        for index, agent in enumerate(self.agents):
            where = (*at, "agents", index, "tools")
            yield from (((*where, place), name) for place, name in enumerate(agent.tool_names))

    def may_act_once(self, *, reaches: bool) -> bool:
        given = [(name, agent.effects()) for agent in self.agents for name in agent.tool_names]
        effects = {own.get(name) or effect_without_contract(name, {}, reaches=reaches) for name, own in given}
        return ToolEffect.ONCE in effects

    def faults(self, at: Place) -> list[Fault]:
        pointer = pointer_of((*at, "files"))
        faults = super().faults(at) + below(pointer, written_file_faults(self.files or None))
        if self.files and not any(agent.tools for agent in self.agents):
            faults.append(Fault(pointer, "only tools read files; name one in the `tools` of an agent"))
        faults += _repeated([agent.name for agent in self.agents], (*at, "agents"), "agent")
        faults += _repeated([task.name for task in self.tasks], (*at, "tasks"), "task")
        for index, agent in enumerate(self.agents):
            faults += _blank({"role": agent.role, "goal": agent.goal}, (*at, "agents", index))
            faults += _tools_named_twice(agent, (*at, "agents", index, "tools"))
        for index, task in enumerate(self.tasks):
            faults += self._task_faults(task, index, (*at, "tasks", index))
        return faults + self._manager_faults(at)

    def _task_faults(self, task: CrewTask, index: int, at: Place) -> list[Fault]:
        faults = _blank({"description": task.description, "expected_output": task.expected_output}, at)
        names = [agent.name for agent in self.agents]
        if task.agent is None:
            if not self.is_led:
                reason = f"a sequential crew has an agent for each task; name one of {', '.join(names)}"
                faults.append(Fault(pointer_of((*at, "agent")), reason))
        elif task.agent not in names:
            reason = f"no agent is named {quoted(task.agent)}; the agents are {', '.join(names)}"
            faults.append(Fault(pointer_of((*at, "agent")), reason))
        earlier = [before.name for before in self.tasks[:index]]
        for place, name in enumerate(task.context or ()):
            unreadable = self._unreadable(name, earlier, task.context or [], place)
            if unreadable is not None:
                faults.append(Fault(pointer_of((*at, "context", place)), unreadable))
        return faults

    def _unreadable(self, name: str, earlier: Sequence[str], context: Sequence[str], place: int) -> str | None:
        """Why a task cannot read the text of the one with this name; None when it can."""
        if context.index(name) != place:
            return f"{quoted(name)} is read twice; name it once"
        if name in earlier:
            return None
        if any(task.name == name for task in self.tasks):
            return f"{quoted(name)} is not before this task; a task reads those before it"
        known = f"those before this one are {', '.join(earlier)}" if earlier else "there is none before this one"
        return f"no task is named {quoted(name)}; {known}"

    def _manager_faults(self, at: Place) -> list[Fault]:
        pointer = pointer_of((*at, "manager_model"))
        if not self.is_led:
            reason = "only a hierarchical crew has a manager; leave it out, or set process: hierarchical"
            return [] if self.manager_model is None else [Fault(pointer, reason)]
        faults = []
        if self.manager_model is None:
            faults.append(Fault(pointer, "a hierarchical crew is led by a manager; name the model that it asks"))
        written = [None if holds_expression(agent.role) else called(agent.role) for agent in self.agents]
        for index, role in enumerate(written):
            if role is not None and written.index(role) != index:
                faults.append(Fault(pointer_of((*at, "agents", index, "role")), same_role(written.index(role))))
        return faults


def called(role: str) -> str:
    """The role as a manager calls it: letter case, quotes and the width of blanks make no difference.

    Nor does what people, and models, do not tell apart.
    """
    return as_read(role.replace('"', ""))


def same_role(other: int) -> str:
    """Why a role is refused that the agent at this place has as well."""
    return f"agent {other} has this role too, and a manager calls agents by their roles; give it another one"


def _repeated(names: Sequence[str], at: Place, noun: str) -> list[Fault]:
    return [
        Fault(pointer_of((*at, index, "name")), f"the name {quoted(name)} is taken by {noun} {names.index(name)}")
        for index, name in enumerate(names)
        if names.index(name) != index
    ]


def _tools_named_twice(agent: CrewAgent, at: Place) -> list[Fault]:
    names = agent.tool_names
    return [
        Fault(pointer_of((*at, place)), f"{quoted(name)} is named twice")
        for place, name in enumerate(names)
        if names.index(name) != place
    ]


def _blank(texts: dict[str, str], at: Place) -> list[Fault]:
    return [
        Fault(pointer_of((*at, member)), "it says nothing; write a text")
        for member, text in texts.items()
        if not text.strip()
    ]
