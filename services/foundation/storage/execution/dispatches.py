"""A step as a worker meets it: what a message asks for, and what a claim gives its holder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from foundation.contracts.steps.base import Retry
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.people.payers import Payer
from foundation.domain.retry import RetryPolicy
from foundation.domain.states import KINDS_WITH_JOBS, RecoveryPolicy, StepKind


@dataclass(frozen=True, slots=True)
class StepDispatch:
    """One tick of one step in one generation, as a message names it, and the task token that waits for its end."""

    tenant_id: TenantId
    run_id: RunId
    step_id: StepId
    generation: int
    tick: int
    task_token: str


def asked_of(dispatches: Sequence[StepDispatch]) -> list[dict[str, Any]]:
    """What tells each step's dispatch from its others, for statements about several steps."""
    return [
        {
            "step_id": str(dispatch.step_id),
            "generation": dispatch.generation,
            "tick": dispatch.tick,
            "task_token": dispatch.task_token,
        }
        for dispatch in dispatches
    ]


@dataclass(frozen=True, slots=True)
class OpenBranch:
    """A step that has not ended, as a Map of Step Functions runs it."""

    step_id: StepId
    name: str
    kind: StepKind
    tick: int


@dataclass(frozen=True, slots=True)
class StepItem:
    """The item of a list for which a step runs, and its place there, from 0."""

    parent_id: StepId
    index: int
    value: Any


@dataclass(frozen=True, slots=True)
class RunAbove:
    """A run above the claim's own as it stands, with the limits that hold for what is below it too."""

    run_id: RunId
    generation: int
    budget_tokens: int | None
    budget_nano_usd: int | None


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the ended steps of a run left: their outputs by name, and the names of those that may have none."""

    by_name: dict[str, Any]
    absent: frozenset[str]

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self | None:
        """From each step's output as the one member of a list, or null for a step that may have none.

        None when that cannot be read as a whole, because one of the outputs cannot.
        """
        if any(output is not None and not isinstance(output, list) for output in found.values()):
            return None
        return cls(
            {name: output[0] for name, output in found.items() if output is not None},
            frozenset(name for name, output in found.items() if output is None),
        )


NO_OUTPUTS = Outputs({}, frozenset())


@dataclass(frozen=True, slots=True)
class LeaseFence:
    """The holder of a step: its dispatch, and the fence that each of its writes must name to take effect."""

    dispatch: StepDispatch
    fence: int
    name: str
    attempt: int
    started_at: datetime | None
    on_failure: RecoveryPolicy
    retry: RetryPolicy
    earlier_attempts: int = 0
    """The attempts that were made before the run was last retried; they use up none of those that follow."""
    kind: StepKind | None = None
    """None where the one who has the lease does not know it."""

    @property
    def may_have_jobs(self) -> bool:
        return self.kind is None or self.kind in KINDS_WITH_JOBS

    @property
    def tries(self) -> int:
        """How often the step was tried since the run was last retried, this attempt included."""
        return self.attempt - self.earlier_attempts


@dataclass(frozen=True, slots=True)
class StepClaim:
    """A step that this worker holds until its lease ends."""

    dispatch: StepDispatch
    fence: int
    worker_id: str
    name: str
    kind: StepKind
    attempt: int
    earlier_attempts: int
    turn: int
    started_at: datetime
    seconds_left: float
    definition: dict[str, Any]
    """The step's own part of the task's definition."""
    on_failure: RecoveryPolicy
    """The step's own choice, or else the task's."""
    run_input: dict[str, Any]
    payer: Payer
    run_budget_tokens: int | None
    run_budget_nano_usd: int | None
    traceparent: str | None
    turns_per_dispatch: int
    checkpoint_head: bytes | None
    checkpoint_length: int | None
    item: StepItem | None
    runs_above: tuple[RunAbove, ...]
    """Outermost first; none for a run that no step has started."""
    queued_seconds: float
    """For how long it could have run and nobody held it."""
    outputs: Outputs | None = None
    """What its expressions may read of other steps; None where that was not read with the claim."""
    egress: list[str] | None = None
    """The hosts that its task names; None for a definition that was stored before there was such a list."""
    secrets: list[dict[str, str]] | None = None
    """The secrets that its task names, each a `TaskSecret`; None as above."""
    tool_versions: dict[str, int] | None = None
    """The versions of the sources that its tenant's tools are from; None as above."""

    def lease_fence(self) -> LeaseFence:
        retry = Retry.model_validate(self.definition.get("retry") or {}).policy()
        return LeaseFence(
            self.dispatch,
            self.fence,
            self.name,
            self.attempt,
            self.started_at,
            self.on_failure,
            retry,
            self.earlier_attempts,
            self.kind,
        )
