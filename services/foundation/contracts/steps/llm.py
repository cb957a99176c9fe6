"""Steps that ask a model once."""

from typing import Literal

from pydantic import Field

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.steps.base import ModelName, Place, StepBase, Text
from foundation.contracts.steps.final_output import FinalOutput
from foundation.domain.errors import Fault
from foundation.domain.retry import RetryCause


class LlmStep(StepBase):
    """Asks a model once; where `output` asks for a form, again with what is wrong with its answer."""

    retry_causes = frozenset({RetryCause.TRANSIENT, RetryCause.MODEL_ANSWER_INVALID})

    kind: Literal["llm"]
    model: ModelName = "default"
    instructions: Text = ""
    prompt: Text
    max_tokens: int = Field(default=1024, ge=1, le=200_000)
    output: FinalOutput | None = None

    def faults(self, at: Place) -> list[Fault]:
        faults = super().faults(at)
        if not f"{self.prompt}{self.instructions}".strip():
            pointer = pointer_of((*at, "prompt"))
            faults.append(Fault(pointer, "the model is asked nothing; write a prompt or instructions"))
        return faults + (self.output.faults(pointer_of((*at, "output"))) if self.output else [])
