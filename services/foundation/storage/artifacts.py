"""Artifacts: files that tools produced or users uploaded, each with its digest and size."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import ArtifactId, JobId, RunId, StepId, TenantId, UserId
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row


@dataclass(frozen=True, slots=True)
class Artifact:
    """A row of `artifacts`; `size` is in bytes, and until it is `ready` nobody has checked what was uploaded."""

    artifact_id: ArtifactId
    run_id: RunId | None
    step_id: StepId | None
    name: str
    content_type: str
    size: int
    sha256: bytes
    object_key: str
    ready: bool
    created_at: datetime
    expired_at: datetime | None = None
    """Since when its bytes are gone: deleted, never uploaded, or by the tenant's retention."""


def _artifact_of(row: Row) -> Artifact:
    return value_of(Artifact, row, ready=row.status == "READY")


@dataclass(frozen=True, slots=True)
class NewArtifact:
    """A row that is to be inserted; it names a run, step and job, or the user who uploads it."""

    artifact_id: ArtifactId
    name: str
    content_type: str
    size: int
    sha256: bytes
    object_key: str
    ready: bool
    run_id: RunId | None = None
    step_id: StepId | None = None
    job_id: JobId | None = None
    created_by: UserId | None = None


async def insert(tx: Transaction, tenant_id: TenantId, artifact: NewArtifact) -> None:
    """Inserts the artifact; does nothing when its object key has one already, as after a job is recorded twice."""
    await tx.execute(
        text(
            """INSERT INTO artifacts (tenant_id, artifact_id, run_id, step_id, job_id, name, content_type, size, sha256,
                                      object_key, status, created_by)
               VALUES (:tenant_id, :artifact_id, :run_id, :step_id, :job_id, :name, :content_type, :size, :sha256,
                       :object_key, :status, :created_by)
               ON CONFLICT (tenant_id, object_key) DO NOTHING"""
        ),
        {
            "tenant_id": tenant_id,
            "artifact_id": artifact.artifact_id,
            "run_id": artifact.run_id,
            "step_id": artifact.step_id,
            "job_id": artifact.job_id,
            "name": artifact.name,
            "content_type": artifact.content_type,
            "size": artifact.size,
            "sha256": artifact.sha256,
            "object_key": artifact.object_key,
            "status": "READY" if artifact.ready else "PENDING",
            "created_by": artifact.created_by,
        },
    )


async def get(tx: Transaction, tenant_id: TenantId, artifact_id: ArtifactId) -> Artifact | None:
    row = await tx.execute(
        text("SELECT * FROM artifacts WHERE tenant_id = :tenant_id AND artifact_id = :artifact_id"),
        {"tenant_id": tenant_id, "artifact_id": artifact_id},
    )
    first = row.first()
    return _artifact_of(first) if first else None


async def mark_ready(tx: Transaction, tenant_id: TenantId, artifact_id: ArtifactId, *, object_key: str) -> None:
    """Marks a pending artifact as READY at its final key."""
    await tx.execute(
        text(
            """UPDATE artifacts SET status = 'READY', object_key = :object_key
               WHERE tenant_id = :tenant_id AND artifact_id = :artifact_id AND status = 'PENDING'"""
        ),
        {"tenant_id": tenant_id, "artifact_id": artifact_id, "object_key": object_key},
    )


async def waited_for(tx: Transaction, tenant_id: TenantId, which: Collection[ArtifactId]) -> set[ArtifactId]:
    """Those of these uploads that are still PENDING: what has come of them may yet be made final."""
    rows = await tx.execute(
        text(
            """SELECT artifact_id FROM artifacts
               WHERE tenant_id = :tenant_id AND artifact_id = ANY(:which) AND status = 'PENDING'"""
        ),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return {ArtifactId(row.artifact_id) for row in rows}


async def named(tx: Transaction, tenant_id: TenantId, keys: Collection[str]) -> set[str]:
    """Those of these keys that are an artifact's."""
    rows = await tx.execute(
        text("SELECT object_key FROM artifacts WHERE tenant_id = :tenant_id AND object_key = ANY(:keys)"),
        {"tenant_id": tenant_id, "keys": list(keys)},
    )
    return {row.object_key for row in rows}


PAGES = Pages(
    """SELECT * FROM artifacts WHERE tenant_id = :tenant_id AND run_id = :run_id
     AND content_type <> ALL(CAST(:but AS text[]))""",
    orders=Orders({"created_at": by_age("created_at", "artifact_id")}, "created_at"),
)


async def of_run(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, part: PagePart, *, but: Collection[str] = ()
) -> list[Artifact]:
    """What the run's tools produced, without the files of the types `but`."""
    rows = await PAGES.read(tx, part, {"tenant_id": tenant_id, "run_id": run_id, "but": list(but)})
    return [_artifact_of(row) for row in rows]


TENANT_PAGES = Pages(
    "SELECT * FROM artifacts WHERE tenant_id = :tenant_id AND content_type <> ALL(CAST(:but AS text[]))",
    orders=Orders({"created_at": by_age("created_at", "artifact_id")}, "-created_at"),
    filters={
        "status": "status = :status",
        "run_id": "run_id = :run_id",
        "since": "created_at >= :since",
        "until": "created_at < :until",
    },
)


async def of_tenant(
    tx: Transaction,
    tenant_id: TenantId,
    part: PagePart,
    *,
    status: str | None,
    run_id: RunId | None,
    since: datetime | None,
    until: datetime | None,
    but: Collection[str] = (),
) -> list[Artifact]:
    """What tools have left and users have announced, without the files of the types `but`."""
    values = {"tenant_id": tenant_id, "but": list(but)}
    filters = {"status": status, "run_id": run_id, "since": since, "until": until}
    rows = await TENANT_PAGES.read(tx, part, values, **filters)
    return [_artifact_of(row) for row in rows]


async def final_ones(
    tx: Transaction, tenant_id: TenantId, *, after: ArtifactId | None, limit: int
) -> list[tuple[ArtifactId, str]]:
    """Artifacts whose bytes are there, in the order of their ids, each with its key."""
    rows = await tx.execute(
        text(
            """SELECT artifact_id, object_key FROM artifacts
               WHERE tenant_id = :tenant_id AND status = 'READY'
                 AND (CAST(:after AS uuid) IS NULL OR artifact_id > CAST(:after AS uuid))
               ORDER BY artifact_id LIMIT :limit"""
        ),
        {"tenant_id": tenant_id, "after": after, "limit": limit},
    )
    return [(ArtifactId(row.artifact_id), row.object_key) for row in rows]
