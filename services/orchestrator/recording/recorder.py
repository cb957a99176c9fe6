"""Records how a tick ended: one transaction with its state, turn, dependents, events and callback."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from foundation.contracts.step_message import Next, StepCallback
from foundation.domain.errors import Failure
from foundation.domain.retry import MAX_ATTEMPTS, delay_before
from foundation.domain.states import RecoveryPolicy, RunStatus, StepStatus
from foundation.storage.execution import run_events
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.execution.run_events import Event
from foundation.storage.session import outbox
from foundation.storage.session.database import Database, Transaction
from foundation.storage.session.outbox import OutboxEffect
from foundation.telemetry import metrics
from foundation.telemetry.traces import current_trace_id
from foundation.workflow import outcomes, plans, run_control
from foundation.workflow.outcomes import Released
from foundation.workflow.run_control import MIN_CALLBACK_SECONDS
from orchestrator.claiming.taking import Taker
from orchestrator.failpoints import Failpoints
from orchestrator.outbox.messages import step_message
from orchestrator.work import MoreTurns, Record, StepFinished, Work


@dataclass(frozen=True, slots=True)
class LeaseFence:
    """Who writes: the dispatch and the fence that every write names."""

    dispatch: StepDispatch
    fence: int
    name: str
    attempt: int
    started_at: datetime | None
    on_step_failure: RecoveryPolicy

    @classmethod
    def of(cls, work: Work) -> "LeaseFence":
        claim = work.claim
        policy = RecoveryPolicy(claim.on_step_failure)
        return cls(claim.dispatch, claim.fence, claim.name, claim.attempt, claim.started_at, policy)


class OutcomeWriter:
    """Writes outcomes; `LeaseLost` from any of them means that nothing was written."""

    def __init__(
        self, database: Database, taker: Taker, failpoints: Failpoints, *, budget_pause_seconds: float = 300
    ) -> None:
        self._database = database
        self._taker = taker
        self._failpoints = failpoints
        self._budget_pause_seconds = budget_pause_seconds

    async def finished(self, holding: LeaseFence, outcome: StepFinished, *, free_slots: int) -> list[Work]:
        """The step succeeded. Dependents that became free are claimed here, as far as there are free slots."""
        dispatch = holding.dispatch
        async with self._database.tenant(dispatch.tenant_id) as tx:
            await outcomes.end(
                tx,
                dispatch.tenant_id,
                dispatch.step_id,
                fence=holding.fence,
                status=StepStatus.SUCCESS,
                output=outcome.output,
                turn=outcome.turn,
            )
            await _write(tx, outcome.records)
            released = await outcomes.release_dependents(tx, dispatch.tenant_id, dispatch.step_id)
            claimed = await self._claim_released(tx, dispatch, released, free_slots=free_slots)
            done = run_control.done_effect(
                dispatch.run_id, dispatch.step_id, dispatch.task_token, tick=dispatch.tick + 1
            )
            await outbox.write(tx, dispatch.tenant_id, [done, *_messages(dispatch, released[len(claimed) :])])
            await self._close(tx, holding, Event("step.success", dispatch.step_id, {"name": holding.name}))
            self._failpoints.reach("finished.before_commit")
        self._failpoints.reach("finished.after_commit")
        _observe(holding, StepStatus.SUCCESS)
        return claimed

    async def more_turns(self, holding: LeaseFence, outcome: MoreTurns) -> None:
        """The tick's turns are recorded; the next tick comes through Step Functions, for any worker."""
        dispatch = holding.dispatch
        async with self._database.tenant(dispatch.tenant_id) as tx:
            tick = await outcomes.next_tick(
                tx, dispatch.tenant_id, dispatch.step_id, fence=holding.fence, turn=outcome.turn
            )
            await _write(tx, outcome.records)
            seconds = await plans.seconds_to_deadline(tx, dispatch.tenant_id, dispatch.run_id)
            callback = StepCallback(
                next=Next.CONTINUE, tick=tick, timeout_seconds=math.ceil(max(seconds, 0)) + MIN_CALLBACK_SECONDS
            )
            effect = run_control.callback_effect(dispatch.run_id, dispatch.step_id, dispatch.task_token, callback)
            await outbox.write(tx, dispatch.tenant_id, [effect])
            await self._close(tx, holding, Event("step.turn", dispatch.step_id, {"turn": outcome.turn}))
            self._failpoints.reach("turn.before_commit")
        self._failpoints.reach("turn.after_commit")

    async def failed(
        self,
        holding: LeaseFence,
        failure: Failure,
        *,
        retryable: bool,
        retry_after: float | None = None,
        records: Sequence[Record] = (),
        output: object = None,
    ) -> bool:
        """Tries again while attempts remain, else fails the step; whether it will be tried again."""
        again = retryable and holding.attempt < MAX_ATTEMPTS
        async with self._database.tenant(holding.dispatch.tenant_id) as tx:
            if again:
                await self._retry(tx, holding, failure, retry_after=retry_after)
            else:
                await self._fail(tx, holding, failure, records, output=output)
            self._failpoints.reach("failed.before_commit")
        self._failpoints.reach("failed.after_commit")
        _observe(holding, StepStatus.RETRYING if again else StepStatus.FAILED)
        return again

    async def fail_in(self, tx: Transaction, holding: LeaseFence, failure: Failure) -> None:
        """Fails the step within the caller's transaction."""
        await self._fail(tx, holding, failure, ())

    async def retry_in(self, tx: Transaction, holding: LeaseFence, failure: Failure) -> None:
        """Lets the step be tried again, or fails it when its attempts are used up, in the caller's transaction."""
        if holding.attempt < MAX_ATTEMPTS:
            await self._retry(tx, holding, failure, retry_after=0)
        else:
            await self._fail(tx, holding, failure, ())

    async def given_back(self, holding: LeaseFence) -> None:
        """Returns the step as if it had not been taken: another worker gets its message."""
        dispatch = holding.dispatch
        async with self._database.tenant(dispatch.tenant_id) as tx:
            await outcomes.give_back(tx, dispatch.tenant_id, dispatch.step_id, fence=holding.fence, retry_seconds=None)
            await outbox.write(tx, dispatch.tenant_id, [step_message(dispatch)])
            await self._close(tx, holding, Event("step.given_back", dispatch.step_id, {"name": holding.name}))

    async def out_of_budget(
        self, holding: LeaseFence, failure: Failure, *, scope: str, resets_at: object = None
    ) -> None:
        """A spent run scope ends the run, a spent step scope the step; a wider one pauses the run, with the reason."""
        dispatch = holding.dispatch
        async with self._database.tenant(dispatch.tenant_id) as tx:
            if scope == "step":
                await self._fail(tx, holding, failure, ())
            elif scope == "run":
                await self._end_held(tx, holding, failure)
                await run_control.lock_unfinished_steps(tx, dispatch.tenant_id, dispatch.run_id)
                await run_control.stop_unfinished(
                    tx,
                    dispatch.tenant_id,
                    dispatch.run_id,
                    cause=RunStatus.BUDGET_EXCEEDED,
                    error=failure.as_json(),
                )
                done = run_control.done_effect(
                    dispatch.run_id, dispatch.step_id, dispatch.task_token, tick=dispatch.tick + 1
                )
                await outbox.write(tx, dispatch.tenant_id, [done])
            else:
                await outcomes.give_back(
                    tx, dispatch.tenant_id, dispatch.step_id, fence=holding.fence, retry_seconds=None
                )
                run = await run_control.lock_run(tx, dispatch.tenant_id, dispatch.run_id)
                if run is not None and run.status is RunStatus.RUNNING:
                    told = {"scope": scope, "detail": failure.detail, "resets_at": resets_at}
                    again = {"again_in_seconds": self._budget_pause_seconds}
                    await run_control.pause(tx, run, reason="budget", data={**told, **again})

    async def _claim_released(
        self, tx: Transaction, dispatch: StepDispatch, released: list[Released], *, free_slots: int
    ) -> list[Work]:
        """A worker that frees steps and has slots takes them in the same transaction, without the queue."""
        claimed: list[Work] = []
        for step in released[: max(free_slots, 0)]:
            work = await self._taker.claim(tx, _freed(dispatch, step))
            if work is None:
                break
            claimed.append(work)
        return claimed

    async def _retry(
        self, tx: Transaction, holding: LeaseFence, failure: Failure, *, retry_after: float | None
    ) -> None:
        dispatch = holding.dispatch
        delay = max(delay_before(holding.attempt + 1), retry_after or 0) if retry_after != 0 else 0
        await outcomes.give_back(tx, dispatch.tenant_id, dispatch.step_id, fence=holding.fence, retry_seconds=delay)
        await outbox.write(tx, dispatch.tenant_id, [step_message(dispatch, delay_seconds=delay)])
        data = {"name": holding.name, "attempt": holding.attempt, "error": failure.as_json(), "delay_seconds": delay}
        await self._close(tx, holding, Event("step.retrying", dispatch.step_id, data))

    async def _fail(
        self,
        tx: Transaction,
        holding: LeaseFence,
        failure: Failure,
        records: Sequence[Record],
        *,
        output: object = None,
    ) -> None:
        dispatch = holding.dispatch
        failure = _placed(failure, holding)
        await self._end_held(tx, holding, failure, output=output)
        await _write(tx, records)
        error = failure.as_json()
        effects = [
            run_control.done_effect(dispatch.run_id, dispatch.step_id, dispatch.task_token, tick=dispatch.tick + 1)
        ]
        events = [Event("step.failed", dispatch.step_id, {"name": holding.name, "error": error})]
        if holding.on_step_failure is RecoveryPolicy.SKIP_DEPENDENTS:
            why = Failure(
                "dependency_failed",
                f"step {holding.name} failed: {failure.detail}",
                step=holding.name,
                causes=(failure,),
            )
            skipped = await outcomes.skip_dependents(tx, dispatch.tenant_id, dispatch.step_id, error=why.as_json())
            for step in skipped:
                if step.task_token:
                    effects.append(
                        run_control.done_effect(dispatch.run_id, step.step_id, step.task_token, tick=step.tick + 1)
                    )
                events.append(Event("step.skipped", step.step_id, {"name": step.name, "error": why.as_json()}))
        else:
            await run_control.stop_unfinished(
                tx, dispatch.tenant_id, dispatch.run_id, cause=RunStatus.FAILED, error=error
            )
        await outbox.write(tx, dispatch.tenant_id, effects)
        await self._close(tx, holding, *events)

    async def _end_held(self, tx: Transaction, holding: LeaseFence, failure: Failure, *, output: object = None) -> None:
        await outcomes.end(
            tx,
            holding.dispatch.tenant_id,
            holding.dispatch.step_id,
            fence=holding.fence,
            status=StepStatus.FAILED,
            output=output,
            error=_placed(failure, holding).as_json(),
        )

    async def _close(self, tx: Transaction, holding: LeaseFence, *events: Event) -> None:
        """The last writes of a recording: events, and the execution's stop when a pause waited for this tick."""
        dispatch = holding.dispatch
        after = await run_events.append(tx, dispatch.tenant_id, dispatch.run_id, events)
        if after.status == RunStatus.PAUSED and after.generation == dispatch.generation:
            run = await run_control.lock_run(tx, dispatch.tenant_id, dispatch.run_id)
            if run is not None:
                await run_control.stop_execution_if_idle(tx, run)


def _freed(dispatch: StepDispatch, step: Released) -> StepDispatch:
    return StepDispatch(dispatch.tenant_id, dispatch.run_id, step.step_id, step.generation, step.tick, step.task_token)


def _messages(dispatch: StepDispatch, released: Sequence[Released]) -> list[OutboxEffect]:
    return [step_message(_freed(dispatch, step)) for step in released]


async def _write(tx: Transaction, records: Sequence[Record]) -> None:
    for record in records:
        await record(tx)


def _placed(failure: Failure, holding: LeaseFence) -> Failure:
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Failure(
        failure.code, failure.detail, step=holding.name, at=at, trace_id=current_trace_id(), causes=failure.causes
    )


def _observe(holding: LeaseFence, status: StepStatus) -> None:
    if holding.started_at is not None:
        seconds = (datetime.now(UTC) - holding.started_at).total_seconds()
        metrics.STEP_DURATION.labels(holding.name, status.value).observe(seconds)
