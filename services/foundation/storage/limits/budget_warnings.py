"""Warnings about budgets that are nearly spent, one for each scope and window."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from psycopg import DataError, IntegrityError

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages
from foundation.storage.session.statements import text


class WarningRefused(Exception):
    """No row can hold this warning: its tenant is gone, or it is malformed."""


@dataclass(frozen=True, slots=True)
class BudgetWarning:
    """Four fifths of a limit are committed; `label` names the window."""

    tenant_id: TenantId
    scope: str
    scope_id: UUID
    period: str
    label: str
    unit: str
    limit_amount: int
    committed: int
    warned_at: datetime


async def insert_budget_warning(tx: Transaction, warning: BudgetWarning) -> bool:
    """Stores the warning; returns whether it is new. `WarningRefused` undoes the transaction."""
    try:
        added = await tx.execute(
            text(
                "INSERT INTO budget_warnings"
                " (tenant_id, scope, scope_id, period, label, unit, limit_amount, committed, warned_at) VALUES"
                " (:tenant_id, :scope, :scope_id, :period, :label, :unit, :limit_amount, :committed, :warned_at)"
                " ON CONFLICT DO NOTHING RETURNING true"
            ),
            asdict(warning),
        )
        return added.first() is not None
    except (IntegrityError, DataError) as error:
        raise WarningRefused(f"the warning is refused: {error}") from error


PAGES = Pages(
    "SELECT tenant_id, scope, scope_id, period, label, unit, limit_amount, committed, warned_at"
    " FROM budget_warnings WHERE tenant_id = :tenant_id",
    orders=Orders(
        {
            "warned_at": (
                Column("warned_at", Kind.MOMENT, "warned_at"),
                Column("scope", Kind.TEXT, "scope"),
                Column("scope_id", Kind.ID, "scope_id"),
                Column("period", Kind.TEXT, "period"),
                Column("label", Kind.TEXT, "label"),
            )
        },
        "-warned_at",
    ),
)


async def page(tx: Transaction, tenant_id: TenantId, part: PagePart) -> list[BudgetWarning]:
    rows = await PAGES.read(tx, part, {"tenant_id": tenant_id})
    return [BudgetWarning(**row) for row in rows.mappings()]
