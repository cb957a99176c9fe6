"""Finds and repairs what makes no progress: lapsed leases, steps and runs past their time, lost executions."""

import asyncio
from collections.abc import Collection

from cachetools import TTLCache

from foundation.cloud.executions.base import Executions, execution_name
from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.domain.failures import Failure, FailureCode
from foundation.domain.ids import ApprovalId, RunId, StepId, TenantId
from foundation.domain.states import RunStatus
from foundation.storage.execution import approvals
from foundation.storage.session import outbox
from foundation.storage.session.database import Database, Transaction, with_retries
from foundation.storage.session.outbox import OutboxKind
from foundation.telemetry import metrics
from foundation.telemetry.background import going_on
from foundation.telemetry.logs import bind, logger
from foundation.workflow import claims, endings, lapses, plans, run_control
from foundation.workflow.approvals import decisions
from foundation.workflow.failures.placing import place
from foundation.workflow.run_control import RunRow
from foundation.workflow.stalls import faults, recovery
from foundation.workflow.stalls.causes import Stall, StallCause
from foundation.workflow.stalls.standstills import Place, Standstill, find_standstills
from foundation.workflow.stalls.words import detail_of
from orchestrator.recording.failed import record_failed
from orchestrator.recording.retried import record_lost
from orchestrator.sweeping.standstills import Recovery, Remedy, reason_to_reopen, recovery_of, remedy_of

_log = logger(__name__)
_MOST_DESCRIBED = 10_000
_STILL_AT_ONCE = 1_000


class Sweeper:
    """Looks across tenants with the sweeper's login (which may only read), acts in each tenant as the orchestrator."""

    def __init__(
        self,
        look: Database,
        act: Database,
        executions: Executions,
        *,
        every_seconds: float,
        lease_seconds: float,
        standstill_seconds: float,
        budget_pause_seconds: float,
    ) -> None:
        self._look = look
        self._act = act
        self._executions = executions
        self._every_seconds = every_seconds
        self._lease_seconds = lease_seconds
        self._standstill_seconds = standstill_seconds
        self._budget_pause_seconds = budget_pause_seconds
        self._described: TTLCache[RunId, bool] = TTLCache(_MOST_DESCRIBED, ttl=standstill_seconds)
        # Where the next sweep goes on among the runs that stand still, so that many of them hide none.
        self._after: Place | None = None

    async def run(self) -> None:
        """Sweeps until cancelled."""
        # The loop is not `every`, because a failed sweep is worth a warning: lost work waits for it.
        while True:
            try:
                await self.sweep()
            except (LockstepError, OSError) as error:
                _log.warning("the sweep failed and will be tried again", extra={"error": type(error).__name__})
            await asyncio.sleep(self._every_seconds)

    async def sweep(self) -> None:
        async with self._look.across_tenants(reason="the sweeper looks for stale work of every tenant") as tx:
            lapsed = await lapses.lapsed(tx, lease_seconds=self._lease_seconds)
            expired = await approvals.find_expired(tx)
            still = await find_standstills(
                tx,
                seconds=self._standstill_seconds,
                budget_pause_seconds=self._budget_pause_seconds,
                after=self._after,
                limit=_STILL_AT_ONCE,
            )
        self._after = still[-1].place if len(still) == _STILL_AT_ONCE else None
        for tenant_id, step_id in lapsed:
            with bind(tenant_id=tenant_id, step_id=step_id), going_on("a step could not be taken back now"):
                await with_retries(lambda t=tenant_id, s=step_id: self._reclaim(t, s))  # type: ignore[misc]
        for tenant_id, approval_id in expired:
            with bind(tenant_id=tenant_id), going_on("a request for approval could not be ended now"):
                await with_retries(lambda t=tenant_id, a=approval_id: self._expire(t, a))  # type: ignore[misc]
        for run in still:
            with bind(tenant_id=run.tenant_id, run_id=run.run_id), going_on("a run could not be helped on now"):
                await self._repair(run)

    async def _reclaim(self, tenant_id: TenantId, step_id: StepId) -> None:
        """Fences first; then the step is tried again, or fails when its time or its attempts are used up."""
        async with self._act.tenant(tenant_id) as tx:
            fenced = await lapses.fence_lapsed(tx, tenant_id, step_id, lease_seconds=self._lease_seconds)
            if fenced is None:
                return
            if fenced.overdue:
                timed_out = Failure(FailureCode.STEP_TIMED_OUT, "the step's time is over", retryable=False)
                await record_failed(tx, fenced.lease, timed_out)
            else:
                lost = Failure(FailureCode.WORKER_LOST, "the worker stopped renewing its lease", retryable=True)
                await record_lost(tx, fenced.lease, lost)
        if fenced.overdue:
            metrics.TIMEOUTS.labels("step").inc()
        else:
            metrics.LEASES_RECLAIMED.inc()
        if fenced.allocated:
            metrics.ALLOCATIONS_RECLAIMED.inc()
        extra = {"overdue": fenced.overdue, "fence": fenced.lease.fence}
        _log.info("took a step from a holder that is gone", extra=extra)

    async def _expire(self, tenant_id: TenantId, approval_id: ApprovalId) -> None:
        """Ends a request that nobody has decided in time; a decision that was faster stands."""
        async with self._act.tenant(tenant_id) as tx:
            expired = await decisions.expire(tx, tenant_id, approval_id)
        if expired is not None:
            extra = {"approval_id": str(approval_id), "step": expired.step, "on_expiry": expired.on_expiry.value}
            _log.info("a request for approval has expired", extra=extra)

    async def _repair(self, run: Standstill) -> None:
        match remedy_of(run, budget_pause_seconds=self._budget_pause_seconds):
            case Remedy.TIME_OUT:
                await with_retries(lambda: self._time_out(run))
            case Remedy.TRY_BUDGET_AGAIN:
                again = "the budget may have room again"
                await with_retries(lambda: self._reopen(run, reason=again, unless_held=True))
            case Remedy.ASK_ABOUT_EXECUTION:
                await self._ask_about_execution(run)
            case Remedy.LEAVE:
                pass

    async def _ask_about_execution(self, run: Standstill) -> None:
        """Asks Step Functions once for each standstill, because a run may rightly make no progress for hours."""
        if run.run_id in self._described:
            return
        self._described[run.run_id] = True
        try:
            execution = await self._executions.describe(execution_name(run.run_id, run.generation))
            if reason := reason_to_reopen(execution):
                await with_retries(lambda: self._reopen(run, reason=reason))
            elif execution is not None and execution.status != "RUNNING":
                await with_retries(lambda: self._end(run, execution.status))
            else:
                await with_retries(lambda: self._recover(run))
        except DependencyUnavailable as error:
            _log.info("the run's execution cannot be repaired now", extra={"error": error.detail})

    async def _time_out(self, run: Standstill) -> None:
        over = Failure(FailureCode.RUN_TIMED_OUT, "the run's time is over", retryable=False)
        async with self._act.tenant(run.tenant_id) as tx:
            row = await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
            if row is None or row.status is not RunStatus.RUNNING or row.generation != run.generation:
                return
            if not await plans.is_over(tx, run.tenant_id, run.run_id):
                return
            error = await place(tx, run.tenant_id, run.run_id, over)
            await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=RunStatus.TIMED_OUT, error=error)
        _log.info("the run's time is over")

    async def _end(self, run: Standstill, execution_status: str) -> None:
        """Ends a run whose execution has ended, but of which no event about that end has come."""
        async with self._act.tenant(run.tenant_id) as tx:
            status = await endings.end_with_execution(
                tx, run.tenant_id, run.run_id, generation=run.generation, execution_status=execution_status
            )
        if status is not None:
            _log.warning("ended a run whose execution had ended", extra={"status": status.value})

    async def _recover(self, run: Standstill) -> None:
        """Repairs a run that hangs although its execution runs, or ends what of it can never run."""
        async with self._act.tenant(run.tenant_id) as tx:
            row = await _lock_unchanged(tx, run)
            if row is None:
                return
            stalls = await faults.find(tx, run.tenant_id, run_id=run.run_id)
            causes = {stall.cause for stall in stalls}
            chosen = recovery_of(causes, still_seconds=run.still_seconds, generation=run.generation)
            match chosen:
                case Recovery.COUNT_NEEDS_ANEW:
                    await recovery.count_needs_anew(tx, run.tenant_id, _of(stalls, recovery.MISCOUNTED))
                case Recovery.END_DEADLOCKED:
                    await recovery.end_deadlocked(tx, row, _of(stalls, recovery.DEADLOCKED))
                case Recovery.REOPEN:
                    first = _of(stalls, recovery.INTERRUPTED)[0]
                    await run_control.open_generation(tx, row, reason=detail_of(first))
                case Recovery.LEAVE:
                    pass
        for stall in stalls:
            metrics.RUNS_STALLED.labels(stall.cause.value, chosen.value).inc()
            extra = {"step_id": stall.step_id and str(stall.step_id), "cause": stall.cause.value, "done": chosen.value}
            _log.warning("a run hangs", extra=extra)

    async def _reopen(self, run: Standstill, *, reason: str, unless_held: bool = False) -> None:
        """Opens a generation; with `unless_held` not while a worker still works on what it claimed before the pause.

        The end of a budget's pause can wait until claimed work is recorded; a resume by a person cannot.
        """
        async with self._act.tenant(run.tenant_id) as tx:
            row = await _lock_unchanged(tx, run)
            if row is None:
                return
            if await outbox.is_waiting(tx, run.tenant_id, run.run_id, OutboxKind.START_EXECUTION):
                return
            if unless_held and await claims.any_held(tx, run.tenant_id, run.run_id):
                return
            opened = run_control.go_on if row.status is RunStatus.PAUSED else run_control.open_generation
            generation = await opened(tx, row, reason=reason)
        _log.info("opened a generation", extra={"generation": generation, "reason": reason})


async def _lock_unchanged(tx: Transaction, run: Standstill) -> RunRow | None:
    """The run's row, locked after its unfinished steps; None when it has moved since it was found to stand still."""
    row = await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
    if row is None:
        return None
    found = (run.status, run.pause_reason, run.generation)
    return row if (row.status, row.pause_reason, row.generation) == found else None


def _of(stalls: list[Stall], causes: Collection[StallCause]) -> list[Stall]:
    return [stall for stall in stalls if stall.cause in causes]
