"""The budgets that a tenant's users have set, one row for each scope and period."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from foundation.domain.budget_scopes import BudgetPeriod, BudgetScope
from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction


@dataclass(frozen=True, slots=True)
class BudgetName:
    """The name of one of a tenant's budgets."""

    scope: BudgetScope
    scope_id: UUID
    period: BudgetPeriod

    def __str__(self) -> str:
        return f"{self.scope}/{self.scope_id}/{self.period}"


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """None sets no limit; `window_seconds` is the width of a rolling budget, None for every other."""

    tokens: int | None
    nano_usd: int | None
    window_seconds: int | None


@dataclass(frozen=True, slots=True)
class ScopeBudget:
    """A row of `budgets`; `version` rises with every change."""

    name: BudgetName
    limits: BudgetLimits
    version: int
    updated_at: datetime


_COLUMNS = "scope, scope_id, period, window_seconds, limit_tokens, limit_nano_usd, version, updated_at"
_ONE = "tenant_id = :tenant_id AND scope = :scope AND scope_id = :scope_id AND period = :period"
_SET = """limit_tokens = :tokens, limit_nano_usd = :nano_usd, window_seconds = :window_seconds,
          version = budgets.version + 1, updated_at = now()"""


def _budget_of(row: Row[Any]) -> ScopeBudget:
    name = BudgetName(BudgetScope(row.scope), row.scope_id, BudgetPeriod(row.period))
    limits = BudgetLimits(row.limit_tokens, row.limit_nano_usd, row.window_seconds)
    return ScopeBudget(name, limits, row.version, row.updated_at)


def _named(tenant_id: TenantId, name: BudgetName) -> dict[str, Any]:
    return {"tenant_id": tenant_id, "scope": name.scope, "scope_id": name.scope_id, "period": name.period}


def _with(limits: BudgetLimits) -> dict[str, Any]:
    return {"tokens": limits.tokens, "nano_usd": limits.nano_usd, "window_seconds": limits.window_seconds}


async def put(tx: Transaction, tenant_id: TenantId, name: BudgetName, limits: BudgetLimits) -> ScopeBudget:
    """Creates the budget at version 1, or replaces it and raises its version."""
    row = await tx.execute(
        text(
            f"""INSERT INTO budgets
                    (tenant_id, scope, scope_id, period, limit_tokens, limit_nano_usd, window_seconds)
                VALUES (:tenant_id, :scope, :scope_id, :period, :tokens, :nano_usd, :window_seconds)
                ON CONFLICT (tenant_id, scope, scope_id, period) DO UPDATE SET {_SET}
                RETURNING {_COLUMNS}"""  # noqa: S608 - names of this file
        ),
        _named(tenant_id, name) | _with(limits),
    )
    return _budget_of(row.one())


async def replace(
    tx: Transaction, tenant_id: TenantId, name: BudgetName, limits: BudgetLimits, *, expected: int
) -> ScopeBudget | None:
    """Replaces the budget at exactly this version; None when it is at another, or not there."""
    row = await tx.execute(
        text(
            f"UPDATE budgets SET {_SET} WHERE {_ONE} AND version = :expected RETURNING {_COLUMNS}"  # noqa: S608
        ),
        _named(tenant_id, name) | _with(limits) | {"expected": expected},
    )
    first = row.first()
    return _budget_of(first) if first else None


async def delete(tx: Transaction, tenant_id: TenantId, name: BudgetName, *, expected: int | None) -> bool:
    """Deletes the budget if it is at the expected version, or at any when that is None; returns whether it did."""
    row = await tx.execute(
        text(
            f"""DELETE FROM budgets WHERE {_ONE} AND (CAST(:expected AS bigint) IS NULL OR version = :expected)
                RETURNING 1"""  # noqa: S608 - names of this file
        ),
        _named(tenant_id, name) | {"expected": expected},
    )
    return row.first() is not None


async def get(tx: Transaction, tenant_id: TenantId, name: BudgetName) -> ScopeBudget | None:
    row = await tx.execute(text(f"SELECT {_COLUMNS} FROM budgets WHERE {_ONE}"), _named(tenant_id, name))  # noqa: S608
    first = row.first()
    return _budget_of(first) if first else None


async def of_scope(tx: Transaction, tenant_id: TenantId, scope: BudgetScope, scope_id: UUID) -> list[ScopeBudget]:
    rows = await tx.execute(
        text(
            f"""SELECT {_COLUMNS} FROM budgets
                WHERE tenant_id = :tenant_id AND scope = :scope AND scope_id = :scope_id
                ORDER BY period"""  # noqa: S608 - names of this file
        ),
        {"tenant_id": tenant_id, "scope": scope, "scope_id": scope_id},
    )
    return [_budget_of(row) for row in rows]


async def page(tx: Transaction, tenant_id: TenantId, *, limit: int, after: tuple[Any, ...] | None) -> list[ScopeBudget]:
    """The budgets in the order of scope, id and period; `after` is where the page before ended."""
    scope, scope_id, period = after or (None, None, None)
    rows = await tx.execute(
        text(
            f"""SELECT {_COLUMNS} FROM budgets
                WHERE tenant_id = :tenant_id AND (CAST(:scope AS text) IS NULL
                    OR (scope, scope_id, period) > (:scope, CAST(:scope_id AS uuid), CAST(:period AS text)))
                ORDER BY scope, scope_id, period LIMIT :limit"""  # noqa: S608 - names of this file
        ),
        {"tenant_id": tenant_id, "scope": scope, "scope_id": scope_id, "period": period, "limit": limit},
    )
    return [_budget_of(row) for row in rows]


async def scope_exists(tx: Transaction, tenant_id: TenantId, scope: BudgetScope, scope_id: UUID) -> bool:
    """Whether the scope is the tenant itself, one of its members, or one of its keys."""
    exists = await tx.execute(
        text(
            """SELECT CASE CAST(:scope AS text)
                 WHEN 'tenant' THEN CAST(:scope_id AS uuid) = CAST(:tenant_id AS uuid)
                 WHEN 'user' THEN EXISTS (
                     SELECT FROM memberships WHERE tenant_id = :tenant_id AND user_id = :scope_id)
                 ELSE EXISTS (SELECT FROM api_keys WHERE tenant_id = :tenant_id AND api_key_id = :scope_id) END"""
        ),
        {"tenant_id": tenant_id, "scope": scope, "scope_id": scope_id},
    )
    return bool(exists.scalar_one())
