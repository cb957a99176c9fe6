"""Runs a held step's tick in its engine and records the outcome, whichever it is."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from foundation.domain.errors import BudgetExceeded, DependencyUnavailable, LeaseLost, LockstepError, RunClosed
from foundation.domain.failures import Failure, FailureCode
from foundation.domain.states import StepKind
from foundation.telemetry.logs import bind, logger
from foundation.telemetry.retries import with_tries
from foundation.telemetry.spans.record import SpanAttribute
from foundation.telemetry.traces import annotate
from orchestrator.breakers.board import WorkerBreakers
from orchestrator.breakers.breaker import BreakerOpen, Trial
from orchestrator.claiming.conditions import left_out
from orchestrator.claiming.leases import HeldStep
from orchestrator.engines.base import Engine
from orchestrator.failpoints import Failpoints
from orchestrator.intake.expansion import expands
from orchestrator.intake.step_spans import failures_named, step_span
from orchestrator.intake.tick_failures import failure_of, is_unexpected, timed_out
from orchestrator.recording.base import OutcomeRecording
from orchestrator.work import (
    ApprovalAsked,
    CallInDoubt,
    HandedBack,
    MoreTurns,
    RunAwaited,
    StepExpanded,
    StepFinished,
    StepLeftOut,
    TickFailed,
    TickOutcome,
    TurnsTaken,
    Work,
)

_log = logger(__name__)
_RECORD_TRIES = 5
_RECORD_PAUSE_SECONDS = 0.2
RecordedOutcome = TickOutcome | StepLeftOut | StepExpanded
_ENDED: dict[type[RecordedOutcome], str] = {
    StepFinished: "step ended",
    StepLeftOut: "step left out",
    StepExpanded: "step's items opened",
    MoreTurns: "turn ended",
    ApprovalAsked: "step waits for an approval",
    RunAwaited: "step waits for its run",
    HandedBack: "step handed back",
}
_EXPECTED = (LeaseLost, RunClosed, BudgetExceeded, CallInDoubt, BreakerOpen, TickFailed)
"""What an engine raises on purpose, each with a way of its own to be recorded."""
_FAILURE_REFUSED = Failure(
    FailureCode.FAILURE_REFUSED,
    "the step failed, and the database refused the description of its failure",
    retryable=False,
)


class Advancer:
    """Advances steps for one worker."""

    def __init__(
        self,
        engines: Mapping[StepKind, Engine],
        outcomes: OutcomeRecording,
        failpoints: Failpoints,
        expand: Callable[[Work], Awaitable[StepExpanded | StepFinished]],
        breakers: WorkerBreakers,
        *,
        record_pause_seconds: float = _RECORD_PAUSE_SECONDS,
    ) -> None:
        """`expand` runs the ticks of steps that run for items.

        `record_pause_seconds` is the pause before an outcome is written again; it doubles each time.
        """
        self._engines = engines
        self._outcomes = outcomes
        self._failpoints = failpoints
        self._expand = expand
        self._breakers = breakers
        self._record_pause_seconds = record_pause_seconds

    async def advance(self, held: HeldStep, work: Work, *, free_slots: Callable[[], int]) -> list[Work]:
        """Runs one tick; returns dependents that were claimed with the recording."""
        dispatch = work.claim.dispatch
        ids = {"tenant_id": dispatch.tenant_id, "run_id": dispatch.run_id, "step_id": dispatch.step_id}
        with bind(**ids), step_span(work.claim):
            self._failpoints.reach("claimed")
            try:
                with failures_named():
                    outcome = await self._run(work)
            except asyncio.CancelledError:
                await self._cancelled(held, work)
                raise
            except (LeaseLost, RunClosed) as error:
                # Whoever took the step, or closed the run, has recorded what becomes of it.
                _log.info("the step is no longer this worker's", extra={"code": error.code, "detail": error.detail})
                return []
            except BudgetExceeded as error:
                exceeded = error
                lease = work.claim.lease_fence()
                await self._record(lambda: self._outcomes.out_of_budget(lease, exceeded, taken=work.taken))
                return []
            except CallInDoubt as error:
                await self._in_doubt(work, error)
                return []
            except BreakerOpen as error:
                await self._postponed(work, error)
                return []
            except TickFailed as error:
                await self._failed(work, error)
                return []
            self._failpoints.reach("ran")
            return await self._ended(work, outcome, free_slots)

    async def _run(self, work: Work) -> RecordedOutcome:
        """The engine's outcome within the step's time; a failure of the step is raised as `TickFailed`."""
        if work.claim.seconds_left <= 0:
            raise timed_out(work.step.timeout_seconds)
        try:
            if (skip := left_out(work)) is not None:
                return skip
            if expands(work):
                return await self._expand(work)
            with self._breakers.of_kind(work.claim.kind).judged_by() as trial:
                return await self._in_engine(work, trial)
        except _EXPECTED:
            raise
        except Exception as error:  # the edge of the engine: one step's surprise must not end the worker
            if is_unexpected(error):
                _log.exception("the engine failed unexpectedly")
            raise failure_of(error, timeout_seconds=work.step.timeout_seconds) from error

    async def _in_engine(self, work: Work, trial: Trial) -> TickOutcome:
        """The engine's outcome; only what is a fault of ours counts against its kind of step."""
        try:
            async with work.clock.running():
                return await self._engines[work.claim.kind].run(work)
        except _EXPECTED:
            raise
        except Exception as error:  # only counted here, and raised on to the edge that tells of it
            if is_unexpected(error):
                trial.failed()
            raise

    async def _ended(self, work: Work, outcome: RecordedOutcome, free_slots: Callable[[], int]) -> list[Work]:
        claimed: list[Work] = []
        annotate({SpanAttribute.OUTCOME: _ENDED[type(outcome)]})

        async def record() -> None:
            lease = work.claim.lease_fence()
            match outcome:
                case StepFinished():
                    claimed.extend(await self._outcomes.finished(lease, outcome, free_slots=free_slots()))
                case StepLeftOut():
                    claimed.extend(await self._outcomes.left_out(lease, outcome.reason, free_slots=free_slots()))
                case ApprovalAsked():
                    await self._outcomes.asked(lease, outcome.requests)
                case RunAwaited():
                    await self._outcomes.awaits_run(lease, outcome.plan)
                case HandedBack():
                    await self._outcomes.given_back(lease, partial=outcome.partial)
                case StepExpanded():
                    await self._outcomes.expanded(lease, outcome)
                case MoreTurns():
                    await self._outcomes.more_turns(lease, outcome)

        refused = await self._record(record)
        if refused is not None:
            # The database would refuse it from the next worker as well, so the step fails now, with the reason.
            detail = f"the step's outcome cannot be stored: {refused.detail}"
            await self._failed(work, TickFailed(FailureCode.OUTCOME_REFUSED, detail))
        seconds = (datetime.now(UTC) - work.claim.started_at).total_seconds()
        turn = outcome.turn if isinstance(outcome, StepFinished | MoreTurns) else work.claim.turn
        extra = {"step": work.claim.name, "turn": turn, "duration_ms": round(seconds * 1000)}
        _log.info(_ENDED[type(outcome)], extra=extra)
        return claimed

    async def _in_doubt(self, work: Work, error: CallInDoubt) -> None:
        await self._record(lambda: self._outcomes.in_doubt(work.claim.lease_fence(), error.job))
        extra = {"job_id": str(error.job.job_id), "tool": error.job.tool}
        _log.warning("nobody knows what a tool did; its step waits for a decision", extra=extra)

    async def _postponed(self, work: Work, error: BreakerOpen) -> None:
        seconds = math.ceil(error.retry_after or 1)
        lease = work.claim.lease_fence()
        await self._record(lambda: self._outcomes.postponed(lease, breaker=error.name, delay_seconds=seconds))
        _log.info("the step was postponed", extra={"breaker": error.name, "seconds": seconds})

    async def _failed(self, work: Work, error: TickFailed, *, taken: TurnsTaken | None = None) -> None:
        """Records the failure with the turns that the dispatch has taken, or with those given."""
        kept = work.taken if taken is None else taken

        async def record() -> None:
            again = await self._outcomes.failed(
                work.claim.lease_fence(),
                error.failure,
                taken=kept,
                output=error.output,
            )
            extra = {"code": error.failure.code, "detail": error.failure.detail, "again": again}
            _log.info("the step failed", extra=extra)

        if await self._record(record) is None:
            return
        # The database refused this failure. It is written again without the turns and the output, then without its
        # description: the bare fact that the step failed can always be stored.
        if kept.records or error.output is not None:
            await self._failed(work, TickFailed(error.failure.code, error.failure.detail), taken=TurnsTaken())
        elif error.failure != _FAILURE_REFUSED:
            bare = TickFailed(_FAILURE_REFUSED.code, _FAILURE_REFUSED.detail)
            await self._failed(work, bare, taken=TurnsTaken())

    async def _cancelled(self, held: HeldStep, work: Work) -> None:
        """Gives a step back that is cancelled because the worker stops. A lost step has another holder already."""
        if held.lost:
            _log.info("the step was taken from this worker while it ran")
            return
        await asyncio.shield(self._record(lambda: self._outcomes.given_back(work.claim.lease_fence())))

    async def _record(self, write: Callable[[], Awaitable[None]]) -> LockstepError | None:
        """Writes an outcome, and again after a transient error, so that finished work is not lost to it.

        Returns the error with which the database refuses this outcome for good.
        """
        passing = (DependencyUnavailable, OSError)
        try:
            await with_tries(write, on=passing, attempts=_RECORD_TRIES, pause_seconds=self._record_pause_seconds)
        except LeaseLost as error:
            _log.info("the outcome was not recorded", extra={"detail": error.detail})
        except passing:
            _log.exception("the outcome could not be recorded; its lease will lapse and the sweeper takes over")
        except LockstepError as error:
            _log.exception("the outcome is refused by the database")
            return error
        return None
