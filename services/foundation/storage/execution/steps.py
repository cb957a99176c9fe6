"""Steps as they are read: the timeline of a run, and the outputs that other steps refer to."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from foundation.contracts.steps.base import MAX_STEPS
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.reruns import StandingStep
from foundation.domain.states import StepKind, StepStatus
from foundation.storage.execution.dispatches import Outputs
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages, Portion
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class StepRow:
    """One row of the timeline; `tokens` and `cost_nano_usd` are the ledger's sums."""

    step_id: StepId
    name: str
    position: int
    """Its place in the run's order; items of a step have that of their step."""
    kind: StepKind
    status: StepStatus
    attempt: int
    tick: int
    turn: int
    """The number from which it goes on."""
    turns: int
    """How many it has taken, also before it began anew; of a crew those that are answered, while it goes on as well."""
    needs: list[str]
    unmet_needs: int
    wait_reason: str | None
    wait_for: str | None
    """What a step that waits for a resource lacks."""
    waiting_since: datetime | None
    retry_at: datetime | None
    lease_expires_at: datetime | None
    deadline_at: datetime | None
    worker_id: str | None
    has_token: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    output: Any
    error: dict[str, Any] | None
    copied_from: StepId | None
    """The step of another run whose end this is; its run was forked from that one."""
    skip_reason: dict[str, Any] | None
    excused: bool
    items: int | None
    """How many items it runs for, once that is known; None for a step without `foreach`."""
    items_ended: int
    items_failed: int
    item_index: int | None
    """The place of its item in the list, of a row that runs for one."""
    item: Any
    child_run_id: RunId | None
    """The run that its last attempt has started, of a step of the kind `run`."""
    tokens: int
    cost_nano_usd: int
    """Its items' included."""

    def standing(self) -> StandingStep:
        return StandingStep(self.name, self.kind, self.status, tuple(self.needs), self.excused)


_LARGE = {"output": "output", "error": "error", "item": "item"}
_OF_STEPS = ", ".join(
    f"CASE WHEN :with_{name} THEN s.{name} END AS {name}" if name in _LARGE else f"s.{name}"
    for name in (
        *("step_id", "name", "position", "kind", "status", "attempt", "tick", "turn", "needs", "unmet_needs"),
        *("wait_reason", "wait_for", "waiting_since", "retry_at", "lease_expires_at", "deadline_at", "worker_id"),
        *("created_at", "started_at", "ended_at", *_LARGE, "copied_from", "skip_reason", "excused", "items"),
        "item_index",
    )
)
_TURNS = """CASE WHEN s.kind = 'crew' THEN GREATEST(s.turn, (
                          SELECT max(t.turn) + 1 FROM turns t
                          WHERE t.tenant_id = s.tenant_id AND t.step_id = s.step_id AND t.recorded_at IS NOT NULL))
                      ELSE s.turn END AS turns,"""


OF_RUN = Pages(
    "SELECT",
    _OF_STEPS,
    ",",
    _TURNS,
    """       s.task_token IS NOT NULL AS has_token, i.ended AS items_ended, i.failed AS items_failed,
              b.run_id AS child_run_id,
              COALESCE(u.tokens, 0)::bigint AS tokens, COALESCE(u.cost, 0)::bigint AS cost_nano_usd
       FROM steps s
       LEFT JOIN (SELECT COALESCE(c.parent_id, e.step_id) AS step_id, sum(e.total_tokens) AS tokens,
                         sum(e.cost_nano_usd) AS cost
                  FROM llm_events e LEFT JOIN steps c ON c.tenant_id = e.tenant_id AND c.step_id = e.step_id
                  WHERE e.tenant_id = :tenant_id AND e.run_id = :run_id GROUP BY 1) u USING (step_id)
       CROSS JOIN LATERAL (
           SELECT count(*) FILTER (WHERE c.ended_at IS NOT NULL) AS ended,
                  count(*) FILTER (WHERE c.ended_at IS NOT NULL AND c.status <> 'SUCCESS') AS failed
           FROM steps c
           WHERE c.tenant_id = s.tenant_id AND c.parent_id = s.step_id AND c.item_index < s.items) i
       LEFT JOIN LATERAL (
           SELECT run_id FROM runs WHERE tenant_id = s.tenant_id AND parent_step_id = s.step_id
           ORDER BY parent_attempt DESC LIMIT 1) b ON s.kind = 'run'
       WHERE s.tenant_id = :tenant_id AND s.run_id = :run_id AND s.parent_id IS NULL""",
    orders=Orders({"position": (Column("s.position", Kind.NUMBER, "position"),)}, "position"),
    filters={"name": "s.name = :name"},
    most=MAX_STEPS + 1,
    large=_LARGE,
)
_WHOLE = frozenset(_LARGE)


async def of_run(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> list[StepRow]:
    """Every step of the run's plan in topological order; what their items cost is theirs.

    Their outputs, of which each may have megabytes, are not read.
    """
    part = PagePart(OF_RUN.orders.usual, MAX_STEPS, content=frozenset({"error"}))
    rows = await OF_RUN.read(tx, part, {"tenant_id": tenant_id, "run_id": run_id})
    return [value_of(StepRow, row) for row in rows]


_BOTH = """FROM (SELECT name, position, output FROM steps
                     WHERE tenant_id = :tenant_id AND run_id = :left_id AND parent_id IS NULL) l
               FULL JOIN (SELECT name, position, output FROM steps
                          WHERE tenant_id = :tenant_id AND run_id = :right_id AND parent_id IS NULL) r USING (name)"""


async def with_other_outputs(tx: Transaction, tenant_id: TenantId, left_id: RunId, right_id: RunId) -> list[str]:
    """The names of the steps whose outputs differ, in the order of the left run; PostgreSQL alone looks into them."""
    rows = await tx.execute(
        text("SELECT name", _BOTH, "WHERE l.output IS DISTINCT FROM r.output ORDER BY l.position, r.position"),
        {"tenant_id": tenant_id, "left_id": left_id, "right_id": right_id},
    )
    return [str(name) for (name,) in rows]


async def both_outputs(
    tx: Transaction, tenant_id: TenantId, left_id: RunId, right_id: RunId, name: str
) -> tuple[Any, Any, int]:
    """The outputs of a step of both runs, and how many bytes they have as text."""
    rows = await tx.execute(
        text(
            """SELECT l.output AS of_left, r.output AS of_right,
                      COALESCE(octet_length(l.output::text), 0) + COALESCE(octet_length(r.output::text), 0) AS size""",
            _BOTH,
            "WHERE name = :name",
        ),
        {"tenant_id": tenant_id, "left_id": left_id, "right_id": right_id, "name": name},
    )
    left, right, size = rows.one()
    return left, right, int(size)


async def page_of_run(tx: Transaction, tenant_id: TenantId, run_id: RunId, part: PagePart) -> Portion[StepRow]:
    values = {"tenant_id": tenant_id, "run_id": run_id}
    return await OF_RUN.portion(tx, part, values, partial(value_of, StepRow))


# A sub-query, and no join: of a join PostgreSQL does not know that its rows come in the order of the items.
_NAMED = "FROM steps p WHERE p.tenant_id = :tenant_id AND p.run_id = :run_id AND p.name = :name"
ITEMS = Pages(
    "SELECT",
    _OF_STEPS,
    ",",
    _TURNS,
    """       s.task_token IS NOT NULL AS has_token, 0 AS items_ended, 0 AS items_failed, b.run_id AS child_run_id,
              u.tokens::bigint AS tokens, u.cost::bigint AS cost_nano_usd
       FROM steps s
       CROSS JOIN LATERAL (
           SELECT COALESCE(sum(e.total_tokens), 0) AS tokens, COALESCE(sum(e.cost_nano_usd), 0) AS cost
           FROM llm_events e
           WHERE e.tenant_id = s.tenant_id AND e.run_id = s.run_id AND e.step_id = s.step_id) u
       LEFT JOIN LATERAL (
           SELECT run_id FROM runs WHERE tenant_id = s.tenant_id AND parent_step_id = s.step_id
           ORDER BY parent_attempt DESC LIMIT 1) b ON s.kind = 'run'
       WHERE s.tenant_id = :tenant_id AND s.parent_id = (SELECT step_id""",
    _NAMED,
    ") AND s.item_index < (SELECT items",
    _NAMED,
    ")",
    orders=Orders({"index": (Column("s.item_index", Kind.NUMBER, "item_index"),)}, "index"),
    filters={"item": "s.item_index = :item"},
    large=_LARGE,
)


async def page_of_items(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, name: str, part: PagePart
) -> Portion[StepRow]:
    """The items of a step by their places in its list."""
    values = {"tenant_id": tenant_id, "run_id": run_id, "name": name}
    return await ITEMS.portion(tx, part, values, partial(value_of, StepRow))


async def named(tx: Transaction, tenant_id: TenantId, run_id: RunId, name: str) -> StepRow | None:
    """The run's step, or the item `name[index]` of one, whole."""
    step, bracket, rest = name.partition("[")
    if bracket:
        values = {"tenant_id": tenant_id, "run_id": run_id, "name": step}
        rows = await ITEMS.read(
            tx, PagePart(ITEMS.orders.usual, 1, content=_WHOLE), values, item=int(rest.removesuffix("]"))
        )
    else:
        part = PagePart(OF_RUN.orders.usual, 1, content=_WHOLE)
        rows = await OF_RUN.read(tx, part, {"tenant_id": tenant_id, "run_id": run_id}, name=step)
    row = rows.first()
    return value_of(StepRow, row) if row else None


async def outputs_of(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> Outputs:
    """The outputs of the run's steps that succeeded, and the names of its excused steps."""
    rows = await tx.execute(
        text(
            """SELECT name, output, excused FROM steps
               WHERE tenant_id = :tenant_id AND run_id = :run_id AND parent_id IS NULL
                 AND (status = 'SUCCESS' OR excused)"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    found = list(rows)
    return Outputs(
        {row.name: row.output for row in found if not row.excused},
        frozenset(row.name for row in found if row.excused),
    )
