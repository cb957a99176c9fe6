"""Artifacts that expire: the row says so first, then the bytes go, and then the row says that, too."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from foundation.domain.ids import ArtifactId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_DUE = """a.tenant_id = :tenant_id AND a.expired_at IS NULL AND a.created_at <= :made_by
          AND (a.run_id IS NULL OR EXISTS (SELECT FROM runs r WHERE r.tenant_id = a.tenant_id AND r.run_id = a.run_id
                                           AND r.artifacts_expired_at IS NOT NULL))"""


async def find(
    tx: Transaction, tenant_id: TenantId, *, made_by: datetime, after: tuple[datetime, UUID] | None, most: int
) -> list[tuple[datetime, ArtifactId]]:
    """Uploads that are as old, and files of runs whose artifacts have expired; the oldest first."""
    rows = await tx.execute(
        text(
            "SELECT a.created_at, a.artifact_id FROM artifacts a WHERE",
            _DUE,
            """AND (CAST(:after_at AS timestamptz) IS NULL OR (a.created_at, a.artifact_id) > (:after_at, :after_id))
               ORDER BY a.created_at, a.artifact_id LIMIT :most""",
        ),
        {
            "tenant_id": tenant_id,
            "made_by": made_by,
            "most": most,
            "after_at": after[0] if after else None,
            "after_id": after[1] if after else None,
        },
    )
    return [(row.created_at, ArtifactId(row.artifact_id)) for row in rows]


async def named(tx: Transaction, tenant_id: TenantId) -> set[UUID]:
    """All ids that stand in what may still be run: open runs, tasks in use, schedules and triggers."""
    rows = await tx.execute(
        text(
            f"""SELECT DISTINCT CAST(m[1] AS uuid) AS named FROM (
                    SELECT input::text AS said FROM runs WHERE tenant_id = :tenant_id AND ended_at IS NULL
                    UNION ALL
                    SELECT v.definition::text FROM tasks t
                    JOIN task_versions v ON v.tenant_id = t.tenant_id AND v.task_id = t.task_id
                    WHERE t.tenant_id = :tenant_id AND (t.archived_at IS NULL OR EXISTS (
                        SELECT FROM runs r WHERE r.tenant_id = t.tenant_id AND r.task_id = t.task_id
                        AND r.ended_at IS NULL))
                    UNION ALL
                    SELECT input::text FROM schedules WHERE tenant_id = :tenant_id AND deleted_at IS NULL
                    UNION ALL
                    SELECT input::text FROM triggers WHERE tenant_id = :tenant_id) x
                CROSS JOIN LATERAL regexp_matches(x.said, '({_UUID})', 'g') AS m"""  # noqa: S608 - written above
        ),
        {"tenant_id": tenant_id},
    )
    return {row.named for row in rows}


async def expire(
    tx: Transaction, tenant_id: TenantId, which: Collection[ArtifactId], *, made_by: datetime, now: datetime
) -> int:
    """Those of them that are still due; returns how many."""
    gone = await tx.execute(
        text(
            "UPDATE artifacts a SET status = 'EXPIRED', expired_at = :now WHERE",
            _DUE,
            "AND a.artifact_id = ANY(:which)",
        ),
        {"tenant_id": tenant_id, "made_by": made_by, "now": now, "which": list(which)},
    )
    return gone.rowcount


async def with_bytes(tx: Transaction, tenant_id: TenantId, *, most: int) -> list[tuple[ArtifactId, str]]:
    """Those that have expired and whose bytes may still be in the bucket, each with its key."""
    rows = await tx.execute(
        text(
            """SELECT artifact_id, object_key FROM artifacts
               WHERE tenant_id = :tenant_id AND status = 'EXPIRED' AND erased_at IS NULL LIMIT :most"""
        ),
        {"tenant_id": tenant_id, "most": most},
    )
    return [(ArtifactId(row.artifact_id), row.object_key) for row in rows]


async def note_erased(tx: Transaction, tenant_id: TenantId, which: Collection[ArtifactId], *, now: datetime) -> None:
    await tx.execute(
        text("UPDATE artifacts SET erased_at = :now WHERE tenant_id = :tenant_id AND artifact_id = ANY(:which)"),
        {"tenant_id": tenant_id, "which": list(which), "now": now},
    )
