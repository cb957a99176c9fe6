"""Reads, verifies and deletes a step's checkpoints; what somebody may still need is not deleted."""

from dataclasses import dataclass

from control_plane.execution.runs import missing_steps, read
from control_plane.execution.runs.kept import require_kept
from control_plane.execution.runs.missing_steps import PlannedStep
from control_plane.identity.callers import ApiCaller
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import RunId
from foundation.domain.policy.retention import ContentKind
from foundation.domain.states import StepKind, StepStatus
from foundation.storage.execution.checkpoints import listing, reading, verifying
from foundation.storage.execution.checkpoints.chains import Manifest
from foundation.storage.execution.checkpoints.listing import CheckpointedStep, CheckpointRow
from foundation.storage.execution.checkpoints.reading import Stored
from foundation.storage.execution.checkpoints.verifying import Verified
from foundation.storage.execution.runs import Run
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import PagePart
from foundation.workflow.reruns import reopening


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a step's checkpoints; `head` is that of the last one, by the step's row."""

    kind: StepKind
    head: bytes | None
    rows: list[CheckpointRow]


async def page(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str, part: PagePart) -> Listed:
    """The step's checkpoints; none where the step is not there yet."""
    step = await _step_of(tx, caller, run_id, name)
    if isinstance(step, PlannedStep):
        return Listed(step.kind, None, [])
    rows = await listing.page(tx, caller.tenant_id, step.step_id, part)
    return Listed(step.kind, step.checkpoint_head, rows)


async def _step_of(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str) -> CheckpointedStep | PlannedStep:
    """The step, or as its definition has it where it is not there yet; `NoSuchStep` where the task has none.

    `ContentExpired` where what was asked or answered has expired, as a checkpoint has both.
    """
    run = await _run_of(tx, caller, run_id)
    step = await listing.step_of(tx, caller.tenant_id, run_id, name)
    if step is not None:
        return step
    await read.require_planned(tx, caller, run, name)
    return (await missing_steps.plan_of(tx, caller, run))[name.partition("[")[0]]


async def _run_of(tx: Transaction, caller: ApiCaller, run_id: RunId) -> Run:
    run = await read.get(tx, caller, run_id)
    require_kept(run, ContentKind.PROMPTS, ContentKind.ANSWERS)
    return run


async def conversation(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str, turn: int) -> Stored:
    """`NotFound` where the step has no checkpoint after this turn, `CheckpointCorrupt` where it is damaged."""
    step = await _step_of(tx, caller, run_id, name)
    stored = None
    if isinstance(step, CheckpointedStep):
        stored = await reading.at_turn(tx, caller.tenant_id, step.step_id, turn=turn)
    if stored is None:
        raise _no_such_checkpoint(name, turn)
    return stored


async def verify(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str) -> Verified:
    step = await _step_of(tx, caller, run_id, name)
    if isinstance(step, PlannedStep):
        return Verified(checkpoints=0, parts=0, faults=[])
    named = None
    if step.checkpoint_head is not None and step.checkpoint_length is not None:
        named = Manifest(step.checkpoint_head, step.checkpoint_length)
    return await verifying.verify(tx, caller.tenant_id, step.step_id, name=name, named=named)


async def delete(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str, turn: int) -> None:
    """`Conflict` where the step may go on from it, is not there yet, or a fork has it as its own."""
    run = await _run_of(tx, caller, run_id)
    step = await listing.step_of(tx, caller.tenant_id, run_id, name, lock=True)
    if step is None:
        raise await missing_steps.missing(tx, caller, run, {name: None})
    turns = await reading.turns_of(tx, caller.tenant_id, step.step_id)
    if turn not in turns:
        raise _no_such_checkpoint(name, turn)
    if turn == turns[-1] and await _may_go_on(tx, caller, run_id, step):
        raise Conflict(
            f"turn {turn} is the last checkpoint of step {name}, which is {step.status} and may go on from it",
            remedy="delete it when the step has succeeded, or when the run can no longer be retried",
        )
    sharing = await listing.forks_that_share(tx, caller.tenant_id, run_id, name, turn=turn)
    if sharing:
        shown = ", ".join(map(str, sharing))
        raise Conflict(
            f"turn {turn} of step {name} is shared by the forks {shown}",
            remedy=f"delete the checkpoint after turn {turn} of those runs first",
        )
    await listing.delete(tx, caller.tenant_id, step.step_id, turn=turn)
    target = f"checkpoint:{step.step_id}/{turn}"
    detail = {"run_id": str(run_id), "step": name, "turn": turn}
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action="checkpoint.delete", target=target, detail=detail
    )


async def _may_go_on(tx: Transaction, caller: ApiCaller, run_id: RunId, step: CheckpointedStep) -> bool:
    if step.status in {StepStatus.SUCCESS, StepStatus.SKIPPED}:
        return False
    return not (step.run_status.is_terminal and await reopening.is_too_late(tx, caller.tenant_id, run_id))


def _no_such_checkpoint(name: str, turn: int) -> NotFound:
    return NotFound(
        f"step {name} has no checkpoint after turn {turn}",
        remedy="GET /runs/{id}/steps/{name}/checkpoints lists those that it has",
    )
