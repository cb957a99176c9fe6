"""Turns that come in no fixed order, as those of a crew: each is found again by its request, not by its number."""

from dataclasses import dataclass
from typing import Any

from foundation.contracts.gateway.model_call import call_key
from foundation.contracts.run_events import StepTurn
from foundation.domain.errors import LeaseLost
from foundation.domain.states import RunStatus
from foundation.storage.execution import run_events
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.execution.turns import Asker
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A request by its digest (SHA-256, hex), and how many equal ones its dispatch has made before."""

    digest: str
    occurrence: int


@dataclass(frozen=True, slots=True)
class KeyedTurn:
    """A turn with its number and request, whoever wrote it first, and its answer once that is recorded."""

    turn: int
    call_key: str
    request: dict[str, Any]
    response: dict[str, Any] | None
    is_new: bool = False
    """Nobody has stored it before."""


async def prepare(
    tx: Transaction, claim: StepClaim, key: RequestKey, request: dict[str, Any], *, asker: Asker
) -> KeyedTurn | None:
    """The turn of this request: the one that is stored already, else a new one with the next number.

    Turns before the claim's are not read, as the step has begun anew since. None when the request is new and the run
    is paused, so that nothing new may begin. `LeaseLost` when the fence was raised.
    """
    open_run = await _hold(tx, claim)
    known = (
        await tx.execute(
            text(
                """UPDATE turns SET fence = :fence
                   WHERE tenant_id = :tenant_id AND step_id = :step_id AND turn >= :first
                     AND call_key LIKE '%:' || :digest || ':' || CAST(:occurrence AS text)
                   RETURNING turn, call_key, request, response"""
            ),
            {**_names(claim), "first": claim.turn, "digest": key.digest, "occurrence": key.occurrence},
        )
    ).first()
    if known is not None:
        return KeyedTurn(known.turn, known.call_key, known.request, known.response)
    return await _insert(tx, claim, key, request, asker) if open_run else None


async def _hold(tx: Transaction, claim: StepClaim) -> bool:
    """Locks the step, so that turns are numbered one after the other; returns whether its run goes on."""
    row = (
        await tx.execute(
            text(
                """SELECT r.status FROM steps s JOIN runs r USING (tenant_id, run_id)
                   WHERE s.tenant_id = :tenant_id AND s.step_id = :step_id AND s.fence = :fence
                     AND s.status = 'RUNNING' FOR NO KEY UPDATE OF s"""
            ),
            _names(claim),
        )
    ).first()
    if row is None:
        raise LeaseLost("another holder has this step now; the model was not asked")
    return RunStatus(row.status) is not RunStatus.PAUSED


async def _insert(
    tx: Transaction, claim: StepClaim, key: RequestKey, request: dict[str, Any], asker: Asker
) -> KeyedTurn:
    last = await tx.execute(
        text("SELECT max(turn) FROM turns WHERE tenant_id = :tenant_id AND step_id = :step_id"), _names(claim)
    )
    highest = last.scalar_one()
    turn = claim.turn if highest is None else max(claim.turn, highest + 1)
    name = call_key(claim.dispatch.run_id, claim.dispatch.step_id, turn, key.digest, key.occurrence)
    await tx.execute(
        text(
            """INSERT INTO turns (tenant_id, step_id, turn, call_key, request, fence, number, agent, task)
               VALUES (:tenant_id, :step_id, :turn, :call_key, CAST(:request AS jsonb), :fence, :number, :agent,
                       :task)"""
        ),
        {
            **_names(claim),
            "turn": turn,
            "call_key": name,
            "request": jsonb(request),
            "number": asker.number,
            "agent": asker.agent,
            "task": asker.task,
        },
    )
    return KeyedTurn(turn, name, request, None, is_new=True)


async def record(tx: Transaction, claim: StepClaim, turn: int, *, response: dict[str, Any], tool_calls: int) -> None:
    """Keeps a turn's answer while its step goes on, with the event of it. `LeaseLost` when the fence was raised."""
    row = await tx.execute(
        text(
            """UPDATE turns t SET response = CAST(:response AS jsonb), tool_calls = :tool_calls, recorded_at = now()
               FROM steps s
               WHERE t.tenant_id = :tenant_id AND t.step_id = :step_id AND t.turn = :turn AND t.recorded_at IS NULL
                 AND s.tenant_id = t.tenant_id AND s.step_id = t.step_id AND s.fence = :fence
                 AND s.status = 'RUNNING'
               RETURNING 1"""
        ),
        {**_names(claim), "turn": turn, "response": jsonb(response), "tool_calls": tool_calls},
    )
    if row.first() is None:
        raise LeaseLost("another holder has this step now; the model's answer was not recorded")
    event = StepTurn(step_id=claim.dispatch.step_id, turn=turn + 1)
    await run_events.append(tx, claim.dispatch.tenant_id, claim.dispatch.run_id, [event])


def _names(claim: StepClaim) -> dict[str, Any]:
    return {"tenant_id": claim.dispatch.tenant_id, "step_id": claim.dispatch.step_id, "fence": claim.fence}
