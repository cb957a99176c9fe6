"""A task's definition: its steps, what they need, and the limits of a run."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, field_validator

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.egress.hosts import allows
from foundation.contracts.egress.policy import HostPatterns
from foundation.contracts.egress.secrets import MAX_SECRETS, TaskSecret, doubled
from foundation.contracts.expressions.evaluation import LITERAL_REMEDY, ExpressionError, expressions_in, steps_read_by
from foundation.contracts.message import Message
from foundation.contracts.steps.base import MAX_RUN_SECONDS, MAX_STEPS, Budget, Text
from foundation.contracts.steps.catalogue import Step
from foundation.contracts.tools.tenant.names import SourceKey
from foundation.domain.errors import Fault
from foundation.domain.plan import Node, faults_of, known_needs, turns_per_dispatch
from foundation.domain.states import Priority, RecoveryPolicy, TimeoutPolicy
from foundation.domain.tools import UnknownOutcomePolicy
from foundation.domain.words.quoting import quoted

MAX_DEPENDENCIES = 10_000
MAX_CONCURRENCY = 1000
"""Of one task's steps, over all its runs."""
MAX_SOURCES = 20
"""Of one tenant's tools, in use; so many may one task name."""
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
    secrets: list[TaskSecret] = Field(default=[], max_length=MAX_SECRETS)
    tool_versions: dict[SourceKey, Annotated[int, Field(ge=1, le=MAX_VERSION)]] = Field(
        default={}, max_length=MAX_SOURCES
    )
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

    def may_be_in_doubt(self, step: Step) -> bool:
        """Whether a person may have to say what a call of the step's tools did."""
        policy = getattr(step, "on_unknown_outcome", None) or self.on_unknown_outcome
        return policy is UnknownOutcomePolicy.ASK and step.may_act_once(reaches=bool(self.egress))

    def waits(self) -> dict[str, int]:
        """By the names of the steps that may wait for people or for another run, for how many seconds at most."""
        longest = {
            step.name: MAX_RUN_SECONDS if self.may_be_in_doubt(step) else step.wait_seconds for step in self.steps
        }
        return {name: seconds for name, seconds in longest.items() if seconds}

    def named_tools(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every tool that a step may call, with the place where it is named."""
        for at, step in enumerate(self.steps):
            yield from step.named_tools(("steps", at))

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)


def definition_faults(definition: TaskDefinition) -> list[Fault]:
    """The faults that no schema shows: cycles, missing needs, references outside the needs, plans too long to run."""
    nodes = definition.nodes()
    faults = faults_of(nodes)
    faults += _secret_faults(definition)
    before = known_needs(nodes)
    for index, step in enumerate(definition.steps):
        at = ("steps", index)
        faults += step.faults(at)
        for member, value in step.templates().items():
            more = step.names_read_besides(member)
            for pointer, expression in expressions_in(value, (*at, member)):
                faults += _reference_faults(pointer, expression, allowed=before[step.name], more=more)
    faults += _workspace_faults(definition)
    if not faults and turns_per_dispatch(nodes) is None:
        faults.append(Fault("/steps", "the plan's worst case does not fit one execution's history of 25,000 events"))
    return faults


def _secret_faults(definition: TaskDefinition) -> list[Fault]:
    faults = [
        Fault(f"/secrets/{place}/host", f"{secret.host} is not in the task's egress, so that nothing is sent there")
        for place, secret in enumerate(definition.secrets)
        if not allows(definition.egress, secret.host)
    ]
    detail = "a secret before it has the same host and header; a header holds one secret"
    return faults + [Fault(f"/secrets/{place}", detail) for place in doubled(definition.secrets)]


def _workspace_faults(definition: TaskDefinition) -> list[Fault]:
    """Workspaces from steps that leave none, or one for each of their items."""
    sources = {step.name: step for step in definition.steps}
    faults = []
    for index, step in enumerate(definition.steps):
        wanted = getattr(step, "workspace", None)
        source = sources.get(wanted["from"]) if isinstance(wanted, dict) else None
        if source is None:
            continue
        if getattr(source, "workspace", None) is None:
            reason = f"step {quoted(source.name)} keeps no workspace; give it `workspace: new`"
        elif source.foreach is not None:
            reason = f"step {quoted(source.name)} runs for items, each of which has a workspace of its own"
        else:
            continue
        faults.append(Fault(pointer_of(("steps", index, "workspace", "from")), reason))
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
        Fault(pointer, f"${{{expression}}} reads step {quoted(name)}, which is not among what this step needs")
        for name in sorted(read - allowed)
    ]
