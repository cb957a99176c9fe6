"""Writes each outcome of a tick in one transaction, and observes the step's duration."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from foundation.domain.errors import BudgetExceeded
from foundation.domain.failures import Failure, FailureCode
from foundation.domain.states import StepStatus
from foundation.storage.execution.approvals import ApprovalRequest
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.execution.doubtful_jobs import DoubtfulJob
from foundation.storage.session.database import Database
from foundation.telemetry import metrics
from foundation.workflow.sub_runs.planning import RunPlan
from orchestrator.claiming.taking import Taker
from orchestrator.failpoints import Failpoints
from orchestrator.presence import figures
from orchestrator.recording.base import OutcomeRecording
from orchestrator.recording.expanded import record_expanded
from orchestrator.recording.failed import record_failed
from orchestrator.recording.finished import record_finished
from orchestrator.recording.given_back import record_given_back, record_postponed
from orchestrator.recording.handed_over import record_asked, record_awaits_run, record_in_doubt, record_lost_in_doubt
from orchestrator.recording.left_out import record_left_out
from orchestrator.recording.more_turns import record_more_turns
from orchestrator.recording.out_of_budget import record_out_of_budget
from orchestrator.recording.retried import delay_of, may_retry, record_retried
from orchestrator.work import MoreTurns, StepExpanded, StepFinished, TurnsTaken, Work


class OutcomeWriter(OutcomeRecording):
    """Writes outcomes to PostgreSQL, each in one transaction."""

    def __init__(
        self, database: Database, taker: Taker, failpoints: Failpoints, *, budget_pause_seconds: float = 300
    ) -> None:
        self._database = database
        self._taker = taker
        self._failpoints = failpoints
        self._budget_pause_seconds = budget_pause_seconds

    async def finished(self, lease: LeaseFence, outcome: StepFinished, *, free_slots: int) -> list[Work]:
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            claimed = await record_finished(tx, lease, outcome, taker=self._taker, free_slots=free_slots)
            self._failpoints.reach("finished.before_commit")
        self._failpoints.reach("finished.after_commit")
        _observe(lease, StepStatus.SUCCESS)
        return claimed

    async def left_out(self, lease: LeaseFence, reason: Failure, *, free_slots: int) -> list[Work]:
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            claimed = await record_left_out(tx, lease, reason, taker=self._taker, free_slots=free_slots)
            self._failpoints.reach("left_out.before_commit")
        self._failpoints.reach("left_out.after_commit")
        _observe(lease, StepStatus.SKIPPED)
        return claimed

    async def expanded(self, lease: LeaseFence, outcome: StepExpanded) -> None:
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            await record_expanded(tx, lease, outcome)
            self._failpoints.reach("expanded.before_commit")
        self._failpoints.reach("expanded.after_commit")

    async def more_turns(self, lease: LeaseFence, outcome: MoreTurns) -> None:
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            await record_more_turns(tx, lease, outcome)
            self._failpoints.reach("turn.before_commit")
        self._failpoints.reach("turn.after_commit")

    async def asked(self, lease: LeaseFence, requests: Sequence[ApprovalRequest]) -> None:
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            await record_asked(tx, lease, requests)
            self._failpoints.reach("asked.before_commit")
        self._failpoints.reach("asked.after_commit")

    async def in_doubt(self, lease: LeaseFence, job: DoubtfulJob) -> None:
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            await record_in_doubt(tx, lease, job)
            self._failpoints.reach("in_doubt.before_commit")
        self._failpoints.reach("in_doubt.after_commit")

    async def awaits_run(self, lease: LeaseFence, plan: RunPlan) -> None:
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            await record_awaits_run(tx, lease, plan)
            self._failpoints.reach("awaits_run.before_commit")
        self._failpoints.reach("awaits_run.after_commit")

    async def failed(
        self,
        lease: LeaseFence,
        failure: Failure,
        *,
        taken: TurnsTaken | None = None,
        output: object = None,
    ) -> bool:
        may_pass, retry_after = failure.retryable, failure.retry_after
        again = may_retry(lease, failure)
        ended = StepStatus.RETRYING if again else StepStatus.FAILED
        worth_it = may_pass or lease.retry.asks_for(failure.retried_as)
        failure = replace(failure, retryable=worth_it)
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            if again:
                await record_retried(tx, lease, failure, delay_seconds=delay_of(lease, retry_after=retry_after))
            elif may_pass and await record_lost_in_doubt(tx, lease):
                ended = StepStatus.OUTCOME_UNKNOWN
            else:
                await record_failed(tx, lease, failure, taken=taken, output=output, exhausted=worth_it)
            self._failpoints.reach("failed.before_commit")
        self._failpoints.reach("failed.after_commit")
        _observe(lease, ended)
        if ended is StepStatus.FAILED and failure.code == FailureCode.STEP_TIMED_OUT:
            metrics.TIMEOUTS.labels("step").inc()
        return again

    async def given_back(self, lease: LeaseFence, *, partial: dict[str, Any] | None = None) -> None:
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            await record_given_back(tx, lease, partial=partial)

    async def postponed(self, lease: LeaseFence, *, breaker: str, delay_seconds: float) -> None:
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            await record_postponed(tx, lease, breaker=breaker, delay_seconds=delay_seconds)
            self._failpoints.reach("postponed.before_commit")
        self._failpoints.reach("postponed.after_commit")
        figures.POSTPONED.labels(breaker).inc()

    async def out_of_budget(self, lease: LeaseFence, error: BudgetExceeded, *, taken: TurnsTaken | None = None) -> None:
        async with self._database.tenant(lease.dispatch.tenant_id) as tx:
            await record_out_of_budget(tx, lease, error, taken=taken, pause_seconds=self._budget_pause_seconds)


def _observe(lease: LeaseFence, status: StepStatus) -> None:
    if lease.started_at is not None:
        seconds = (datetime.now(UTC) - lease.started_at).total_seconds()
        metrics.STEP_DURATION.labels(metrics.step_label(lease.name, lease.kind), status.value).observe(seconds)
