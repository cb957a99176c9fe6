"""Turns of models: a turn's request is stored before it is sent, so that a later holder can resend it verbatim."""

from dataclasses import dataclass
from typing import Any

from foundation.domain.errors import LeaseLost
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Prepared:
    """The request that this turn sends, whoever wrote it first."""

    call_key: str
    request: dict[str, Any]
    is_new: bool
    """Nobody has stored this turn before."""


async def prepare(tx: Transaction, claim: StepClaim, turn: int, *, call_key: str, request: dict[str, Any]) -> Prepared:
    """Stores the turn's request, or returns the one that is stored already. `LeaseLost` when the fence was raised."""
    row = (
        await tx.execute(
            text(
                """INSERT INTO turns (tenant_id, step_id, turn, call_key, request, fence)
                   SELECT s.tenant_id, s.step_id, :turn, :call_key, CAST(:request AS jsonb), s.fence FROM steps s
                   WHERE s.tenant_id = :tenant_id AND s.step_id = :step_id AND s.fence = :fence
                     AND s.status = 'RUNNING'
                   ON CONFLICT (tenant_id, step_id, turn) DO UPDATE SET fence = EXCLUDED.fence
                   RETURNING call_key, request, xmax = 0 AS is_new"""
            ),
            {
                "tenant_id": claim.dispatch.tenant_id,
                "step_id": claim.dispatch.step_id,
                "fence": claim.fence,
                "turn": turn,
                "call_key": call_key,
                "request": jsonb(request),
            },
        )
    ).first()
    if row is None:
        raise LeaseLost("another holder has this step now; the model was not asked")
    return Prepared(row.call_key, row.request, row.is_new)


async def record(tx: Transaction, claim: StepClaim, turn: int, *, response: dict[str, Any], tool_calls: int) -> None:
    """Keeps the turn's answer; part of the transaction that records the tick."""
    await tx.execute(
        text(
            """UPDATE turns SET response = CAST(:response AS jsonb), tool_calls = :tool_calls, recorded_at = now()
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND turn = :turn AND recorded_at IS NULL"""
        ),
        {
            "tenant_id": claim.dispatch.tenant_id,
            "step_id": claim.dispatch.step_id,
            "turn": turn,
            "response": jsonb(response),
            "tool_calls": tool_calls,
        },
    )
