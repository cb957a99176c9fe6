"""Reads, verifies and deletes a step's checkpoints; what somebody may still need is not deleted."""

from control_plane.execution.runs import read
from control_plane.execution.runs.kept import require_kept
from control_plane.identity.callers import ApiCaller
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import RunId
from foundation.domain.policy.retention import ContentKind
from foundation.domain.states import StepStatus
from foundation.storage.execution.checkpoints import listing, reading, verifying
from foundation.storage.execution.checkpoints.chains import Manifest
from foundation.storage.execution.checkpoints.listing import CheckpointedStep
from foundation.storage.execution.checkpoints.reading import Stored
from foundation.storage.execution.checkpoints.verifying import Verified
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.workflow.reruns import reopening


async def step_of(
    tx: Transaction, caller: ApiCaller, run_id: RunId, name: str, *, lock: bool = False
) -> CheckpointedStep:
    """`ContentExpired` where what was asked or answered has expired, as a checkpoint has both."""
    require_kept(await read.get(tx, caller, run_id), ContentKind.PROMPTS, ContentKind.ANSWERS)
    step = await listing.step_of(tx, caller.tenant_id, run_id, name, lock=lock)
    if step is None:
        raise read.no_step(run_id, name)
    return step


async def conversation(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str, turn: int) -> Stored:
    """`NotFound` where the step has no checkpoint after this turn, `CheckpointCorrupt` where it is damaged."""
    step = await step_of(tx, caller, run_id, name)
    stored = await reading.at_turn(tx, caller.tenant_id, step.step_id, turn=turn)
    if stored is None:
        raise _no_such_checkpoint(name, turn)
    return stored


async def verify(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str) -> Verified:
    step = await step_of(tx, caller, run_id, name)
    named = None
    if step.checkpoint_head is not None and step.checkpoint_length is not None:
        named = Manifest(step.checkpoint_head, step.checkpoint_length)
    return await verifying.verify(tx, caller.tenant_id, step.step_id, name=name, named=named)


async def delete(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str, turn: int) -> None:
    """`Conflict` where the step may go on from it, or a fork has it as its own."""
    step = await step_of(tx, caller, run_id, name, lock=True)
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
