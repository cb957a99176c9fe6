"""Reads the spans of a trace, oldest first, in pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.domain.ids import RunId, StepId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text

Place = tuple[datetime, str]
"""When a span began, and its id: the order of a page."""


@dataclass(frozen=True, slots=True)
class StoredSpan:
    """A row of `spans`."""

    tenant_id: TenantId
    trace_id: str
    span_id: str
    parent_span_id: str | None
    run_id: RunId | None
    step_id: StepId | None
    name: str
    kind: str
    service: str
    status: str
    started_at: datetime
    duration_us: int
    attributes: dict[str, Any]

    @property
    def place(self) -> Place:
        return self.started_at, self.span_id


_COLUMNS = """s.tenant_id, s.trace_id, s.span_id, s.parent_span_id, s.run_id, s.step_id, s.name, s.kind, s.service,
    s.status, s.started_at, s.duration_us, s.attributes"""
_OF_TENANT = """FROM spans s WHERE s.tenant_id = :tenant_id AND s.trace_id = :trace_id
    AND (CAST(:at AS timestamptz) IS NULL OR (s.started_at, s.span_id) > (CAST(:at AS timestamptz), :span_id))"""
_PAGE = "ORDER BY s.started_at, s.span_id LIMIT :limit"
_IN_RUN = """AND (s.run_id IS NULL OR s.run_id = :run_id OR s.run_id IN (
        SELECT d.run_id FROM runs r JOIN runs d ON d.tenant_id = r.tenant_id AND d.parent_run_id IS NOT NULL
             AND d.ancestor_run_ids[1] = COALESCE(r.ancestor_run_ids[1], r.run_id)
             AND r.run_id = ANY(d.ancestor_run_ids)
        WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id))"""


async def of_run(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, trace_id: str, *, after: Place | None, limit: int
) -> list[StoredSpan]:
    """Those of the run and of the runs below it, and those of its trace that belong to no run."""
    rows = await tx.execute(
        text("SELECT", _COLUMNS, _OF_TENANT, _IN_RUN, _PAGE),
        {"tenant_id": tenant_id, "run_id": run_id, "trace_id": trace_id, **_after(after), "limit": limit},
    )
    return [value_of(StoredSpan, row) for row in rows]


async def of_trace(
    tx: Transaction, tenant_id: TenantId, trace_id: str, *, after: Place | None, limit: int
) -> list[StoredSpan]:
    """Those that the tenant has in this trace."""
    rows = await tx.execute(
        text("SELECT", _COLUMNS, _OF_TENANT, _PAGE),
        {"tenant_id": tenant_id, "trace_id": trace_id, **_after(after), "limit": limit},
    )
    return [value_of(StoredSpan, row) for row in rows]


async def of_trace_in_all_tenants(
    tx: Transaction, trace_id: str, *, after: Place | None, limit: int
) -> list[StoredSpan]:
    """Those of all tenants in this trace; in a transaction across tenants."""
    rows = await tx.execute(
        text("SELECT", _COLUMNS, "FROM spans_of_trace(:trace_id, :at, :span_id, :limit) s"),
        {"trace_id": trace_id, **_after(after), "limit": limit},
    )
    return [value_of(StoredSpan, row) for row in rows]


async def forget_old(tx: Transaction, *, days: int, most: int) -> int:
    """Removes spans of all tenants that were stored so long ago; how many they were."""
    rows = await tx.execute(
        text("SELECT forget_spans(CAST(:days AS int) * interval '1 day', :most) AS gone"),
        {"days": days, "most": most},
    )
    return int(rows.scalar_one())


def _after(after: Place | None) -> dict[str, Any]:
    return {"at": after[0] if after else None, "span_id": after[1] if after else None}
