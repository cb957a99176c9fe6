"""Where a fork may begin: a step that has ended, and of an agent a turn after which there is a checkpoint."""

import json
from collections.abc import Sequence

from control_plane.execution.reruns.items_named import why_item
from control_plane.execution.runs import missing_steps
from control_plane.identity.callers import ApiCaller
from foundation.domain.errors import BadRequest, Conflict, Fault
from foundation.domain.states import StepKind
from foundation.storage.execution.checkpoints import reading
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
from foundation.storage.session.database import Transaction


async def starting_turn(
    tx: Transaction, caller: ApiCaller, origin: Run, rows: Sequence[StepRow], *, start: str, turn: int | None
) -> int:
    """The turns that the fork shares with its origin, 0 for a step that begins anew; `rows` are the origin's steps.

    `BadRequest` for an item and for a turn that the run does not have, `NoSuchStep` for a name that its task does not
    have, `StepNotThereYet` before the step is there, `Conflict` for a step that has not ended.
    """
    step = next((row for row in rows if row.name == start), None)
    if step is None:
        if detail := why_item(start, {row.name for row in rows}):
            raise _refused("from", detail, "GET /runs/{id}/steps lists the run's steps")
        raise await missing_steps.missing(tx, caller, origin, {start: "/body/from"}, rows=rows)
    if not step.status.is_terminal:
        raise Conflict(
            f"step {start} is {step.status}; a run is forked from a step that has ended",
            remedy="wait until the step has ended, or cancel the run",
        )
    if not turn:
        return 0
    if step.kind is not StepKind.AGENT:
        raise _refused("turn", f"step {start} is of kind {step.kind}; only agents have turns", "leave `turn` out")
    known = await reading.turns_of(tx, caller.tenant_id, step.step_id)
    if turn not in known:
        shown = ", ".join(map(str, known)) or "none"
        raise _refused("turn", f"step {start} has no checkpoint after turn {turn}", f"turns with one: {shown}")
    last = json.loads(await reading.last_part(tx, caller.tenant_id, step.step_id, turn=turn))
    if last["role"] == "assistant" or "final" in last:
        raise _refused("turn", f"with turn {turn} step {start} gave its answer; no turn follows", "name an earlier one")
    return turn


def _refused(member: str, detail: str, remedy: str) -> BadRequest:
    return BadRequest(f"the run cannot be forked: {detail}", faults=(Fault(f"/body/{member}", detail),), remedy=remedy)
