"""Claims or parks the step that a message names, or decides why the message brings no work."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from foundation.contracts.run_events import StepRunning, StepWaiting
from foundation.contracts.step_message import StepMessage
from foundation.contracts.steps.catalogue import Step
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.states import RunStatus, StepStatus, WaitReason
from foundation.storage.execution import run_events
from foundation.storage.execution import steps as step_rows
from foundation.storage.execution.dispatches import Outputs, StepClaim, StepDispatch
from foundation.storage.session import outbox
from foundation.storage.session.database import Database, Transaction, with_retries
from foundation.workflow import callbacks, claims, run_control
from foundation.workflow.claims import StepState
from foundation.workflow.lines import lining_up, parking
from foundation.workflow.standing_clock import set_clock
from orchestrator.step_clock import StepClock
from orchestrator.work import Work

_STEP: TypeAdapter[Step] = TypeAdapter(Step)
# A step's row may change between a failed claim and the read that explains it; the claim is then tried again.
_CLAIM_TRIES = 3


class TakeRefusal(StrEnum):
    """Why a message brought no work; every one of them but `LIMITED` means that the message may be deleted."""

    PARKED = "parked"
    LIMITED = "it has to stand in line: something limits how many like it run at once"
    HELD = "held by a live lease"
    ANSWERED = "finished before: answered again"
    STALE = "of an earlier tick or generation"
    UNKNOWN = "no such step"
    RUN_NOT_RUNNING = "its run is paused"
    HANDED_OVER = "it waits for a decision or for its run"


@dataclass(frozen=True, slots=True)
class Taken:
    """The step was claimed; this is its work."""

    work: Work


@dataclass(frozen=True, slots=True)
class Claimed:
    """A step that was claimed, and the event of it, which whoever claimed it appends at the end of the transaction."""

    work: Work
    event: StepRunning


def dispatch_of(message: StepMessage) -> StepDispatch:
    return StepDispatch(
        tenant_id=message.tenant_id,
        run_id=message.run_id,
        step_id=message.step_id,
        generation=message.generation,
        tick=message.tick,
        task_token=message.task_token,
    )


class Taker:
    """Takes steps for one worker."""

    def __init__(self, database: Database, *, worker_id: str, lease_seconds: float) -> None:
        self._database = database
        self._worker_id = worker_id
        self._lease_seconds = lease_seconds

    async def take(self, dispatch: StepDispatch, *, needs_met: bool = False) -> Taken | TakeRefusal:
        """Claims the step, or parks it, or returns why the message brings no work. One short transaction.

        `needs_met` is whether it was found just now to wait for no other step.
        """
        return await with_retries(lambda: self._take(dispatch, needs_met=needs_met))

    async def _take(self, dispatch: StepDispatch, *, needs_met: bool) -> Taken | TakeRefusal:
        async with self._database.tenant(dispatch.tenant_id) as tx:
            for _ in range(_CLAIM_TRIES):
                # Most steps need others when their first message comes. Who had a tick before needs nobody any more.
                if dispatch.tick == 0 and not needs_met and await parking.park(tx, dispatch.run_id, [dispatch]):
                    return TakeRefusal.PARKED
                if claimed := await self.claim(tx, dispatch):
                    await run_events.append(tx, dispatch.tenant_id, dispatch.run_id, [claimed.event])
                    return Taken(claimed.work)
                if refusal := await self._refuse(tx, dispatch):
                    return refusal
                needs_met = False
            return TakeRefusal.HELD

    async def park(self, dispatches: Sequence[StepDispatch]) -> frozenset[StepId]:
        """Parks those of a run's steps that have to wait for others; returns them. One short transaction."""
        return await with_retries(lambda: self._park(dispatches))

    async def _park(self, dispatches: Sequence[StepDispatch]) -> frozenset[StepId]:
        async with self._database.tenant(dispatches[0].tenant_id) as tx:
            return await parking.park(tx, dispatches[0].run_id, dispatches)

    async def line_up(self, tenant_id: TenantId, dispatches: Sequence[StepDispatch]) -> frozenset[StepId]:
        """Lets those of the tenant's steps wait for a slot that could run; returns them. The rest is to be taken."""
        return await with_retries(lambda: self._line_up(tenant_id, dispatches))

    async def _line_up(self, tenant_id: TenantId, dispatches: Sequence[StepDispatch]) -> frozenset[StepId]:
        async with self._database.tenant(tenant_id) as tx:
            placed = await lining_up.line_up(tx, tenant_id, dispatches)
            await tell_of_waits(tx, tenant_id, placed, WaitReason.SLOT)
        return frozenset(placed)

    async def claim(
        self, tx: Transaction, dispatch: StepDispatch, *, admitted: bool = False, needs_ended: bool = False
    ) -> Claimed | None:
        """Claims within the caller's transaction; a step that something limits only if it was `admitted`.

        `needs_ended` is whether all needs had ended before this statement, as `claims.claim` explains.
        """
        claim = await claims.claim(
            tx,
            dispatch,
            worker_id=self._worker_id,
            lease_seconds=self._lease_seconds,
            admitted=admitted,
            needs_ended=needs_ended,
        )
        if claim is None:
            return None
        outputs = claim.outputs or await step_rows.outputs_of(tx, dispatch.tenant_id, dispatch.run_id)
        event = StepRunning(
            step_id=dispatch.step_id,
            name=claim.name,
            attempt=claim.attempt,
            tick=dispatch.tick,
            worker=self._worker_id,
        )
        return Claimed(work_of(claim, outputs), event)

    async def _refuse(self, tx: Transaction, dispatch: StepDispatch) -> TakeRefusal | None:
        """Why neither a claim nor a parking matched; a message of a finished step is answered with its token."""
        refusal = refusal_of(await claims.read_state(tx, dispatch.tenant_id, dispatch.step_id), dispatch)
        if refusal is TakeRefusal.ANSWERED:
            await outbox.write(tx, dispatch.tenant_id, [callbacks.done(dispatch)])
        if refusal is TakeRefusal.HANDED_OVER:
            if not await claims.keep_token(tx, dispatch):
                return None
            # A step that waits for a decision is not claimed again in a new generation, so that nobody else stops the
            # clock that runs since that has begun.
            if await run_control.lock_run(tx, dispatch.tenant_id, dispatch.run_id) is not None:
                await set_clock(tx, dispatch.tenant_id, dispatch.run_id)
        return refusal


async def tell_of_waits(
    tx: Transaction,
    tenant_id: TenantId,
    waiting: Mapping[StepId, RunId],
    reason: WaitReason,
    *,
    resource: str | None = None,
) -> None:
    """Appends for each of the steps that it waits. Whoever locks several runs does so in the order of their ids."""
    more = {} if resource is None else {"resource": resource}
    by_run: dict[RunId, list[StepWaiting]] = defaultdict(list)
    for step_id, run_id in waiting.items():
        by_run[run_id].append(StepWaiting(step_id=step_id, waits_for=reason, **more))
    for run_id in sorted(by_run):
        await run_events.append(tx, tenant_id, run_id, by_run[run_id])


def refusal_of(step: StepState | None, dispatch: StepDispatch) -> TakeRefusal | None:
    """Why this dispatch brings no work; None when the row has changed since, so that another claim may succeed."""
    if step is None:
        return TakeRefusal.UNKNOWN
    if step.generation != dispatch.generation or dispatch.tick < step.tick:
        return TakeRefusal.STALE
    if step.status.is_terminal:
        return TakeRefusal.ANSWERED
    if step.run_status is not RunStatus.RUNNING:
        return TakeRefusal.RUN_NOT_RUNNING
    if step.status is StepStatus.RUNNING:
        return TakeRefusal.HELD
    if step.status is StepStatus.OUTCOME_UNKNOWN or step.wait_reason in {WaitReason.APPROVAL, WaitReason.RUN}:
        return TakeRefusal.HANDED_OVER
    if step.limited and step.unmet_needs == 0:
        return TakeRefusal.LIMITED
    return None


def work_of(claim: StepClaim, outputs: Outputs) -> Work:
    data: dict[str, Any] = {
        "input": claim.run_input,
        "steps": {name: {"output": value} for name, value in outputs.by_name.items()},
    }
    if claim.item is not None:
        data |= {"item": claim.item.value, "index": claim.item.index}
    clock = StepClock(claim.seconds_left)
    step = _STEP.validate_python(claim.definition)
    return Work(claim=claim, step=step, data=data, absent=outputs.absent, clock=clock)
