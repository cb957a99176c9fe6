"""Steps that failed although another attempt might have helped: kept, listed by cause, ended once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.domain.ids import DeadLetterId, RunId, StepId, TenantId, new_uuid
from foundation.domain.states import DeadLetterStatus
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row of `dead_letters`; `step` is the name of its step, `name[index]` for one that ran for an item."""

    dead_letter_id: DeadLetterId
    run_id: RunId
    step_id: StepId
    step: str
    cause: str
    error: dict[str, Any]
    attempts: int
    receive_count: int | None
    died_at: datetime
    status: DeadLetterStatus
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None

    @property
    def step_of_plan(self) -> str:
        """The step that a retry of the run names."""
        return self.step.partition("[")[0]


_SELECT = """
    SELECT d.*, s.name AS step
    FROM dead_letters d JOIN steps s ON s.tenant_id = d.tenant_id AND s.step_id = d.step_id
"""


async def insert(
    tx: Transaction,
    tenant_id: TenantId,
    *,
    run_id: RunId,
    step_id: StepId,
    error: dict[str, Any],
    attempts: int,
    receive_count: int | None,
) -> None:
    """Keeps a step that has just failed; its failure's code is the cause."""
    await tx.execute(
        text(
            """INSERT INTO dead_letters (tenant_id, dead_letter_id, run_id, step_id, cause, error, attempts,
                                         receive_count)
               VALUES (:tenant_id, :dead_letter_id, :run_id, :step_id, CAST(:error AS jsonb) ->> 'code',
                       CAST(:error AS jsonb), :attempts, :receive_count)
               ON CONFLICT (tenant_id, step_id) WHERE status = 'open' DO UPDATE
               SET cause = excluded.cause, error = excluded.error, attempts = excluded.attempts,
                   receive_count = excluded.receive_count, died_at = now()"""
        ),
        {
            "tenant_id": tenant_id,
            "dead_letter_id": new_uuid(),
            "run_id": run_id,
            "step_id": step_id,
            "error": jsonb(error),
            "attempts": attempts,
            "receive_count": receive_count,
        },
    )


async def get(tx: Transaction, tenant_id: TenantId, dead_letter_id: DeadLetterId) -> DeadLetter | None:
    rows = await tx.execute(
        text(_SELECT + "WHERE d.tenant_id = :tenant_id AND d.dead_letter_id = :dead_letter_id"),
        {"tenant_id": tenant_id, "dead_letter_id": dead_letter_id},
    )
    row = rows.first()
    return value_of(DeadLetter, row) if row else None


async def lock_open(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> None:
    """Locks the run's open letters in id order. They come last: after the run's steps and its row.

    Whoever discards a letter locks that one alone, so that nobody waits for another in a circle.
    """
    await tx.execute(
        text(
            """SELECT 1 FROM dead_letters WHERE tenant_id = :tenant_id AND run_id = :run_id AND status = 'open'
               ORDER BY dead_letter_id FOR UPDATE"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )


PAGES = Pages(
    _SELECT,
    "WHERE d.tenant_id = :tenant_id",
    orders=Orders({"died_at": by_age("died_at", "dead_letter_id", of="d")}, "-died_at"),
    filters={"cause": "d.cause = :cause", "status": "d.status = :status", "run_id": "d.run_id = :run_id"},
)


async def page(
    tx: Transaction,
    tenant_id: TenantId,
    part: PagePart,
    *,
    cause: str | None,
    status: DeadLetterStatus | None,
    run_id: RunId | None,
) -> list[DeadLetter]:
    rows = await PAGES.read(
        tx, part, {"tenant_id": tenant_id}, cause=cause, status=status and status.value, run_id=run_id
    )
    return [value_of(DeadLetter, row) for row in rows]


async def oldest_open(tx: Transaction, tenant_id: TenantId, *, cause: str, limit: int) -> list[DeadLetterId]:
    """The open letters of a cause, oldest first."""
    rows = await tx.execute(
        text(
            """SELECT dead_letter_id FROM dead_letters
               WHERE tenant_id = :tenant_id AND cause = :cause AND status = 'open'
               ORDER BY died_at, dead_letter_id LIMIT :limit"""
        ),
        {"tenant_id": tenant_id, "cause": cause, "limit": limit},
    )
    return [DeadLetterId(row.dead_letter_id) for row in rows]


async def mark_redriven(tx: Transaction, tenant_id: TenantId, run_id: RunId, steps: Sequence[str], *, by: str) -> None:
    """Ends the open letters of those of the run's steps that run again, and of their items; the run must be locked."""
    await tx.execute(
        text(
            """UPDATE dead_letters d SET status = 'redriven', ended_at = now(), ended_by = :by
               FROM steps s
               WHERE d.tenant_id = :tenant_id AND d.run_id = :run_id AND d.status = 'open'
                 AND s.tenant_id = d.tenant_id AND s.step_id = d.step_id
                 AND split_part(s.name, '[', 1) = ANY(CAST(:steps AS text[]))"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "steps": list(steps), "by": by},
    )


async def discard(tx: Transaction, tenant_id: TenantId, dead_letter_id: DeadLetterId, *, by: str, reason: str) -> bool:
    """Ends an open letter for good; False when it has ended already."""
    rows = await tx.execute(
        text(
            """UPDATE dead_letters SET status = 'discarded', ended_at = now(), ended_by = :by, reason = :reason
               WHERE tenant_id = :tenant_id AND dead_letter_id = :dead_letter_id AND status = 'open' RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "dead_letter_id": dead_letter_id, "by": by, "reason": reason},
    )
    return rows.first() is not None
