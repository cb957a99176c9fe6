"""Steps that run a tool once."""

from typing import Any, Literal

from pydantic import Field

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.steps.base import Place, StepBase, below
from foundation.contracts.tools.catalogue import TOOLS, ToolName
from foundation.contracts.tools.files import written_file_faults
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

    def faults(self, at: Place) -> list[Fault]:
        """Arguments that can never be right; what an expression will give is judged when it is there."""
        pointer = pointer_of((*at, "arguments"))
        own = {name: value for name, value in self.arguments.items() if name != "files"}
        faults = TOOLS[self.tool].faults(own, expressions=True)
        taken = TOOLS[self.tool].arguments.names_taken(self.arguments)
        files = written_file_faults(self.arguments.get("files"), taken=taken)
        return [*super().faults(at), *below(pointer, faults), *below(f"{pointer}/files", files)]

    def templates(self) -> dict[str, Any]:
        document = super().templates()
        for name in TOOLS[self.tool].arguments.literal:
            document["arguments"].pop(name, None)
        return document
