"""Makes exports that were asked for, and removes those that have expired; several processes share the work."""

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from control_plane.governance.tenant_exports.archive import TenantArchive
from foundation.cloud.objects.base import ObjectStore
from foundation.domain.errors import Conflict, LockstepError
from foundation.domain.ids import ExportId, TenantId
from foundation.storage.leaving import exports
from foundation.storage.leaving.exports import ExportStatus, TenantExport
from foundation.storage.people import audit
from foundation.storage.session.database import Database, Transaction
from foundation.telemetry.background import every, going_on, utc_now
from foundation.telemetry.logs import bind, logger

KEPT_EXPORT_HOURS = 24
MOST_EXPORT_ATTEMPTS = 5
_PACE_SECONDS = 5.0
_AT_ONCE = 20
_LEASE = timedelta(minutes=10)
_DIGESTED = 1024 * 1024
_MAKER = "system:exports"

_log = logger(__name__)


class _TakenOver(Conflict):
    """The lease had lapsed, and another process makes the export now."""


@dataclass
class ExportMaking:
    """Of one process. A process that dies leaves its lease, which lapses; the archive is then made anew by another."""

    database: Database
    objects: ObjectStore
    now: Callable[[], datetime] = utc_now

    async def run(self) -> None:
        await every(_PACE_SECONDS, self.round, tolerate=(LockstepError, OSError), busy_seconds=0)()

    async def round(self) -> bool:
        """Whether there was something to be done."""
        async with self.database.across_tenants(reason="which exports have something to be done") as tx:
            found = await exports.with_work(tx, as_of=self.now(), most=_AT_ONCE)
        for tenant_id, export_id in found:
            with bind(tenant_id=tenant_id, export_id=export_id), going_on("an export waits for what it depends on"):
                await self._attend(tenant_id, export_id)
        return bool(found)

    async def _attend(self, tenant_id: TenantId, export_id: ExportId) -> None:
        now = self.now()
        async with self.database.tenant(tenant_id) as tx:
            export = await exports.lease(tx, tenant_id, export_id, as_of=now, until=now + _LEASE)
        if export is None:
            return
        if export.status is ExportStatus.READY:
            await self._remove(tenant_id, export)
            return
        try:
            await self._make(tenant_id, export)
        except _TakenOver:
            _log.info("an export is not made here any more: another process makes it, or the tenant is being deleted")
        except (LockstepError, OSError) as error:
            _log.warning("an export could not be made", exc_info=error)
            await self._failed(tenant_id, export)
        async with self.database.tenant(tenant_id) as tx:
            await exports.let_go(tx, tenant_id, export)

    async def _make(self, tenant_id: TenantId, export: TenantExport) -> None:
        async def still_ours() -> None:
            async with self.database.tenant(tenant_id) as tx:
                if not await exports.renew(tx, tenant_id, export, until=self.now() + _LEASE):
                    raise _TakenOver("another process makes this export")

        key = exports.key_of(tenant_id, export)
        # The file has no name in any folder: whoever dies leaves nothing of the tenant on the disk.
        with tempfile.TemporaryFile() as file:
            path = Path(f"/proc/self/fd/{file.fileno()}")
            archive = TenantArchive(self.database, self.objects, tenant_id, export.export_id, still_ours)
            await archive.write(path, as_of=self.now())
            size, sha256 = _measured(path)
            await still_ours()
            await self.objects.put_file(key, path, content_type="application/zip")
        now = self.now()
        async with self.database.tenant(tenant_id) as tx:
            expires_at = now + timedelta(hours=KEPT_EXPORT_HOURS)
            is_ready = await exports.end(
                tx, tenant_id, export, now=now, expires_at=expires_at, size=size, sha256=sha256
            )
            if is_ready:
                await self._record(tenant_id, export, "tenant.export_ready", tx)
        if not is_ready:
            # Taken over, or ended by the deletion of the tenant: nothing names what was stored here.
            await self.objects.purge(key)

    async def _failed(self, tenant_id: TenantId, export: TenantExport) -> None:
        """Tried again when the lease has lapsed; given up after the last attempt."""
        if export.attempts < MOST_EXPORT_ATTEMPTS:
            return
        async with self.database.tenant(tenant_id) as tx:
            error = "the archive could not be made; the platform's log has the cause. Ask for another export."
            if await exports.end(tx, tenant_id, export, now=self.now(), error=error):
                await self._record(tenant_id, export, "tenant.export_failed", tx)

    async def _remove(self, tenant_id: TenantId, export: TenantExport) -> None:
        await self.objects.erase(exports.folder_of(tenant_id, export.export_id))
        async with self.database.tenant(tenant_id) as tx:
            await exports.expire(tx, tenant_id, export.export_id)

    async def _record(self, tenant_id: TenantId, export: TenantExport, action: str, tx: Transaction) -> None:
        await audit.record(tx, tenant_id, actor=_MAKER, action=action, target=str(export.export_id))


def _measured(path: Path) -> tuple[int, bytes]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_DIGESTED):
            digest.update(piece)
    return path.stat().st_size, digest.digest()
