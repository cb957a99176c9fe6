"""Steps in which a model acts in turns."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.expressions.evaluation import is_expression
from foundation.contracts.message import OBJECT, TEXT, Message, shape_of
from foundation.contracts.steps.agent_tool import CALL_NAME, AgentTool, ApprovalRule
from foundation.contracts.steps.base import MAX_RUN_SECONDS, ModelName, Place, StepBase, Text, below
from foundation.contracts.steps.final_output import FinalOutput
from foundation.contracts.steps.workspace import WorkspaceSource, expression_of
from foundation.contracts.tools.calls.staged_files import written_file_faults
from foundation.contracts.tools.catalogue import ToolName, effect_without_contract
from foundation.domain.errors import Fault
from foundation.domain.tools import ToolEffect, UnknownOutcomePolicy
from foundation.domain.words.quoting import quoted

CALL_NAMES = frozenset({"turn", "calls"})
"""What a condition of `stop_when` may read besides: the turns taken, and the calls of tools that were made in them."""


class ToolSucceeded(Message):
    """Holds once a call of the tool has succeeded."""

    tool: ToolName


GivenTool = Annotated[Annotated[ToolName, Tag(TEXT)] | Annotated[AgentTool, Tag(OBJECT)], Discriminator(shape_of)]
StopCondition = Annotated[Annotated[Text, Tag(TEXT)] | Annotated[ToolSucceeded, Tag(OBJECT)], Discriminator(shape_of)]


class AgentStep(StepBase):
    """Lets a model act in turns, with tools, until it answers, a condition holds, or its turns are used up.

    Where `output` asks for a form, the agent ends by a tool `finish` that takes it, or by an answer that has it.
    `context_tokens` is how long a conversation may become before old results of tools are left out of it.
    """

    kind: Literal["agent"]
    model: ModelName = "default"
    instructions: Text
    prompt: Text = ""
    tools: list[GivenTool] = Field(default=[], max_length=32)
    files: str | list[Any] = Field(default_factory=list)
    max_turns: int = Field(default=12, ge=1, le=200)
    max_tokens: int = Field(default=2048, ge=1, le=200_000)
    context_tokens: int = Field(default=100_000, ge=1_000, le=10_000_000)
    output: FinalOutput | None = None
    stop_when: list[StopCondition] = Field(default=[], max_length=10)
    on_unknown_outcome: UnknownOutcomePolicy | None = None
    workspace: WorkspaceSource | None = None

    @property
    def turns(self) -> int:
        return self.max_turns

    @property
    def wait_seconds(self) -> int:
        """As long as a run may take, as nobody knows how often it asks."""
        return MAX_RUN_SECONDS if self.approval_rules() else 0

    def may_act_once(self, *, reaches: bool) -> bool:
        given = self.effects()
        effects = {given.get(name) or effect_without_contract(name, {}, reaches=reaches) for name in self.tool_names}
        return ToolEffect.ONCE in effects

    def faults(self, at: Place) -> list[Fault]:
        pointer = pointer_of((*at, "files"))
        faults = super().faults(at) + below(pointer, written_file_faults(self.files or None))
        if self.files and not self.tools:
            faults.append(Fault(pointer, "only tools read files; name one in `tools`"))
        if self.workspace is not None and not self.tools:
            faults.append(Fault(pointer_of((*at, "workspace")), "only tools use a workspace; name one in `tools`"))
        faults += self._tool_faults((*at, "tools"))
        if self.output is not None:
            faults += self.output.faults(pointer_of((*at, "output")))
        return faults + self._stop_faults((*at, "stop_when"))

    def named_tools(self, at: Place) -> Iterator[tuple[Place, str]]:
        yield from (((*at, "tools", place), name) for place, name in enumerate(self.tool_names))

    @property
    def tool_names(self) -> list[str]:
        return [tool.name if isinstance(tool, AgentTool) else tool for tool in self.tools]

    def approval_rules(self) -> dict[str, ApprovalRule]:
        """By the names of the tools whose calls people approve."""
        rules = {tool.name: tool.rule() for tool in self.tools if isinstance(tool, AgentTool)}
        return {name: rule for name, rule in rules.items() if rule is not None}

    def effects(self) -> dict[str, ToolEffect]:
        """By the names of the tools of which the definition says what running them twice would mean."""
        return {tool.name: tool.effect for tool in self.tools if isinstance(tool, AgentTool) and tool.effect}

    def _tool_faults(self, at: Place) -> list[Fault]:
        faults = []
        names = self.tool_names
        for place, tool in enumerate(self.tools):
            if names.index(names[place]) != place:
                faults.append(Fault(pointer_of((*at, place)), f"{quoted(names[place])} is named twice"))
            if isinstance(tool, AgentTool):
                faults += tool.faults((*at, place))
        return faults

    def _stop_faults(self, at: Place) -> list[Fault]:
        if self.stop_when and self.output is not None:
            return [Fault(pointer_of(at), "an agent with `output` ends by giving it; leave one of the two out")]
        faults = []
        for place, condition in enumerate(self.stop_when):
            if isinstance(condition, ToolSucceeded):
                if condition.tool not in self.tool_names:
                    reason = f"the agent has no tool {quoted(condition.tool)}"
                    faults.append(Fault(pointer_of((*at, place, "tool")), reason))
            elif not is_expression(condition):
                reason = "a condition is one expression, such as ${length(calls) > `5`}, or names a tool: {tool: …}"
                faults.append(Fault(pointer_of((*at, place)), reason))
        return faults

    def templates(self) -> dict[str, Any]:
        return {**super().templates(), "workspace": expression_of(self.workspace)}

    def names_read_besides(self, member: str) -> frozenset[str]:
        more = super().names_read_besides(member)
        return more | {"stop_when": CALL_NAMES, "tools": CALL_NAME}.get(member, frozenset())
