"""Turns of models: a turn's request is stored before it is sent, so that a later holder can resend it verbatim."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.domain.errors import LeaseLost
from foundation.domain.ids import StepId, TenantId
from foundation.domain.tools import ToolCallStatus
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Prepared:
    """The request that this turn sends, whoever wrote it first."""

    call_key: str
    request: dict[str, Any]
    is_new: bool
    """Nobody has stored this turn before."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks with a turn: the `number` of the turn since the step's beginning, from 1; of a crew its agent and task.

    An `agent` of None is the step itself, or a crew's manager.
    """

    number: int
    agent: str | None = None
    task: str | None = None


@dataclass(frozen=True, slots=True)
class TurnStanding:
    """A step's last turn and the tool that it has called last, as they stand."""

    step_id: StepId
    number: int | None
    agent: str | None
    task: str | None
    asked_at: datetime
    answered_at: datetime | None
    """Of a crew; of an agent an answer is recorded with the whole turn."""
    tool: str | None
    tool_of_turn: bool
    """Whether it is this turn that has called the tool."""
    tool_status: ToolCallStatus | None
    tool_since: datetime | None
    """When it was started, or when it ended."""


async def prepare(
    tx: Transaction, claim: StepClaim, turn: int, *, call_key: str, request: dict[str, Any], asker: Asker
) -> Prepared:
    """Stores the turn's request, or returns the one that is stored already. `LeaseLost` when the fence was raised."""
    row = (
        await tx.execute(
            text(
                """INSERT INTO turns (tenant_id, step_id, turn, call_key, request, fence, number)
                   SELECT s.tenant_id, s.step_id, :turn, :call_key, CAST(:request AS jsonb), s.fence, :number
                   FROM steps s
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
                "number": asker.number,
            },
        )
    ).first()
    if row is None:
        raise LeaseLost("another holder has this step now; the model was not asked")
    return Prepared(row.call_key, row.request, row.is_new)


async def standing(tx: Transaction, tenant_id: TenantId, step_ids: Sequence[StepId]) -> dict[StepId, TurnStanding]:
    """Of those of the steps that have asked a model."""
    rows = await tx.execute(
        text(
            """SELECT s.step_id, t.number, t.agent, t.task, t.prepared_at AS asked_at, t.recorded_at AS answered_at,
                      j.tool, COALESCE(j.turn = t.turn, false) AS tool_of_turn, j.status AS tool_status,
                      COALESCE(j.ended_at, j.last_started_at) AS tool_since
               FROM unnest(CAST(:steps AS uuid[])) AS s(step_id)
               CROSS JOIN LATERAL (
                   SELECT * FROM turns WHERE tenant_id = :tenant_id AND step_id = s.step_id
                   ORDER BY turn DESC LIMIT 1) t
               LEFT JOIN LATERAL (
                   SELECT * FROM tool_events WHERE tenant_id = :tenant_id AND step_id = s.step_id
                   ORDER BY turn DESC, status = 'STARTED' DESC, last_started_at DESC LIMIT 1) j ON true"""
        ),
        {"tenant_id": tenant_id, "steps": list(step_ids)},
    )
    return {StepId(row.step_id): value_of(TurnStanding, row) for row in rows}


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
