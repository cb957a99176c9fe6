"""A task's definition: its steps, what they need, and the limits of a run."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from foundation.contracts.egress import HostPatterns
from foundation.contracts.expressions.evaluation import LITERAL_REMEDY, ExpressionError, expressions_in, steps_read_by
from foundation.contracts.message import Message
from foundation.contracts.steps.base import MAX_RUN_SECONDS, MAX_STEPS, Budget, Text
from foundation.contracts.steps.catalogue import Step
from foundation.domain.errors import Fault
from foundation.domain.plan import Node, faults_of, transitive_needs, turns_per_dispatch
from foundation.domain.states import Priority, RecoveryPolicy, TimeoutPolicy
from foundation.domain.tools import UnknownOutcomePolicy

MAX_DEPENDENCIES = 10_000
MAX_CONCURRENCY = 1000
"""Of one task's steps, over all its runs."""
MAX_VERSION = 2**31 - 1
"""The largest `int` of PostgreSQL."""


class TaskDefinition(Message):
    """What a task does. Unknown keys are refused; the graph is checked by `definition_faults`."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    description: Text = ""
    budget: Budget = Budget()
    timeout_seconds: int = Field(default=1800, ge=1, le=MAX_RUN_SECONDS)
    on_timeout: TimeoutPolicy = TimeoutPolicy.GRACEFUL
    priority: Priority = Priority.NORMAL
    concurrency: int | None = Field(default=None, ge=1, le=MAX_CONCURRENCY, strict=True)
    on_step_failure: Literal[RecoveryPolicy.SKIP_DEPENDENTS, RecoveryPolicy.FAIL] = RecoveryPolicy.SKIP_DEPENDENTS
    on_unknown_outcome: UnknownOutcomePolicy = UnknownOutcomePolicy.ASK
    egress: HostPatterns = Field(default=[])
    steps: list[Step] = Field(min_length=1, max_length=MAX_STEPS)

    @field_validator("steps", mode="after")
    @classmethod
    def _needs_are_short(cls, steps: list[Step]) -> list[Step]:
        if (needs := sum(len(step.needs) for step in steps)) > MAX_DEPENDENCIES:
            raise ValueError(
                f"the steps have {needs} dependencies (needs) together; at most {MAX_DEPENDENCIES} are taken"
            )
        return steps

    def nodes(self) -> list[Node]:
        return [Node(step.name, tuple(step.needs), step.turns, step.foreach is not None) for step in self.steps]

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)


def definition_faults(definition: TaskDefinition) -> list[Fault]:
    """The faults that no schema shows: cycles, missing needs, references outside the needs, plans too long to run."""
    nodes = definition.nodes()
    faults = faults_of(nodes)
    if faults:
        return faults
    before = transitive_needs(nodes)
    for index, step in enumerate(definition.steps):
        at = ("steps", index)
        faults += step.faults(at)
        for member, value in step.templates().items():
            more = step.names_read_besides(member)
            for pointer, expression in expressions_in(value, (*at, member)):
                faults += _reference_faults(pointer, expression, allowed=before[step.name], more=more)
    if not faults and turns_per_dispatch(nodes) is None:
        faults.append(Fault("/steps", "the plan's worst case does not fit one execution's history of 25,000 events"))
    return faults


def _reference_faults(
    pointer: str, expression: str | ExpressionError, *, allowed: frozenset[str], more: frozenset[str]
) -> list[Fault]:
    if isinstance(expression, ExpressionError):
        return [Fault(pointer, str(expression))]
    try:
        read = steps_read_by(expression, more=more)
    except ExpressionError as error:
        return [Fault(pointer, f"{error}; {LITERAL_REMEDY}")]
    return [
        Fault(pointer, f"${{{expression}}} reads step {name!r}, which is not among what this step needs")
        for name in sorted(read - allowed)
    ]
