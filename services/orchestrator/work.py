"""A claimed step as engines work on it, and the ways in which its tick can end."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from foundation.contracts.expressions.evaluation import ExpressionError, resolve
from foundation.contracts.run_events import RunEvent
from foundation.contracts.steps.catalogue import Step
from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.failures import Failure, PlacedFailure
from foundation.storage.execution.approvals import ApprovalRequest
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.execution.doubtful_jobs import DoubtfulJob
from foundation.storage.session.database import Transaction
from foundation.workflow.sub_runs.planning import RunPlan
from orchestrator.step_clock import StepClock

Record = Callable[[Transaction], Awaitable[None]]
"""A write that belongs into the transaction that records the tick."""


@dataclass(slots=True)
class TurnsTaken:
    """The turns that a dispatch has taken whole by now, which are kept with the step's end, however it ends.

    `turn` is the number of the next one, None before the dispatch has taken any. Of a turn that something interrupts
    nothing is kept: what its calls gave is read again where the step goes on.
    """

    turn: int | None = None
    records: tuple[Record, ...] = ()
    events: tuple[RunEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed step with what its expressions may read."""

    claim: StepClaim
    step: Step
    data: Mapping[str, Any]
    """`{"input": …, "steps": {name: {"output": …}}}`"""
    absent: frozenset[str]
    """The steps that ended without an output, and that the run may complete without."""
    clock: StepClock
    """Runs while the step is worked on."""
    tools: Mapping[str, ToolContract] = field(default_factory=lambda: TOOLS)
    """The contracts of what it may call; its tenant's are among them once an engine has looked them up."""
    taken: TurnsTaken = field(default_factory=TurnsTaken)

    def resolve(self, value: Any, *at: str) -> Any:
        """The value with its `${…}` replaced; `ExpressionError` names the place `at` when one does not apply."""
        return resolve(value, self.data, at)

    def resolve_text(self, value: str, *at: str) -> str:
        """The value as a text: other values are written as JSON, and null raises `ExpressionError`."""
        resolved = self.resolve(value, *at)
        if resolved is None:
            raise ExpressionError(
                f"/{'/'.join(at)}: {value} is null, and a text is needed; write || 'default' within it"
            )
        return resolved if isinstance(resolved, str) else json.dumps(resolved, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class StepFinished:
    """The step ended well."""

    output: Any
    turn: int = 0
    records: tuple[Record, ...] = field(default=())
    events: tuple[RunEvent, ...] = field(default=())
    """Told before its end."""


@dataclass(frozen=True, slots=True)
class MoreTurns:
    """The tick ended, the step goes on with its next turn on any worker.

    `left_out` is what the turn's request did without, as its event tells it. `partial` is what the step has by now: its
    output, if it ends before it has another.
    """

    turn: int
    records: tuple[Record, ...] = field(default=())
    left_out: dict[str, int] | None = None
    partial: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StepLeftOut:
    """The step's definition lets it be left out, for this reason; it did not run."""

    reason: Failure


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    """The tick ended, and the step waits without a worker until its requests are decided or expire."""

    requests: tuple[ApprovalRequest, ...]
    turn: int = 0


TURNS_REMEDY = "fork the run from this step with a higher max_turns in `overrides`, or ask for less"
"""A retry goes by the same definition, so that the turns would be used up in it as well."""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The tick ended before its step did, as the run is paused; what it recorded is read when the step goes on.

    `partial` is what the step has by now: its output, if it ends before it has another.
    """

    partial: dict[str, Any] | None = None


def partial_output(output: dict[str, Any]) -> dict[str, Any]:
    """The output of a step that has not ended by itself, marked as what it is."""
    return {**output, "partial": True}


@dataclass(frozen=True, slots=True)
class StepExpanded:
    """The step runs once for each of its items, those that are open still; it goes on when they have ended.

    `values` are the items where they have no rows yet.
    """

    max_parallel: int
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class RunAwaited:
    """The tick ended, and the step waits without a worker until the run of this plan has ended."""

    plan: RunPlan
    turn: int = 0


TickOutcome = StepFinished | MoreTurns | ApprovalAsked | RunAwaited | HandedBack
"""What an engine returns."""


class CallInDoubt(Exception):
    """A tool was started that is not to run twice, nobody knows what it did, and a person has to decide."""

    def __init__(self, job: DoubtfulJob) -> None:
        super().__init__(f"what job {job.job_id} of {job.tool} did is unknown")
        self.job = job


class TickFailed(Exception):
    """The tick failed; `retryable` tells whether another attempt may help, `retry_after` in how many seconds."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        output: Any = None,
        causes: tuple[PlacedFailure, ...] = (),
        cause: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.failure = Failure(code, detail, retryable=retryable, retry_after=retry_after, causes=causes, cause=cause)
        self.output = output
        """What the step had by then; it is kept beside the failure when no other attempt is made."""

    @property
    def retryable(self) -> bool:
        return self.failure.retryable

    @property
    def retry_after(self) -> float | None:
        return self.failure.retry_after
