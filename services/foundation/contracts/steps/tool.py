"""Steps that run a tool once."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.steps.base import Place, StepBase, below
from foundation.contracts.steps.workspace import WorkspaceSource, expression_of
from foundation.contracts.tools.calls.staged_files import written_file_faults
from foundation.contracts.tools.catalogue import TOOLS, ToolName, effect_without_contract, failures_of
from foundation.domain.errors import Fault
from foundation.domain.retry import RetryCause
from foundation.domain.tools import ToolEffect, UnknownOutcomePolicy


class ToolStep(StepBase):
    """Runs one tool once; `arguments.files` are staged for it. What the tool calls literal is no template.

    `effect` is what running it twice would mean, where whoever wrote its arguments knows better than the tool.
    """

    retry_causes = frozenset(RetryCause) - {RetryCause.MODEL_ANSWER_INVALID}

    kind: Literal["tool"]
    tool: ToolName
    arguments: dict[str, Any] = Field(default_factory=dict)
    effect: ToolEffect | None = None
    on_unknown_outcome: UnknownOutcomePolicy | None = None
    workspace: WorkspaceSource | None = None

    def may_act_once(self, *, reaches: bool) -> bool:
        effect = self.effect or effect_without_contract(self.tool, self.arguments, reaches=reaches)
        return effect is ToolEffect.ONCE

    def named_tools(self, at: Place) -> Iterator[tuple[Place, str]]:
        yield (*at, "tool"), self.tool

    @property
    def own_failures(self) -> frozenset[str]:
        return failures_of(self.tool)

    @property
    def own_arguments(self) -> dict[str, Any]:
        """Those of the tool itself: all but the files that are staged for it."""
        return {name: value for name, value in self.arguments.items() if name != "files"}

    @property
    def literal(self) -> frozenset[str]:
        """The arguments that are no templates."""
        return TOOLS[self.tool].arguments.literal if self.tool in TOOLS else frozenset()

    def faults(self, at: Place) -> list[Fault]:
        """Arguments that can never be right; what an expression will give is judged when it is there.

        Those of a tenant's tool are judged by who knows the tenant.
        """
        if self.tool not in TOOLS:
            return super().faults(at)
        pointer = pointer_of((*at, "arguments"))
        faults = TOOLS[self.tool].faults(self.own_arguments, expressions=True)
        taken = TOOLS[self.tool].arguments.names_taken(self.arguments)
        files = written_file_faults(self.arguments.get("files"), taken=taken)
        return [*super().faults(at), *below(pointer, faults), *below(f"{pointer}/files", files)]

    def templates(self) -> dict[str, Any]:
        document = super().templates()
        for name in self.literal:
            document["arguments"].pop(name, None)
        return {**document, "workspace": expression_of(self.workspace)}
