"""Runs whose content is due to expire, and the question whether they still are, asked while they are held."""

from collections.abc import Mapping
from datetime import datetime

from foundation.domain.ids import RunId, TenantId
from foundation.domain.policy.retention import ContentKind
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

COLUMN: Mapping[ContentKind, str] = {kind: f"{kind.value}_expired_at" for kind in ContentKind}
"""Of `runs`: when that kind of content expired."""

_BELOW = "d.tenant_id = r.tenant_id AND d.parent_run_id IS NOT NULL AND d.ancestor_run_ids[1] = r.run_id"
# A fork has taken over steps of the run that it was made of, whose outputs name its files.
_NO_FORK_NEEDS_IT = """
    AND NOT EXISTS (SELECT FROM runs f WHERE f.tenant_id = r.tenant_id AND f.forked_from_run_id = r.run_id
                    AND f.artifacts_expired_at IS NULL)
    AND NOT EXISTS (SELECT FROM runs d JOIN runs f ON f.tenant_id = d.tenant_id AND f.forked_from_run_id = d.run_id
                    WHERE d.tenant_id = r.tenant_id AND d.parent_run_id IS NOT NULL
                      AND d.ancestor_run_ids[1] = r.run_id AND f.artifacts_expired_at IS NULL)"""


def _is_due(kind: ContentKind) -> str:
    """The run and all below it have ended, the run long enough ago; what runs below others goes with the outermost."""
    files = _NO_FORK_NEEDS_IT if kind is ContentKind.ARTIFACTS else ""
    return f"""r.tenant_id = :tenant_id AND r.parent_run_id IS NULL AND r.ended_at <= :ended_by
               AND r.{COLUMN[kind]} IS NULL
               AND NOT EXISTS (SELECT FROM runs d WHERE {_BELOW} AND d.ended_at IS NULL){files}"""


_FIND = {
    kind: text("SELECT r.run_id FROM runs r WHERE", _is_due(kind), "ORDER BY r.ended_at, r.run_id LIMIT :most")
    for kind in ContentKind
}
_ASK = {kind: text("SELECT 1 FROM runs r WHERE", _is_due(kind), "AND r.run_id = :run_id") for kind in ContentKind}


async def find(
    tx: Transaction, tenant_id: TenantId, kind: ContentKind, *, ended_by: datetime, most: int
) -> list[RunId]:
    """Those that ended first come first."""
    rows = await tx.execute(_FIND[kind], {"tenant_id": tenant_id, "ended_by": ended_by, "most": most})
    return [RunId(row.run_id) for row in rows]


async def is_due(tx: Transaction, tenant_id: TenantId, kind: ContentKind, run_id: RunId, *, ended_by: datetime) -> bool:
    found = await tx.execute(_ASK[kind], {"tenant_id": tenant_id, "ended_by": ended_by, "run_id": run_id})
    return found.first() is not None


async def with_all_below(tx: Transaction, tenant_id: TenantId, root: RunId) -> list[RunId]:
    """The run and those below it, the deepest first: in that order they are locked wherever several are."""
    rows = await tx.execute(
        text(
            """SELECT run_id FROM runs
               WHERE tenant_id = :tenant_id
                 AND (run_id = :root OR (parent_run_id IS NOT NULL AND ancestor_run_ids[1] = :root))
               ORDER BY cardinality(ancestor_run_ids) DESC, run_id"""
        ),
        {"tenant_id": tenant_id, "root": root},
    )
    return [RunId(row.run_id) for row in rows]
