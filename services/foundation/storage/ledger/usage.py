"""The usage of a tenant from the ledger, grouped by dimensions, and the models that it has called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, Text, Uuid, cast, column, func, literal_column, select, table, tuple_
from sqlalchemy.sql import ColumnElement

from foundation.domain.ids import RunId, TenantId
from foundation.storage.ledger.events_table import LLM_EVENTS
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row


class Dimension(StrEnum):
    """A dimension by which usage can be grouped and filtered."""

    TENANT = "tenant"
    USER = "user"
    API_KEY = "api_key"
    RUN = "run"
    TASK = "task"
    PROVIDER = "provider"
    MODEL = "model"
    ROUTE = "route"
    DAY = "day"


_E = LLM_EVENTS.c
_RUNS = table("runs", column("tenant_id", Uuid), column("run_id", Uuid), column("task_id", Uuid))
_COLUMN: Mapping[Dimension, ColumnElement[Any]] = {
    Dimension.TENANT: _E.tenant_id,
    Dimension.USER: _E.user_id,
    Dimension.API_KEY: _E.api_key_id,
    Dimension.RUN: _E.run_id,
    Dimension.TASK: _RUNS.c.task_id,
    Dimension.PROVIDER: _E.provider,
    Dimension.MODEL: _E.model,
    Dimension.ROUTE: _E.route,
    Dimension.DAY: _E.event_day,
}
# The empty text is no bound parameter: PostgreSQL would not know that a group is the same expression as what is shown.
_NO_VALUE = literal_column("''", Text)


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Days of the tenant's calendar, both included; `only` restricts a dimension to one value."""

    first_day: date
    last_day: date
    only: dict[Dimension, UUID | str]


@dataclass(frozen=True, slots=True)
class UsageSums:
    """`attempts` counts the attempts; corrections are part of the sums, and counted as `adjustments`."""

    attempts: int
    failures: int
    bound_charges: int
    adjustments: int
    input_tokens: int
    cached_input_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    total_tokens: int
    cost_nano_usd: int


@dataclass(frozen=True, slots=True)
class UsageGroup:
    """`values` has a text for each requested dimension; it is empty where events have no value."""

    values: tuple[str, ...]
    sums: UsageSums


def _sums() -> list[ColumnElement[int]]:
    """In the order of `UsageSums`."""
    is_attempt = _E.kind == "attempt"
    summed = (
        _E.input_tokens,
        _E.cached_input_tokens,
        _E.cache_write_tokens,
        _E.output_tokens,
        _E.reasoning_tokens,
        _E.total_tokens,
        _E.cost_nano_usd,
    )
    return [
        func.count().filter(is_attempt),
        func.count().filter(is_attempt, _E.status != "succeeded"),
        func.count().filter(is_attempt, _E.usage_source == "bound"),
        func.count().filter(_E.kind == "adjustment"),
        *(cast(func.sum(one), BigInteger) for one in summed),
    ]


def _grouped(
    tenant_id: TenantId,
    by: Sequence[Dimension],
    only: Mapping[Dimension, UUID | str],
    *,
    after: tuple[str, ...] | None = None,
) -> Select[Any]:
    groups = [func.coalesce(cast(_COLUMN[one], Text), _NO_VALUE).collate("C") for one in by]
    shown: list[ColumnElement[Any]] = [*groups, *_sums()]
    wanted: Select[Any] = select(*shown).where(_E.tenant_id == tenant_id)
    if Dimension.TASK in {*by, *only}:
        of_run = (_RUNS.c.tenant_id == _E.tenant_id) & (_RUNS.c.run_id == _E.run_id)
        wanted = wanted.select_from(LLM_EVENTS.outerjoin(_RUNS, of_run))
    for dimension, value in only.items():
        wanted = wanted.where(_COLUMN[dimension] == value)
    if after is not None:
        wanted = wanted.where(tuple_(*groups) > after)
    return wanted.group_by(*groups).order_by(*groups)


def _group_of(row: Row, by: Sequence[Dimension]) -> UsageGroup:
    return UsageGroup(tuple(row[: len(by)]), UsageSums(*row[len(by) :]))


async def page(
    tx: Transaction,
    tenant_id: TenantId,
    *,
    by: Sequence[Dimension],
    wanted: UsageFilter,
    limit: int,
    after: tuple[str, ...] | None,
) -> list[UsageGroup]:
    """The groups in the order of the dimensions' values; `after` is where the page before ended."""
    days = _E.event_day.between(wanted.first_day, wanted.last_day)
    rows = await tx.execute(_grouped(tenant_id, by, wanted.only, after=after).where(days).limit(limit))
    return [_group_of(row, by) for row in rows]


async def of_runs_by_model(tx: Transaction, tenant_id: TenantId, run_ids: Sequence[RunId]) -> list[UsageGroup]:
    """The usage of these runs together, of whatever day; the values of a group are a provider and its model."""
    by = (Dimension.PROVIDER, Dimension.MODEL)
    rows = await tx.execute(_grouped(tenant_id, by, {}).where(_E.run_id.in_(run_ids)))
    return [_group_of(row, by) for row in rows]


async def models_called(tx: Transaction, tenant_id: TenantId, *, days: int) -> set[tuple[str, str]]:
    """Provider and model of each attempt of these last days."""
    rows = await tx.execute(
        text(
            """SELECT DISTINCT provider, model FROM llm_events
               WHERE tenant_id = :tenant_id AND event_day > current_date - CAST(:days AS int)"""
        ),
        {"tenant_id": tenant_id, "days": days},
    )
    return {(row.provider, row.model) for row in rows}
