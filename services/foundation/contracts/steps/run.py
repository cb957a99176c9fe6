"""Steps that start another task as a run below their own."""

from typing import Annotated, Any, Literal

from pydantic import Field

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.expressions.evaluation import holds_expression, is_expression
from foundation.contracts.steps.base import MAX_RUN_SECONDS, Place, StepBase, Text
from foundation.domain.errors import Fault

_DISPATCH_SECONDS = 300


class RunStep(StepBase):
    """Starts a task of the tenant, and waits without a worker until that run has ended; its output is the step's.

    `task` is the name or the id of a live task; its latest version is taken when the run starts. `budget` replaces the
    task's, key by key, and `timeout_seconds` bounds the run's clock where the task's own is longer.
    """

    kind: Literal["run"]
    task: Annotated[str, Field(min_length=1, max_length=120)]
    input: Text | dict[str, Any] = Field(default_factory=dict)
    timeout_seconds: int = Field(default=MAX_RUN_SECONDS, ge=1, le=MAX_RUN_SECONDS)

    @property
    def clock_seconds(self) -> int:
        """A worker only starts the run; the run has a clock of its own."""
        return min(self.timeout_seconds, _DISPATCH_SECONDS)

    @property
    def wait_seconds(self) -> int:
        """As long as a run may take: anybody may be asked in the run that it starts."""
        return MAX_RUN_SECONDS

    def faults(self, at: Place) -> list[Fault]:
        faults = super().faults(at)
        if holds_expression(self.task):
            faults.append(Fault(pointer_of((*at, "task")), "a task is named as it is called, without expressions"))
        if self.resources:
            reason = "a step that starts a run takes nothing; let the steps of that run take it"
            faults.append(Fault(pointer_of((*at, "resources")), reason))
        if isinstance(self.input, str) and not is_expression(self.input):
            reason = "an input is an object, or one expression that gives one, such as ${item}"
            faults.append(Fault(pointer_of((*at, "input")), reason))
        return faults

    def templates(self) -> dict[str, Any]:
        """Without the task, which is looked up when the definition is made."""
        return {name: value for name, value in super().templates().items() if name != "task"}
