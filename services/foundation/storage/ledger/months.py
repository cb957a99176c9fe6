"""What a tenant's months cost, by the ledger, corrections told apart; each in one statement, so that its sums agree."""

from dataclasses import dataclass
from datetime import date, datetime

from foundation.domain.ids import TaskId, TenantId, UserId
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class StatedSums:
    """Of some events: `charged` is what attempts cost when they were settled, `corrected` what was changed later.

    Both in nano-dollars. `uncorrected_bounds` counts the attempts that stand at their bound, since nobody has told yet
    what they used, and `open_runs` the runs whose usage is not final.
    """

    attempts: int
    adjustments: int
    total_tokens: int
    charged: int
    corrected: int
    uncorrected_bounds: int
    open_runs: int
    last_correction_at: datetime | None

    @property
    def total(self) -> int:
        """Nano-dollars."""
        return self.charged + self.corrected


@dataclass(frozen=True, slots=True)
class StatedGroup:
    """The sums of what has these values in common; all are None for the whole month."""

    provider: str | None
    model: str | None
    user_id: UserId | None
    task_id: TaskId | None
    event_day: date | None
    dimension: int
    sums: StatedSums


WHOLE, BY_MODEL, BY_USER, BY_TASK, BY_DAY = 0b1111, 0b0111, 0b1011, 0b1101, 0b1110
"""As PostgreSQL's GROUPING says by what a row is grouped: a bit is 0 for what the group has in common."""

_EVENTS = """WITH stated AS (
    SELECT e.provider, e.model, e.user_id, r.task_id, e.event_day, e.kind, e.total_tokens, e.cost_nano_usd,
           e.recorded_at,
           CASE WHEN NOT r.usage_final THEN e.run_id END AS open_run,
           e.usage_source = 'bound' AND NOT EXISTS (
               SELECT FROM llm_events c WHERE c.tenant_id = e.tenant_id AND c.adjusts_event_id = e.event_id) AS at_bound
    FROM llm_events e LEFT JOIN runs r ON r.tenant_id = e.tenant_id AND r.run_id = e.run_id
    WHERE e.tenant_id = :tenant_id AND e.event_day BETWEEN :first_day AND :last_day)"""
_SUMS = """count(*) FILTER (WHERE kind = 'attempt') AS attempts,
    count(*) FILTER (WHERE kind = 'adjustment') AS adjustments,
    COALESCE(sum(total_tokens), 0)::bigint AS total_tokens,
    COALESCE(sum(cost_nano_usd) FILTER (WHERE kind = 'attempt'), 0)::bigint AS charged,
    COALESCE(sum(cost_nano_usd) FILTER (WHERE kind = 'adjustment'), 0)::bigint AS corrected,
    count(*) FILTER (WHERE at_bound) AS uncorrected_bounds,
    count(DISTINCT open_run) AS open_runs,
    max(recorded_at) FILTER (WHERE kind = 'adjustment') AS last_correction_at"""


async def of_month(tx: Transaction, tenant_id: TenantId, *, first_day: date, last_day: date) -> list[StatedGroup]:
    """The whole, and its groups by model, user, task and day, all of the same events; largest first, days in order."""
    rows = await tx.execute(
        text(
            _EVENTS,
            "SELECT provider, model, user_id, task_id, event_day,"
            " GROUPING(provider, user_id, task_id, event_day) AS dimension,",
            _SUMS,
            "FROM stated GROUP BY GROUPING SETS ((), (provider, model), (user_id), (task_id), (event_day))"
            " ORDER BY event_day NULLS FIRST, sum(cost_nano_usd) DESC NULLS LAST, provider, model, user_id, task_id",
        ),
        {"tenant_id": tenant_id, "first_day": first_day, "last_day": last_day},
    )
    return [value_of(StatedGroup, row, sums=value_of(StatedSums, row)) for row in rows]


async def months(tx: Transaction, tenant_id: TenantId, *, last_day: date, limit: int) -> list[tuple[date, StatedSums]]:
    """The months up to this day in which there are events, newest first, by their first days."""
    rows = await tx.execute(
        text(
            _EVENTS,
            "SELECT date_trunc('month', event_day)::date AS month,",
            _SUMS,
            "FROM stated GROUP BY month ORDER BY month DESC LIMIT :limit",
        ),
        {"tenant_id": tenant_id, "first_day": date.min, "last_day": last_day, "limit": limit},
    )
    return [(row.month, value_of(StatedSums, row)) for row in rows]


async def names_of_tasks(tx: Transaction, tenant_id: TenantId, task_ids: list[TaskId]) -> dict[TaskId, str]:
    """Those that there are."""
    rows = await tx.execute(
        text("SELECT task_id, name FROM tasks WHERE tenant_id = :tenant_id AND task_id = ANY(:task_ids)"),
        {"tenant_id": tenant_id, "task_ids": task_ids},
    )
    return {row.task_id: row.name for row in rows}


async def addresses_of_users(tx: Transaction, user_ids: list[UserId]) -> dict[UserId, str]:
    """Of those that are still members of the transaction's tenant, where their address is known."""
    rows = await tx.execute(
        text("SELECT user_id, email FROM users WHERE user_id = ANY(:user_ids) AND email IS NOT NULL"),
        {"user_ids": user_ids},
    )
    return {row.user_id: row.email for row in rows}
