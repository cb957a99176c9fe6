"""Runs a held step's tick in its engine and records how it ended, whatever way that was."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.domain.errors import BudgetExceeded, DependencyUnavailable, Failure, LeaseLost, LockstepError, RunClosed
from foundation.domain.states import StepKind
from foundation.telemetry import traces
from foundation.telemetry.logs import bind, logger
from orchestrator.claiming.leases import HeldStep
from orchestrator.engines.base import Engine
from orchestrator.failpoints import Failpoints
from orchestrator.recording.recorder import LeaseFence, OutcomeWriter
from orchestrator.work import StepFailed, StepFinished, TickOutcome, Work

_log = logger(__name__)
_RECORD_TRIES = 5
_UNTELLABLE = Failure("failure_refused", "the step failed; what it told of that cannot be stored")


class Advancer:
    """Advances steps for one worker."""

    def __init__(self, engines: Mapping[StepKind, Engine], recorder: OutcomeWriter, failpoints: Failpoints) -> None:
        self._engines = engines
        self._recorder = recorder
        self._failpoints = failpoints

    async def advance(self, held: HeldStep, work: Work, *, free_slots: Callable[[], int]) -> list[Work]:
        """Runs one tick; returns dependents that were claimed with the recording."""
        dispatch = work.claim.dispatch
        ids = {"tenant_id": dispatch.tenant_id, "run_id": dispatch.run_id, "step_id": dispatch.step_id}
        with bind(**ids), traces.span(f"step {work.claim.kind}", traceparent=work.claim.traceparent):
            self._failpoints.reach("claimed")
            try:
                outcome = await self._run(work)
            except asyncio.CancelledError:
                await self._cancelled(held, work)
                raise
            except LeaseLost as error:
                _log.info("the step belongs to another holder now", extra={"detail": error.detail})
                return []
            except RunClosed as error:
                _log.info("the run was closed while the step ran", extra={"detail": error.detail})
                return []
            except BudgetExceeded as error:
                failure, scope = Failure(error.code, error.detail), error.scope
                resets_at = error.remaining.get("resets_at")
                await self._record(
                    lambda: self._recorder.out_of_budget(LeaseFence.of(work), failure, scope=scope, resets_at=resets_at)
                )
                return []
            except StepFailed as error:
                await self._failed(work, error)
                return []
            self._failpoints.reach("ran")
            claimed = await self._ended(work, outcome, free_slots)
            seconds = (datetime.now(UTC) - work.claim.started_at).total_seconds()
            said = {"name": work.claim.name, "turn": outcome.turn, "duration_ms": round(seconds * 1000)}
            _log.info("step ended" if isinstance(outcome, StepFinished) else "turn ended", extra={"step": said})
            return claimed

    async def _run(self, work: Work) -> TickOutcome:
        """The engine's outcome, within the step's time; other failures in the words of `StepFailed`."""
        if work.claim.seconds_left <= 0:
            raise StepFailed("step_timed_out", f"the step's {work.step.timeout_seconds} s are over")
        try:
            async with work.clock.running():
                return await self._engines[work.claim.kind].run(work)
        except TimeoutError as error:
            raise StepFailed("step_timed_out", f"the step's {work.step.timeout_seconds} s are over") from error
        except ExpressionError as error:
            raise StepFailed("expression_failed", str(error)) from error
        except DependencyUnavailable as error:
            raise StepFailed(error.code, error.detail, retryable=True, retry_after=error.retry_after) from error
        except (LeaseLost, RunClosed, BudgetExceeded, StepFailed):
            raise
        except LockstepError as error:
            raise StepFailed(error.code, error.detail, retryable=error.retryable) from error
        except Exception as error:  # the edge of the engine: one step's surprise must not end the worker
            _log.exception("the engine failed unexpectedly")
            # A fault of our own comes again with every attempt; only what the network or the machine did may pass.
            passing = isinstance(error, OSError)
            detail = f"unexpected {type(error).__name__}; it was logged"
            raise StepFailed("internal", detail, retryable=passing) from error

    async def _ended(self, work: Work, outcome: TickOutcome, free_slots: Callable[[], int]) -> list[Work]:
        claimed: list[Work] = []

        async def record() -> None:
            holding = LeaseFence.of(work)
            if isinstance(outcome, StepFinished):
                claimed.extend(await self._recorder.finished(holding, outcome, free_slots=free_slots()))
            else:
                await self._recorder.more_turns(holding, outcome)

        refused = await self._record(record)
        if refused is not None:
            # It would be refused again by whoever took the step next: that is the step's failure, and no lost worker.
            detail = f"the step's outcome cannot be stored: {refused.detail}"
            await self._failed(work, StepFailed("outcome_refused", detail))
        return claimed

    async def _failed(self, work: Work, error: StepFailed) -> None:
        async def record() -> None:
            again = await self._recorder.failed(
                LeaseFence.of(work),
                error.failure,
                retryable=error.retryable,
                retry_after=error.retry_after,
                records=error.records,
                output=error.output,
            )
            extra = {"code": error.failure.code, "detail": error.failure.detail, "again": again}
            _log.info("the step failed", extra=extra)

        if await self._record(record) is None:
            return
        # What is refused is left out, until the failure alone is written: that a step has failed can always be stored.
        if error.records or error.output is not None:
            await self._failed(work, StepFailed(error.failure.code, error.failure.detail))
        elif error.failure != _UNTELLABLE:
            await self._failed(work, StepFailed(_UNTELLABLE.code, _UNTELLABLE.detail))

    async def _cancelled(self, held: HeldStep, work: Work) -> None:
        """Lost to another holder: nothing to write. Drained: given back for another worker."""
        if held.lost:
            _log.info("the step was taken from this worker while it ran")
            return
        await asyncio.shield(self._record(lambda: self._recorder.given_back(LeaseFence.of(work))))

    async def _record(self, write: Callable[[], Awaitable[None]]) -> LockstepError | None:
        """Writes an outcome, again after a transient database error: what was done must not be lost for one.

        Returns the error with which the database refuses this outcome for good.
        """
        for attempt in range(1, _RECORD_TRIES + 1):
            try:
                await write()
            except LeaseLost as error:
                _log.info("the outcome was not recorded", extra={"detail": error.detail})
                return None
            except (DependencyUnavailable, OSError):
                if attempt == _RECORD_TRIES:
                    _log.exception("the outcome could not be recorded; its lease will lapse and the sweeper takes over")
                    return None
                await asyncio.sleep(0.1 * 2**attempt)
            except LockstepError as error:
                _log.exception("the outcome is refused by the database")
                return error
            else:
                return None
        return None
