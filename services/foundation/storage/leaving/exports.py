"""Exports of tenants: asked for, made by whoever holds the lease, ready for a while, then expired."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from foundation.domain.ids import ExportId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


class ExportStatus(StrEnum):
    """Where an export stands."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class TenantExport:
    """A row of `tenant_exports`; `attempts` is how often somebody began to make it, and the fence of who did last."""

    export_id: ExportId
    status: ExportStatus
    requested_by: str
    created_at: datetime
    attempts: int
    ended_at: datetime | None
    expires_at: datetime | None
    size: int | None
    sha256: bytes | None
    error: str | None


_COLUMNS = "export_id, status, requested_by, created_at, attempts, ended_at, expires_at, size, sha256, error"


def folder_of(tenant_id: TenantId, export_id: ExportId) -> str:
    """The prefix in the bucket below which an export's archive is."""
    return f"tenants/{tenant_id}/exports/{export_id}/"


def key_of(tenant_id: TenantId, export: TenantExport) -> str:
    """Each attempt has a key of its own, so that one that was thought dead replaces nothing."""
    return f"{folder_of(tenant_id, export.export_id)}{export.attempts}.zip"


async def request(tx: Transaction, tenant_id: TenantId, export_id: ExportId, *, by: str) -> TenantExport:
    """A new export, or the one that is being made already."""
    await tx.execute(
        text(
            """INSERT INTO tenant_exports (tenant_id, export_id, requested_by) VALUES (:tenant_id, :export_id, :by)
               ON CONFLICT (tenant_id) WHERE status = 'pending' DO NOTHING"""
        ),
        {"tenant_id": tenant_id, "export_id": export_id, "by": by},
    )
    rows = await tx.execute(
        text(
            f"SELECT {_COLUMNS} FROM tenant_exports"  # noqa: S608 - columns written above
            " WHERE tenant_id = :tenant_id AND status = 'pending'"
        ),
        {"tenant_id": tenant_id},
    )
    return value_of(TenantExport, rows.one())


async def get(tx: Transaction, tenant_id: TenantId, export_id: ExportId) -> TenantExport | None:
    rows = await tx.execute(
        text(
            f"SELECT {_COLUMNS} FROM tenant_exports WHERE tenant_id = :tenant_id AND export_id = :export_id"  # noqa: S608
        ),
        {"tenant_id": tenant_id, "export_id": export_id},
    )
    row = rows.first()
    return value_of(TenantExport, row) if row else None


PAGES = Pages(
    f"SELECT {_COLUMNS} FROM tenant_exports WHERE tenant_id = :tenant_id",  # noqa: S608 - columns written above
    orders=Orders({"created_at": by_age("created_at", "export_id")}, "-created_at"),
)


async def page(tx: Transaction, tenant_id: TenantId, part: PagePart) -> list[TenantExport]:
    return [value_of(TenantExport, row) for row in await PAGES.read(tx, part, {"tenant_id": tenant_id})]


async def with_work(tx: Transaction, *, as_of: datetime, most: int) -> list[tuple[TenantId, ExportId]]:
    """Exports of any tenant that nobody makes now, and those that have expired."""
    rows = await tx.execute(
        text("SELECT tenant_id, export_id FROM exports_with_work(:as_of, :most)"), {"as_of": as_of, "most": most}
    )
    return [(TenantId(row.tenant_id), ExportId(row.export_id)) for row in rows]


async def lease(
    tx: Transaction, tenant_id: TenantId, export_id: ExportId, *, as_of: datetime, until: datetime
) -> TenantExport | None:
    """The export with its next attempt, if nobody holds it and there is something to be done."""
    rows = await tx.execute(
        text(
            f"""UPDATE tenant_exports SET leased_until = :until,
                       attempts = attempts + CASE WHEN status = 'pending' THEN 1 ELSE 0 END
                WHERE tenant_id = :tenant_id AND export_id = :export_id
                  AND (leased_until IS NULL OR leased_until <= :as_of)
                  AND (status = 'pending' OR (status = 'ready' AND expires_at <= :as_of))
                RETURNING {_COLUMNS}"""  # noqa: S608 - columns written above
        ),
        {"tenant_id": tenant_id, "export_id": export_id, "as_of": as_of, "until": until},
    )
    row = rows.first()
    return value_of(TenantExport, row) if row else None


async def renew(tx: Transaction, tenant_id: TenantId, export: TenantExport, *, until: datetime) -> bool:
    """Whether this attempt still holds it."""
    changed = await tx.execute(
        text(
            """UPDATE tenant_exports SET leased_until = :until
               WHERE tenant_id = :tenant_id AND export_id = :export_id AND status = 'pending'
                 AND attempts = :attempts"""
        ),
        {"tenant_id": tenant_id, "export_id": export.export_id, "attempts": export.attempts, "until": until},
    )
    return changed.rowcount == 1


async def end(
    tx: Transaction,
    tenant_id: TenantId,
    export: TenantExport,
    *,
    now: datetime,
    expires_at: datetime | None = None,
    size: int | None = None,
    sha256: bytes | None = None,
    error: str | None = None,
) -> bool:
    """Ready with what it is, or failed with why; whether this attempt still held it."""
    changed = await tx.execute(
        text(
            """UPDATE tenant_exports SET status = CASE WHEN CAST(:error AS text) IS NULL THEN 'ready' ELSE 'failed' END,
                      leased_until = NULL, ended_at = :now, expires_at = :expires_at, size = :size, sha256 = :sha256,
                      error = :error
               WHERE tenant_id = :tenant_id AND export_id = :export_id AND status = 'pending'
                 AND attempts = :attempts"""
        ),
        {
            "tenant_id": tenant_id,
            "export_id": export.export_id,
            "attempts": export.attempts,
            "now": now,
            "expires_at": expires_at,
            "size": size,
            "sha256": sha256,
            "error": error,
        },
    )
    return changed.rowcount == 1


async def end_all(tx: Transaction, tenant_id: TenantId, *, now: datetime, error: str) -> None:
    """Ends those that are not made yet. Who makes one notices it, and lets it go."""
    await tx.execute(
        text(
            """UPDATE tenant_exports SET status = 'failed', ended_at = :now, error = :error
               WHERE tenant_id = :tenant_id AND status = 'pending'"""
        ),
        {"tenant_id": tenant_id, "now": now, "error": error},
    )


async def let_go(tx: Transaction, tenant_id: TenantId, export: TenantExport) -> None:
    """Says that this attempt writes nothing any more, of an export that has ended meanwhile."""
    await tx.execute(
        text(
            """UPDATE tenant_exports SET leased_until = NULL
               WHERE tenant_id = :tenant_id AND export_id = :export_id AND status = 'failed' AND attempts = :attempts"""
        ),
        {"tenant_id": tenant_id, "export_id": export.export_id, "attempts": export.attempts},
    )


async def held(tx: Transaction, tenant_id: TenantId, *, as_of: datetime) -> int:
    """How many exports somebody works on now, those included that have ended meanwhile."""
    rows = await tx.execute(
        text("SELECT count(*) FROM tenant_exports WHERE tenant_id = :tenant_id AND leased_until > :as_of"),
        {"tenant_id": tenant_id, "as_of": as_of},
    )
    return int(rows.scalar_one())


async def expire(tx: Transaction, tenant_id: TenantId, export_id: ExportId) -> None:
    """Its object is gone."""
    await tx.execute(
        text(
            """UPDATE tenant_exports SET status = 'expired', leased_until = NULL
               WHERE tenant_id = :tenant_id AND export_id = :export_id AND status = 'ready'"""
        ),
        {"tenant_id": tenant_id, "export_id": export_id},
    )
