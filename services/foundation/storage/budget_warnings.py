"""Budgets that are nearly spent, said once a scope and window."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError

from foundation.storage.database import Transaction


class WarningRefused(Exception):
    """No row can hold this warning: its tenant is gone, or it is malformed."""


@dataclass(frozen=True, slots=True)
class BudgetWarning:
    """Four fifths of a limit are committed; `label` names the window."""

    tenant_id: UUID
    scope: str
    scope_id: UUID
    period: str
    label: str
    unit: str
    limit_amount: int
    committed: int
    warned_at: datetime


async def insert_budget_warning(tx: Transaction, warning: BudgetWarning) -> bool:
    """Whether it was not said before; now it is kept. `WarningRefused` undoes the transaction."""
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
        raise WarningRefused(f"the warning is refused: {error.orig}") from error
