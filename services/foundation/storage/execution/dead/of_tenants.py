"""Dead letters of all tenants as operators see them: what failed by which code, and no word of a tenant.

By functions of the database, as no login sees rows of several tenants otherwise.
"""

from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import DeadLetterId, RunId, StepId, TenantId
from foundation.domain.states import DeadLetterStatus
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class TenantsDeadLetter:
    """A row of `dead_letters` without its step's name, its error and the reason of who has discarded it."""

    tenant_id: TenantId
    dead_letter_id: DeadLetterId
    run_id: RunId
    step_id: StepId
    cause: str
    attempts: int
    receive_count: int | None
    died_at: datetime
    status: DeadLetterStatus
    ended_at: datetime | None


ORDERS = Orders({"died_at": by_age("died_at", "dead_letter_id")}, "-died_at")


async def page(
    tx: Transaction,
    part: PagePart,
    *,
    tenant_id: TenantId | None,
    cause: str | None,
    status: DeadLetterStatus | None,
) -> list[TenantsDeadLetter]:
    """Of all tenants, or of this one; in a transaction across tenants."""
    at, letter = part.after or (None, None)
    rows = await tx.execute(
        text(
            """SELECT * FROM dead_letters_in_order(CAST(:at AS timestamptz), CAST(:letter AS uuid),
                   CAST(:tenant_id AS uuid), CAST(:cause AS text), CAST(:status AS text), :limit, :newest_first)"""
        ),
        {
            "at": at,
            "letter": letter,
            "tenant_id": tenant_id,
            "cause": cause,
            "status": status and status.value,
            "limit": part.limit,
            "newest_first": part.order.startswith("-"),
        },
    )
    return [value_of(TenantsDeadLetter, row) for row in rows]


async def get(tx: Transaction, dead_letter_id: DeadLetterId) -> TenantsDeadLetter | None:
    rows = await tx.execute(
        text("SELECT * FROM dead_letter_of_a_tenant(:dead_letter_id)"), {"dead_letter_id": dead_letter_id}
    )
    row = rows.first()
    return value_of(TenantsDeadLetter, row) if row else None
