"""The items of a step that runs once for each: rows of `steps` below its own, called `name[index]`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from foundation.contracts.steps.base import MAX_ITEMS
from foundation.domain.ids import StepId, TenantId
from foundation.domain.states import StepStatus
from foundation.storage.execution.dispatches import OpenBranch
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """How far the items of a step are; `total` is None until the step knows them."""

    total: int | None
    open: int
    bytes: int
    """The size of what they gave so far."""


async def count(tx: Transaction, tenant_id: TenantId, parent_id: StepId) -> ItemCounts:
    row = (
        await tx.execute(
            text(
                """SELECT p.items AS total,
                          (count(i.step_id) FILTER (WHERE i.ended_at IS NULL))::int AS open,
                          COALESCE(sum(octet_length(i.output::text)), 0)::bigint AS bytes
                   FROM steps p
                   LEFT JOIN steps i ON i.tenant_id = p.tenant_id AND i.parent_id = p.step_id AND i.item_index < p.items
                   WHERE p.tenant_id = :tenant_id AND p.step_id = :parent_id GROUP BY p.items"""
            ),
            {"tenant_id": tenant_id, "parent_id": parent_id},
        )
    ).one()
    return value_of(ItemCounts, row)


async def open_rows(tx: Transaction, tenant_id: TenantId, parent_id: StepId, values: Sequence[Any]) -> None:
    """Opens a row for each value, queued in the parent's generation.

    Where a retried run has rows of these places already, they run again from the beginning with their new values; those
    beyond the list's end keep what they had, and do not count any more. Ids are just below the parent's: steps are
    locked in the order of their ids, and a step that collects its items comes after them.
    """
    rows = [
        {"step_id": str(UUID(int=parent_id.int - MAX_ITEMS + index)), "index": index, "item": value}
        for index, value in enumerate(values)
    ]
    await tx.execute(
        text(
            """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, unmet_needs, generation,
                                  timeout_seconds, resources, parent_id, item_index, item)
               SELECT p.tenant_id, p.run_id, i.step_id, p.name || '[' || i.index || ']', p.kind, p.position, 0,
                      p.generation, p.timeout_seconds, p.resources, p.step_id, i.index, i.item
               FROM steps p, jsonb_to_recordset(CAST(:rows AS jsonb)) AS i(step_id uuid, index int, item jsonb)
               WHERE p.tenant_id = :tenant_id AND p.step_id = :parent_id
               ON CONFLICT (tenant_id, step_id) DO UPDATE SET item = EXCLUDED.item, generation = EXCLUDED.generation,
                   checkpoint_head = NULL, checkpoint_length = NULL"""
        ),
        {"tenant_id": tenant_id, "parent_id": parent_id, "rows": jsonb(rows)},
    )
    await tx.execute(
        text("UPDATE steps SET items = :items WHERE tenant_id = :tenant_id AND step_id = :parent_id"),
        {"tenant_id": tenant_id, "parent_id": parent_id, "items": len(values)},
    )
    await _open_ended(tx, tenant_id, [parent_id], afresh=True)


async def unsuccessful(tx: Transaction, tenant_id: TenantId, parents: Sequence[StepId]) -> list[StepId]:
    """The items of these steps that ended and did not succeed."""
    rows = await tx.execute(
        text(
            """SELECT s.step_id FROM steps p JOIN steps s ON s.tenant_id = p.tenant_id AND s.parent_id = p.step_id
               WHERE p.tenant_id = :tenant_id AND p.step_id = ANY(CAST(:parents AS uuid[])) AND s.item_index < p.items
                 AND s.ended_at IS NOT NULL AND s.status <> 'SUCCESS'"""
        ),
        {"tenant_id": tenant_id, "parents": list(parents)},
    )
    return [StepId(row.step_id) for row in rows]


async def open_again(tx: Transaction, tenant_id: TenantId, parents: Sequence[StepId]) -> None:
    """Has the items run again that did not succeed, each from where a step of its kind goes on in a retry."""
    await _open_ended(tx, tenant_id, parents, afresh=False)


# Of the items that go on, what an agent or a crew has asked and the answer to a model call that was interrupted are
# read again, so that nothing is paid twice; all other calls and jobs get the number of the next turn, and are made
# anew.
async def _open_ended(tx: Transaction, tenant_id: TenantId, parents: Sequence[StepId], *, afresh: bool) -> None:
    await tx.execute(
        text(
            """UPDATE steps s
               SET status = 'QUEUED', fence = s.fence + 1, earlier_attempts = s.attempt,
                   turn = CASE WHEN s.attempt = 0 OR (NOT :afresh AND (
                              s.kind IN ('agent', 'crew') OR (s.kind = 'llm' AND s.status = 'CANCELLED'))) THEN s.turn
                          ELSE next_turn(s) END,
                   ended_at = NULL, started_at = NULL, deadline_at = NULL, clock_left = NULL, output = NULL,
                   error = NULL, skip_reason = NULL, excused = false
               FROM steps p
               WHERE p.tenant_id = :tenant_id AND p.step_id = ANY(CAST(:parents AS uuid[]))
                 AND s.tenant_id = p.tenant_id AND s.parent_id = p.step_id AND s.item_index < p.items
                 AND s.ended_at IS NOT NULL AND (s.status <> 'SUCCESS' OR :afresh)"""
        ),
        {"tenant_id": tenant_id, "parents": list(parents), "afresh": afresh},
    )


async def open_items(tx: Transaction, tenant_id: TenantId, parent_id: StepId) -> list[OpenBranch]:
    """The items that have not ended, in the list's order."""
    rows = await tx.execute(
        text(
            """SELECT step_id, name, kind, tick FROM steps
               WHERE tenant_id = :tenant_id AND parent_id = :parent_id AND ended_at IS NULL ORDER BY item_index"""
        ),
        {"tenant_id": tenant_id, "parent_id": parent_id},
    )
    return [value_of(OpenBranch, row) for row in rows]


@dataclass(frozen=True, slots=True)
class EndedItem:
    """How one item ended."""

    name: str
    status: StepStatus
    output: Any
    error: dict[str, Any] | None


async def ended_items(tx: Transaction, tenant_id: TenantId, parent_id: StepId) -> list[EndedItem]:
    """All items, in the list's order; the output of one that did not succeed is None."""
    rows = await tx.execute(
        text(
            """SELECT i.name, i.status, CASE WHEN i.status = 'SUCCESS' THEN i.output END AS output, i.error
               FROM steps p JOIN steps i ON i.tenant_id = p.tenant_id AND i.parent_id = p.step_id
               WHERE p.tenant_id = :tenant_id AND p.step_id = :parent_id AND i.item_index < p.items
               ORDER BY i.item_index"""
        ),
        {"tenant_id": tenant_id, "parent_id": parent_id},
    )
    return [value_of(EndedItem, row) for row in rows]
