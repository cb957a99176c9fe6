"""Artifacts that expire: the row says so first, then the bytes go, and then the row says that, too."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from foundation.domain.ids import ArtifactId, JobId, TenantId
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


_MAY_STILL_RUN = """
    SELECT 'run' AS noun, run_id::text AS which, input::text AS said FROM runs
    WHERE tenant_id = :tenant_id AND ended_at IS NULL
    UNION ALL
    SELECT 'task', t.task_id::text, v.definition::text FROM tasks t
    JOIN task_versions v ON v.tenant_id = t.tenant_id AND v.task_id = t.task_id
    WHERE t.tenant_id = :tenant_id AND (t.archived_at IS NULL OR EXISTS (
        SELECT FROM runs r WHERE r.tenant_id = t.tenant_id AND r.task_id = t.task_id AND r.ended_at IS NULL))
    UNION ALL
    SELECT 'schedule', schedule_id::text, input::text FROM schedules
    WHERE tenant_id = :tenant_id AND deleted_at IS NULL
    UNION ALL
    SELECT 'trigger', trigger_id::text, input::text FROM triggers WHERE tenant_id = :tenant_id
    UNION ALL
    SELECT 'source of tools', name, (server -> 'files')::text FROM tool_source_versions
    WHERE tenant_id = :tenant_id AND server IS NOT NULL"""
# The run that left the file, or one below or above it, or one that was forked from any of them.
_MADE_BY_AN_OPEN_RUN = """
    SELECT 'run' AS noun, o.run_id::text AS which FROM artifacts a
    JOIN runs r ON r.tenant_id = a.tenant_id AND r.run_id = a.run_id
    JOIN runs t ON t.tenant_id = r.tenant_id
         AND COALESCE(r.ancestor_run_ids[1], r.run_id) IN (t.run_id, t.ancestor_run_ids[1])
    JOIN runs o ON o.tenant_id = t.tenant_id AND (o.run_id = t.run_id OR o.forked_from_run_id = t.run_id)
    WHERE a.tenant_id = :tenant_id AND a.artifact_id = :artifact_id AND o.ended_at IS NULL LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Need:
    """What a file is still needed by, such as the run of this id."""

    noun: str
    which: str


async def named(tx: Transaction, tenant_id: TenantId) -> set[UUID]:
    """All ids that stand in what may still be run: open runs, tasks in use, schedules, triggers and MCP servers."""
    rows = await tx.execute(
        text(
            f"""SELECT DISTINCT CAST(m[1] AS uuid) AS named FROM ({_MAY_STILL_RUN}) x
                CROSS JOIN LATERAL regexp_matches(x.said, '({_UUID})', 'g') AS m"""  # noqa: S608 - written above
        ),
        {"tenant_id": tenant_id},
    )
    return {row.named for row in rows}


async def needed_by(tx: Transaction, tenant_id: TenantId, artifact_id: ArtifactId) -> Need | None:
    """One of those that still need this file, by naming it or by having left it."""
    values = {"tenant_id": tenant_id, "artifact_id": artifact_id}
    says = "SELECT noun, which FROM (", _MAY_STILL_RUN, ") x WHERE strpos(said, CAST(:artifact_id AS text)) > 0 LIMIT 1"
    for statement in (text(_MADE_BY_AN_OPEN_RUN), text(*says)):
        if row := (await tx.execute(statement, values)).first():
            return Need(row.noun, row.which)
    return None


async def delete(tx: Transaction, tenant_id: TenantId, artifact_id: ArtifactId) -> bool:
    """Marks one as gone, whatever its age; whether it was there."""
    gone = await tx.execute(
        text(
            """UPDATE artifacts SET status = 'EXPIRED', expired_at = now()
               WHERE tenant_id = :tenant_id AND artifact_id = :artifact_id AND expired_at IS NULL RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "artifact_id": artifact_id},
    )
    return gone.first() is not None


async def never_came(
    tx: Transaction, tenant_id: TenantId, *, announced_by: datetime, after: ArtifactId | None, most: int
) -> list[ArtifactId]:
    """Uploads of which nobody has seen any bytes, and whose forms no longer open."""
    rows = await tx.execute(
        text(
            """SELECT artifact_id FROM artifacts
               WHERE tenant_id = :tenant_id AND expired_at IS NULL AND status = 'PENDING'
                 AND created_at <= :announced_by
                 AND (CAST(:after AS uuid) IS NULL OR artifact_id > CAST(:after AS uuid))
               ORDER BY artifact_id LIMIT :most"""
        ),
        {"tenant_id": tenant_id, "announced_by": announced_by, "after": after, "most": most},
    )
    return [ArtifactId(row.artifact_id) for row in rows]


async def give_up(tx: Transaction, tenant_id: TenantId, artifact_id: ArtifactId, *, now: datetime) -> bool:
    """Marks an upload that never came as expired; whether it was still waited for."""
    gone = await tx.execute(
        text(
            """UPDATE artifacts SET status = 'EXPIRED', expired_at = :now
               WHERE tenant_id = :tenant_id AND artifact_id = :artifact_id AND status = 'PENDING' RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "artifact_id": artifact_id, "now": now},
    )
    return gone.first() is not None


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


@dataclass(frozen=True, slots=True)
class Expired:
    """A file whose bytes may still be in the bucket, with the job that left it."""

    artifact_id: ArtifactId
    object_key: str
    job_id: JobId | None


async def with_bytes(tx: Transaction, tenant_id: TenantId, *, after: ArtifactId | None, most: int) -> list[Expired]:
    """Those that have expired and whose bytes may still be in the bucket."""
    rows = await tx.execute(
        text(
            """SELECT artifact_id, object_key, job_id FROM artifacts
               WHERE tenant_id = :tenant_id AND status = 'EXPIRED' AND erased_at IS NULL
                 AND (CAST(:after AS uuid) IS NULL OR artifact_id > CAST(:after AS uuid))
               ORDER BY artifact_id LIMIT :most"""
        ),
        {"tenant_id": tenant_id, "after": after, "most": most},
    )
    return [Expired(ArtifactId(row.artifact_id), row.object_key, row.job_id) for row in rows]


async def note_erased(
    tx: Transaction, tenant_id: TenantId, which: Collection[ArtifactId], *, forms_lapsed: datetime, now: datetime
) -> None:
    """But not of uploads whose forms may still open: their bytes may come again, and are looked for once more."""
    await tx.execute(
        text(
            """UPDATE artifacts SET erased_at = :now
               WHERE tenant_id = :tenant_id AND artifact_id = ANY(:which)
                 AND (run_id IS NOT NULL OR created_at <= :forms_lapsed)"""
        ),
        {"tenant_id": tenant_id, "which": list(which), "forms_lapsed": forms_lapsed, "now": now},
    )


async def is_waiting(tx: Transaction, tenant_id: TenantId) -> bool:
    """Whether an upload is waited for, or bytes are still to go."""
    found = await tx.execute(
        text(
            """SELECT 1 FROM artifacts WHERE tenant_id = :tenant_id
               AND ((status = 'PENDING' AND expired_at IS NULL) OR (status = 'EXPIRED' AND erased_at IS NULL))
               LIMIT 1"""
        ),
        {"tenant_id": tenant_id},
    )
    return found.first() is not None
