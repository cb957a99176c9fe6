"""Warnings about budgets that are nearly spent, one for each scope and window."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import DataError, IntegrityError

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
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


async def page(
    tx: Transaction, tenant_id: TenantId, *, limit: int, after: tuple[Any, ...] | None
) -> list[BudgetWarning]:
    """The tenant's warnings, newest first; `after` is where the page before ended."""
    warned_at, scope, scope_id, period, label = after or (None,) * 5
    rows = await tx.execute(
        text(
            "SELECT tenant_id, scope, scope_id, period, label, unit, limit_amount, committed, warned_at"
            " FROM budget_warnings WHERE tenant_id = :tenant_id AND (CAST(:warned_at AS timestamptz) IS NULL"
            " OR (warned_at, scope, scope_id, period, label)"
            " < (:warned_at, CAST(:scope AS text), CAST(:scope_id AS uuid), CAST(:period AS text),"
            " CAST(:label AS text)))"
            " ORDER BY warned_at DESC, scope DESC, scope_id DESC, period DESC, label DESC LIMIT :limit"
        ),
        {
            "tenant_id": tenant_id,
            "warned_at": warned_at,
            "scope": scope,
            "scope_id": scope_id,
            "period": period,
            "label": label,
            "limit": limit,
        },
    )
    return [BudgetWarning(**row) for row in rows.mappings()]
