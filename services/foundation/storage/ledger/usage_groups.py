"""The usage of a range of days, grouped by up to three dimensions, from the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction


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


_COLUMN: dict[Dimension, str] = {
    Dimension.TENANT: "e.tenant_id",
    Dimension.USER: "e.user_id",
    Dimension.API_KEY: "e.api_key_id",
    Dimension.RUN: "e.run_id",
    Dimension.TASK: "r.task_id",
    Dimension.PROVIDER: "e.provider",
    Dimension.MODEL: "e.model",
    Dimension.ROUTE: "e.route",
    Dimension.DAY: "e.event_day",
}
_TASKS = "LEFT JOIN runs r ON r.tenant_id = e.tenant_id AND r.run_id = e.run_id"
_SUMS = """
    count(*) FILTER (WHERE e.kind = 'attempt') AS attempts,
    count(*) FILTER (WHERE e.kind = 'attempt' AND e.status <> 'succeeded') AS failures,
    count(*) FILTER (WHERE e.kind = 'attempt' AND e.usage_source = 'bound') AS bound_charges,
    count(*) FILTER (WHERE e.kind = 'adjustment') AS adjustments,
    sum(e.input_tokens)::bigint AS input_tokens,
    sum(e.cached_input_tokens)::bigint AS cached_input_tokens,
    sum(e.cache_write_tokens)::bigint AS cache_write_tokens,
    sum(e.output_tokens)::bigint AS output_tokens,
    sum(e.reasoning_tokens)::bigint AS reasoning_tokens,
    sum(e.total_tokens)::bigint AS total_tokens,
    sum(e.cost_nano_usd)::bigint AS cost_nano_usd
"""


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
    groups = [f"coalesce({_COLUMN[dimension]}::text, '') COLLATE \"C\"" for dimension in by]
    conditions = ["e.tenant_id = :tenant_id", "e.event_day BETWEEN :first_day AND :last_day"]
    conditions += [f"{_COLUMN[dimension]} = :only_{dimension}" for dimension in wanted.only]
    values: dict[str, Any] = {f"only_{dimension}": value for dimension, value in wanted.only.items()}
    if after is not None:
        places = ", ".join(f"CAST(:after_{number} AS text)" for number in range(len(by)))
        conditions.append(f"({', '.join(groups)}) > ({places})")
        values |= {f"after_{number}": value for number, value in enumerate(after)}
    tasks = _TASKS if Dimension.TASK in {*by, *wanted.only} else ""
    numbers = ", ".join(str(number) for number in range(1, len(by) + 1))
    rows = await tx.execute(
        text(
            f"""SELECT {", ".join(groups)}, {_SUMS} FROM llm_events e {tasks}
                WHERE {" AND ".join(conditions)} GROUP BY {numbers} ORDER BY {numbers} LIMIT :limit"""  # noqa: S608
        ),
        values | {"tenant_id": tenant_id, "first_day": wanted.first_day, "last_day": wanted.last_day, "limit": limit},
    )
    return [UsageGroup(tuple(row[: len(by)]), UsageSums(*row[len(by) :])) for row in rows]
