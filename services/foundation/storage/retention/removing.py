"""Removes one kind of content of ended runs, in one transaction, and notes on their rows that it has expired.

What stays: states, times, counts and errors, the ledger, the audit, and the digests of what was. A column that cannot
be empty gets an empty object, which nobody is shown: whoever reads asks the run first whether the content has expired.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from foundation.domain.ids import RunId, TenantId
from foundation.domain.policy.retention import ContentKind
from foundation.storage.retention.due import COLUMN
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import Statement, text

_STEPS = "(SELECT s.step_id FROM steps s WHERE s.tenant_id = :tenant_id AND s.run_id = ANY(:run_ids))"
_OF_RUNS = "WHERE tenant_id = :tenant_id AND run_id = ANY(:run_ids)"
_OF_STEPS = f"WHERE tenant_id = :tenant_id AND step_id IN {_STEPS}"
# A checkpoint has both what was asked and what was answered. It keeps its place in the chain.
_CHECKPOINTS = text("UPDATE checkpoints SET manifest = '{}', deleted_at = :now", _OF_STEPS, "AND deleted_at IS NULL")
_RUNS_OUTPUT = text("UPDATE runs SET output = NULL", _OF_RUNS)

# Of turns, and of what a program in a job asked: the key of a run's call begins with the run, and has an index by it.
_REPLAYS = "p.tenant_id = :tenant_id AND split_part(p.call_key, ':', 1) = ANY(CAST(:run_ids AS text[]))"

_STATEMENTS: Mapping[ContentKind, Sequence[Statement]] = {
    ContentKind.PROMPTS: (
        text("UPDATE runs SET input = '{}', overrides = '{}'", _OF_RUNS),
        text("UPDATE steps SET item = NULL", _OF_RUNS, "AND item IS NOT NULL"),
        text("UPDATE turns SET request = '{}'", _OF_STEPS),
        text("UPDATE approvals SET message = NULL", _OF_RUNS),
        _CHECKPOINTS,
    ),
    ContentKind.ANSWERS: (
        _RUNS_OUTPUT,
        text("UPDATE steps SET output = NULL", _OF_RUNS, "AND kind <> 'tool' AND output IS NOT NULL"),
        text("DELETE FROM llm_replays p WHERE", _REPLAYS),
        text("UPDATE turns SET response = '{}'", _OF_STEPS, "AND response IS NOT NULL"),
        text("UPDATE approvals SET comment = NULL, data = NULL", _OF_RUNS),
        text("UPDATE approvals SET arguments = '{}'", _OF_RUNS, "AND arguments IS NOT NULL"),
        _CHECKPOINTS,
    ),
    ContentKind.ARTIFACTS: (
        _RUNS_OUTPUT,
        text("UPDATE steps SET output = NULL", _OF_RUNS, "AND kind = 'tool' AND output IS NOT NULL"),
        text("UPDATE tool_events SET result = NULL", _OF_RUNS, "AND result IS NOT NULL"),
    ),
    ContentKind.EVENTS: (
        text(
            """DELETE FROM spans p USING runs r
               WHERE p.tenant_id = :tenant_id AND r.tenant_id = :tenant_id AND r.run_id = ANY(:run_ids)
                 AND p.trace_id = split_part(r.traceparent, '-', 2) AND p.run_id = r.run_id"""
        ),
        text("DELETE FROM run_events", _OF_RUNS),
    ),
}


async def stored_answers(tx: Transaction, tenant_id: TenantId, run_ids: Sequence[RunId]) -> list[str]:
    """Where answers of these runs lie in the bucket; the objects go before the rows that name them."""
    rows = await tx.execute(
        text("SELECT p.object_key FROM llm_replays p WHERE p.object_key IS NOT NULL AND", _REPLAYS),
        {"tenant_id": tenant_id, "run_ids": list(run_ids)},
    )
    return [str(row.object_key) for row in rows]


async def remove(
    tx: Transaction, tenant_id: TenantId, kind: ContentKind, run_ids: Sequence[RunId], *, now: datetime
) -> None:
    """The runs must be locked, with their steps, and have ended."""
    values = {"tenant_id": tenant_id, "run_ids": list(run_ids), "now": now}
    for statement in _STATEMENTS[kind]:
        await tx.execute(statement, values)
    await tx.execute(text("UPDATE runs SET version = version + 1,", COLUMN[kind], "= :now", _OF_RUNS), values)


async def tenant_events(tx: Transaction, tenant_id: TenantId, *, told_by: datetime) -> None:
    """Events that belong to no run, and are as old."""
    await tx.execute(
        text("DELETE FROM tenant_events WHERE tenant_id = :tenant_id AND at <= :told_by"),
        {"tenant_id": tenant_id, "told_by": told_by},
    )
