"""Steps in which a model acts in turns."""

from typing import Any, Literal

from pydantic import Field

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.steps.base import ModelName, Place, StepBase, Text, below
from foundation.contracts.tools.catalogue import ToolName
from foundation.contracts.tools.files import written_file_faults
from foundation.domain.errors import Fault


class AgentStep(StepBase):
    """Lets a model act in turns, with tools, until it answers or its turns are used up."""

    kind: Literal["agent"]
    model: ModelName = "default"
    instructions: Text
    prompt: Text = ""
    tools: list[ToolName] = Field(default=[], max_length=32)
    files: str | list[Any] = Field(default_factory=list)
    max_turns: int = Field(default=12, ge=1, le=200)
    max_tokens: int = Field(default=2048, ge=1, le=200_000)

    @property
    def turns(self) -> int:
        return self.max_turns

    def faults(self, at: Place) -> list[Fault]:
        pointer = pointer_of((*at, "files"))
        faults = super().faults(at) + below(pointer, written_file_faults(self.files or None))
        if self.files and not self.tools:
            faults.append(Fault(pointer, "only tools read files; name one in `tools`"))
        return faults
