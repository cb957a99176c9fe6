"""Open runs in which nothing has happened for a while, found across tenants."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from foundation.domain.ids import RunId, TenantId
from foundation.domain.states import PauseReason, RunStatus
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Standstill:
    """An open run in which nothing has happened for a while, or whose time is over."""

    tenant_id: TenantId
    run_id: RunId
    generation: int
    status: RunStatus
    overdue: bool
    pause_reason: PauseReason | None
    progressed_at: datetime
    still_seconds: float

    @property
    def place(self) -> "Place":
        return self.progressed_at, self.run_id


Place = tuple[datetime, UUID]
"""Where a run stands among those that stand still: since when, and its id."""

# What the function `run_deadline` says. That takes whole rows, and who looks across tenants may not read whole rows.
_DEADLINE = "LEAST(r.hard_deadline, r.clock_since + r.timeout_seconds * interval '1 second' - r.clock_used)"


async def find_standstills(
    tx: Transaction, *, seconds: float, budget_pause_seconds: float, after: Place | None = None, limit: int = 1000
) -> list[Standstill]:
    """Runs whose time is over, and those behind `after` without progress for `seconds`, longest first; across tenants.

    Runs that rightly stand still are left out, so that they do not fill the limit: those that a person paused, those
    that a budget paused less than `budget_pause_seconds` ago, and those whose clock stands while people decide.
    """
    rows = await tx.execute(
        text(
            "SELECT tenant_id, run_id, generation, status, pause_reason, progressed_at,",
            "extract(epoch FROM now() - progressed_at)::float8 AS still_seconds, COALESCE(",
            _DEADLINE,
            "< now(), false) AS overdue FROM runs r WHERE ended_at IS NULL AND (",
            _DEADLINE,
            """< now() OR (progressed_at < now() - :seconds * interval '1 second'
                       AND (CAST(:after_at AS timestamptz) IS NULL OR (progressed_at, run_id) > (:after_at, :after_id))
                       AND (status <> 'PAUSED' OR (pause_reason = 'budget'
                            AND progressed_at < now() - :budget_pause * interval '1 second'))
                       AND NOT (status = 'RUNNING' AND awaits_approval AND clock_since IS NULL)))
               ORDER BY progressed_at, run_id LIMIT :limit""",
        ),
        {
            "seconds": seconds,
            "budget_pause": budget_pause_seconds,
            "after_at": after[0] if after else None,
            "after_id": after[1] if after else None,
            "limit": limit,
        },
    )
    return [value_of(Standstill, row) for row in rows]
