"""Streams of events: of a run with the runs below it, and of a tenant; in one order, and read from any place on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from foundation.domain.ids import RunId, StepId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row

_PLACE = re.compile(r"([0-9]{1,19})-([0-9]{1,19})")
_HIGHEST = 2**63 - 1


@dataclass(frozen=True, slots=True, order=True)
class EventPlace:
    """Where an event stands in every stream that it is in; as a text it is the event's id."""

    xact: int
    """The transaction that wrote it, or one after that, which the run had had before."""
    number: int

    @classmethod
    def parse(cls, value: str) -> Self:
        """The place of an id; `ValueError` for any other text."""
        found = _PLACE.fullmatch(value)
        xact, number = map(int, found.groups()) if found else (_HIGHEST + 1, 0)
        if max(xact, number) > _HIGHEST:
            raise ValueError("no event has such an id")
        return cls(xact, number)

    def __str__(self) -> str:
        return f"{self.xact}-{self.number}"


BEGINNING = EventPlace(0, 0)


def before(horizon: int) -> EventPlace:
    """The place after all that is older than the horizon, and before everything else."""
    return EventPlace(horizon - 1, _HIGHEST)


@dataclass(frozen=True, slots=True)
class StreamedEvent:
    """An event as streams show it; `data` is as its writer gave it."""

    place: EventPlace
    seq: int | None
    """None, as is `run_id`, of an event that belongs to no run."""
    type: str
    at: datetime
    run_id: RunId | None
    step_id: StepId | None
    step: str | None
    """The step's name."""
    item: int | None
    """Of a step with `foreach`, which of its items."""
    data: dict[str, Any]
    runs_above: tuple[RunId, ...]
    """Outermost first."""


@dataclass(frozen=True, slots=True)
class StreamPage:
    """Events in order. Where there are no `more`, these are all that stand before the horizon."""

    events: tuple[StreamedEvent, ...]
    more: bool
    horizon: int


@dataclass(frozen=True, slots=True)
class RunStanding:
    """A run and those below it: the horizon of now, and whether all have ended with all their events before it."""

    horizon: int
    ended: bool
    root: RunId
    """The outermost run above it, or the run itself."""
    expired_at: datetime | None
    """Since when its events are gone, by the tenant's retention."""


@dataclass(frozen=True, slots=True)
class PageLimits:
    """How much one page may hold: events, and bytes of their data. One event is in it whatever its size."""

    events: int
    data_bytes: int


_EVENTS = """page AS (
        SELECT * FROM (
            SELECT f.*, row_number() OVER in_order AS place, sum(octet_length(f.data::text)) OVER in_order AS so_far
            FROM found f WINDOW in_order AS (ORDER BY f.xact, f.event_id)) counted
        WHERE place = 1 OR (place <= :limit AND so_far <= :data_bytes))
    SELECT p.xact::text AS xact, p.event_id, p.seq, p.type, p.at, p.run_id, p.step_id, p.data, s.name AS step,
           s.item_index AS item, COALESCE(r.ancestor_run_ids, '{}') AS runs_above, (SELECT count(*) FROM found) AS found
    FROM page p LEFT JOIN runs r ON r.tenant_id = :tenant_id AND r.run_id = p.run_id
    LEFT JOIN steps s ON s.tenant_id = :tenant_id AND s.step_id = p.step_id
    ORDER BY p.xact, p.event_id
"""

_BELOW = """
    SELECT r.run_id, r.last_seq, r.last_xact, r.ended_at FROM runs r
    WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id
    UNION ALL
    SELECT d.run_id, d.last_seq, d.last_xact, d.ended_at
    FROM runs r JOIN runs d ON d.tenant_id = r.tenant_id AND d.parent_run_id IS NOT NULL
         AND d.ancestor_run_ids[1] = COALESCE(r.ancestor_run_ids[1], r.run_id) AND r.run_id = ANY(d.ancestor_run_ids)
    WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id
"""

_STANDING = text(
    """SELECT count(tree.run_id) AS runs, horizon::text AS horizon,
           bool_and(ended_at IS NOT NULL AND last_xact < horizon) AS ended,
           (SELECT COALESCE(ancestor_run_ids[1], run_id) FROM runs
            WHERE tenant_id = :tenant_id AND run_id = :run_id) AS root,
           (SELECT events_expired_at FROM runs
            WHERE tenant_id = :tenant_id AND run_id = :run_id) AS expired_at
    FROM (""",
    _BELOW,
    """) tree RIGHT JOIN pg_snapshot_xmin(pg_current_snapshot()) AS horizon ON true GROUP BY horizon""",
)

_OF_RUN = text(
    "WITH RECURSIVE tree AS (",
    _BELOW,
    """),
    halving(run_id, low, high) AS (
        SELECT run_id, 0::bigint, last_seq FROM tree WHERE last_xact >= CAST(:xact AS xid8)
        UNION ALL
        SELECT h.run_id, CASE WHEN e.old THEN m.middle ELSE h.low END,
               CASE WHEN e.old THEN h.high ELSE m.middle - 1 END
        FROM halving h CROSS JOIN LATERAL (SELECT (h.low + h.high + 1) / 2 AS middle) m
        CROSS JOIN LATERAL (
            SELECT (e.xact, e.event_id) <= (CAST(:xact AS xid8), :number) AS old FROM run_events e
            WHERE e.tenant_id = :tenant_id AND e.run_id = h.run_id AND e.seq = m.middle) e
        WHERE h.low < h.high),
    starts AS (SELECT run_id, max(low) AS seq FROM halving GROUP BY run_id),
    found AS (
        SELECT e.* FROM starts s CROSS JOIN LATERAL (
            SELECT e.xact, e.event_id, e.seq, e.type, e.at, e.run_id, e.step_id, e.data FROM run_events e
            WHERE e.tenant_id = :tenant_id AND e.run_id = s.run_id AND e.seq > s.seq
              AND e.xact < CAST(:until AS xid8)
            ORDER BY e.seq LIMIT :limit + 1) e
        ORDER BY e.xact, e.event_id LIMIT :limit + 1),""",
    _EVENTS,
)

_OF_TENANT = text(
    """WITH found AS (
        (SELECT e.xact, e.event_id, e.seq, e.type, e.at, e.run_id, e.step_id, e.data FROM run_events e
         WHERE e.tenant_id = :tenant_id AND (e.xact, e.event_id) > (CAST(:xact AS xid8), :number)
           AND e.xact < CAST(:until AS xid8)
         ORDER BY e.xact, e.event_id LIMIT :limit + 1)
        UNION ALL
        (SELECT e.xact, e.event_id, NULL::bigint, e.type, e.at, NULL::uuid, NULL::uuid, e.data FROM tenant_events e
         WHERE e.tenant_id = :tenant_id AND (e.xact, e.event_id) > (CAST(:xact AS xid8), :number)
           AND e.xact < CAST(:until AS xid8)
         ORDER BY e.xact, e.event_id LIMIT :limit + 1)
        ORDER BY xact, event_id LIMIT :limit + 1),""",
    _EVENTS,
)


async def standing(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> RunStanding | None:
    """How a run stands, with those below it; None where there is no such run."""
    row = (
        await tx.execute(
            _STANDING,
            {"tenant_id": tenant_id, "run_id": run_id},
        )
    ).one()
    return RunStanding(int(row.horizon), row.ended, row.root, row.expired_at) if row.runs else None


async def horizon(tx: Transaction) -> int:
    """The oldest transaction that is open: whatever older ones wrote can be seen, or never will."""
    return int((await tx.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))).scalar_one())


async def of_run(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, *, after: EventPlace, until: int, limits: PageLimits
) -> StreamPage:
    """What happened in a run and below it after this place, as far as the horizon `until`.

    A run's events are numbered without a gap and stand in the order of their places, so that in each run the first of
    them is found by halving, in as many look-ups as its count has binary digits.
    """
    rows = await tx.execute(
        _OF_RUN,
        {"tenant_id": tenant_id, "run_id": run_id, **_bounds(after, until, limits)},
    )
    return _page(rows.all(), until)


async def of_tenant(
    tx: Transaction, tenant_id: TenantId, *, after: EventPlace, until: int, limits: PageLimits
) -> StreamPage:
    """What happened in the tenant after this place, in its runs and in none, as far as the horizon `until`."""
    rows = await tx.execute(
        _OF_TENANT,
        {"tenant_id": tenant_id, **_bounds(after, until, limits)},
    )
    return _page(rows.all(), until)


async def tell_tenant(
    tx: Transaction, tenant_id: TenantId, kind: str, *, at: datetime, data: dict[str, Any]
) -> StreamedEvent:
    """An event of the tenant and of no run of it, as its stream has it from now on."""
    row = (
        await tx.execute(
            text(
                """INSERT INTO tenant_events (tenant_id, at, type, data)
                   VALUES (:tenant_id, :at, :type, CAST(:data AS jsonb)) RETURNING xact::text AS xact, event_id"""
            ),
            {"tenant_id": tenant_id, "at": at, "type": kind, "data": jsonb(data)},
        )
    ).one()
    nowhere: dict[str, Any] = dict.fromkeys(("seq", "run_id", "step_id", "step", "item"))
    place = EventPlace(int(row.xact), row.event_id)
    return StreamedEvent(place=place, type=kind, at=at, data=data, runs_above=(), **nowhere)


async def tenants_with_events(tx: Transaction, since: Sequence[tuple[TenantId, int]]) -> set[TenantId]:
    """The tenants of whom there are events from the given horizon on, each as far as the horizon of now."""
    rows = await tx.execute(
        text("SELECT tenants_with_events(CAST(:tenants AS uuid[]), CAST(:since AS text[]))"),
        {"tenants": [tenant for tenant, _ in since], "since": [str(xact) for _, xact in since]},
    )
    return {TenantId(tenant) for (tenant,) in rows}


def _bounds(after: EventPlace, until: int, limits: PageLimits) -> dict[str, Any]:
    return {
        "xact": str(after.xact),
        "number": after.number,
        "until": str(until),
        "limit": limits.events,
        "data_bytes": limits.data_bytes,
    }


def _page(rows: Sequence[Row], until: int) -> StreamPage:
    events = tuple(
        value_of(StreamedEvent, row, place=EventPlace(int(row.xact), row.event_id), runs_above=tuple(row.runs_above))
        for row in rows
    )
    return StreamPage(events, more=bool(rows) and rows[0].found > len(rows), horizon=until)
