"""The budgets that a tenant's users have set, one row for each scope and period."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Integer,
    Text,
    Uuid,
    column,
    delete,
    func,
    literal_column,
    select,
    table,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import ColumnElement

from foundation.domain.budget_scopes import BudgetPeriod, BudgetScope
from foundation.domain.ids import TenantId
from foundation.domain.money import BudgetLimit
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart
from foundation.storage.session.seen import Expected, SeenTags
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row


@dataclass(frozen=True, slots=True)
class BudgetName:
    """The name of one of a tenant's budgets."""

    scope: BudgetScope
    scope_id: UUID
    period: BudgetPeriod

    def __str__(self) -> str:
        return f"{self.scope}/{self.scope_id}/{self.period}"


@dataclass(frozen=True, slots=True)
class DeclaredBudget:
    """What is set under a name; `window_seconds` is the width of a rolling budget, None for every other."""

    name: BudgetName
    limit: BudgetLimit
    window_seconds: int | None


@dataclass(frozen=True, slots=True)
class ScopeBudget(DeclaredBudget):
    """A budget as it is stored, with the version that its next change must name."""

    version: int
    updated_at: datetime


_BUDGETS = table(
    "budgets",
    column("tenant_id", Uuid),
    column("scope", Text),
    column("scope_id", Uuid),
    column("period", Text),
    column("limit_tokens", BigInteger),
    column("limit_nano_usd", BigInteger),
    column("window_seconds", Integer),
    # wider than the column, so that a version that was never given is a mismatch rather than out of range
    column("version", BigInteger),
    column("updated_at"),
)
_B = _BUDGETS.c
_KEY = (_B.tenant_id, _B.scope, _B.scope_id, _B.period)
_DECLARED = [_B.scope, _B.scope_id, _B.period, _B.limit_tokens, _B.limit_nano_usd, _B.window_seconds]
_STORED = [*_DECLARED, _B.version, _B.updated_at]


def _declared(row: Row) -> tuple[BudgetName, BudgetLimit, int | None]:
    name = BudgetName(BudgetScope(row.scope), row.scope_id, BudgetPeriod(row.period))
    return name, BudgetLimit(row.limit_tokens, row.limit_nano_usd), row.window_seconds


def _stored(row: Row) -> ScopeBudget:
    return ScopeBudget(*_declared(row), row.version, row.updated_at)


def _is(tenant_id: TenantId, name: BudgetName) -> ColumnElement[bool]:
    return tuple_(*_KEY) == _key_values(tenant_id, name)


def _at(seen: SeenTags) -> ColumnElement[bool]:
    return true() if seen.versions is None else _B.version.in_(seen.versions)


def _key_values(tenant_id: TenantId, name: BudgetName) -> tuple[UUID, str, UUID, str]:
    return tenant_id, name.scope.value, name.scope_id, name.period.value


def _changed_to(budget: DeclaredBudget) -> dict[str, Any]:
    return {
        "limit_tokens": budget.limit.tokens,
        "limit_nano_usd": budget.limit.nano_usd,
        "window_seconds": budget.window_seconds,
    }


_NEXT_VERSION = {"version": _B.version + 1, "updated_at": func.now()}


async def put(
    tx: Transaction, tenant_id: TenantId, budget: DeclaredBudget, *, only_new: bool = False
) -> tuple[ScopeBudget, bool] | None:
    """Creates the budget, or replaces it and raises its version; and whether it is new.

    None if that is not asked for. Its first version is 1, or the one after the last of a budget of its name that was
    deleted, as the database sees to.
    """
    names = (one.name for one in _KEY)
    key = dict(zip(names, _key_values(tenant_id, budget.name), strict=True))
    made = insert(_BUDGETS).values(**key, **_changed_to(budget))
    made_or_replaced = made.on_conflict_do_update(index_elements=_KEY, set_=_changed_to(budget) | _NEXT_VERSION)
    row = await tx.execute(
        (made.on_conflict_do_nothing(index_elements=_KEY) if only_new else made_or_replaced).returning(
            *_STORED, literal_column("xmax = 0").label("is_new")
        )
    )
    first = row.first()
    return (_stored(first), first.is_new) if first else None


async def replace(
    tx: Transaction, tenant_id: TenantId, budget: DeclaredBudget, *, expected: SeenTags
) -> ScopeBudget | None:
    """Replaces the budget at a version that was seen; None when it is at another, or not there."""
    row = await tx.execute(
        update(_BUDGETS)
        .where(_is(tenant_id, budget.name), _at(expected))
        .values(_changed_to(budget) | _NEXT_VERSION)
        .returning(*_STORED)
    )
    first = row.first()
    return _stored(first) if first else None


async def remove(tx: Transaction, tenant_id: TenantId, name: BudgetName, *, expected: Expected) -> bool:
    """Deletes the budget if it is at an expected version, or at any when that is None; returns whether it did."""
    deletion = delete(_BUDGETS).where(_is(tenant_id, name))
    if expected is not None:
        deletion = deletion.where(_at(expected))
    row = await tx.execute(deletion.returning(_B.version))
    return row.first() is not None


async def get(tx: Transaction, tenant_id: TenantId, name: BudgetName) -> ScopeBudget | None:
    row = await tx.execute(select(*_STORED).where(_is(tenant_id, name)))
    first = row.first()
    return _stored(first) if first else None


async def of_scope(tx: Transaction, tenant_id: TenantId, scope: BudgetScope, scope_id: UUID) -> list[ScopeBudget]:
    rows = await tx.execute(
        select(*_STORED)
        .where(_B.tenant_id == tenant_id, _B.scope == scope.value, _B.scope_id == scope_id)
        .order_by(_B.period)
    )
    return [_stored(row) for row in rows]


ORDERS = Orders(
    {
        "scope": (
            Column("scope", Kind.TEXT, "name.scope"),
            Column("scope_id", Kind.ID, "name.scope_id"),
            Column("period", Kind.TEXT, "name.period"),
        )
    },
    "scope",
)


async def page(tx: Transaction, tenant_id: TenantId, part: PagePart) -> list[ScopeBudget]:
    is_down, order = part.order.startswith("-"), (_B.scope, _B.scope_id, _B.period)
    wanted = select(*_STORED).where(_B.tenant_id == tenant_id)
    if part.after is not None:
        here = tuple_(*order)
        wanted = wanted.where(here < part.after if is_down else here > part.after)
    rows = await tx.execute(wanted.order_by(*(one.desc() if is_down else one for one in order)).limit(part.limit))
    return [_stored(row) for row in rows]


async def of_current_tenant(tx: Transaction) -> list[DeclaredBudget]:
    """All that the transaction's tenant has set, in no order."""
    rows = await tx.execute(select(*_DECLARED).where(_B.tenant_id == func.current_tenant()))
    return [DeclaredBudget(*_declared(row)) for row in rows]


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
