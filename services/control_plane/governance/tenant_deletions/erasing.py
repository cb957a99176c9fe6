"""Deletes tenants whose time of grace is over, phase by phase; several processes share the work.

Where a deletion stands is in its row, and each phase can be done again: a process that dies leaves its lease, which
lapses, and another goes on in the same phase. What the database counts of removed rows is written with their removal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from control_plane.gateway_client.client import GatewayClient
from control_plane.governance.tenant_deletions.late import FIRST_LOOK
from control_plane.governance.tenant_deletions.stopping import Stopping
from control_plane.identity.deletion_certificates import KEPT, KIND, LATE, DeletionCertificates
from foundation.cloud.live_text.base import LiveText
from foundation.cloud.objects.base import ObjectStore
from foundation.cloud.objects.keys import prefixes_of_tenant
from foundation.domain.errors import LockstepError
from foundation.domain.ids import TenantId
from foundation.storage.leaving import deletions
from foundation.storage.leaving.deletions import LEDGER, DeletionPhase, TenantDeletion
from foundation.storage.people import audit
from foundation.storage.session.database import Database
from foundation.telemetry.background import every, going_on, utc_now
from foundation.telemetry.logs import bind, logger

ERASED_AT_ONCE = 2000
"""Rows a transaction."""
DELETER = "system:deletions"
_PACE_SECONDS = 5.0
_AT_ONCE = 10
_LEASE = timedelta(minutes=2)
_PAUSE = timedelta(seconds=5)

_log = logger(__name__)


@dataclass
class Erasing:
    """Of one process."""

    database: Database
    objects: ObjectStore
    gateway: GatewayClient
    live_text: LiveText
    certificates: DeletionCertificates
    stopping: Stopping
    now: Callable[[], datetime] = utc_now
    at_once: int = ERASED_AT_ONCE

    async def run(self) -> None:
        await every(_PACE_SECONDS, self.round, tolerate=(LockstepError, OSError), busy_seconds=0)()

    async def round(self) -> bool:
        """Whether more than one round may attend to was found."""
        async with self.database.across_tenants(reason="which tenants are to be deleted") as tx:
            found = await deletions.with_work(tx, as_of=self.now(), most=_AT_ONCE)
        for tenant_id in found:
            with bind(tenant_id=tenant_id), going_on("a deletion waits for what it depends on"):
                await self._attend(tenant_id)
        return len(found) == _AT_ONCE

    async def _attend(self, tenant_id: TenantId) -> None:
        now = self.now()
        async with self.database.tenant(tenant_id) as tx:
            deletion = await deletions.lease(tx, tenant_id, as_of=now, until=now + _LEASE)
        phase = None if deletion is None else deletion.phase
        while phase is not None:
            phase = await self._next(tenant_id, phase)

    async def _next(self, tenant_id: TenantId, phase: DeletionPhase) -> DeletionPhase | None:
        """Does what the phase is about; the phase that follows, or None where it is over, or has to wait."""
        match phase:
            case DeletionPhase.STOPPING:
                waits_for = await self.stopping.what_remains(tenant_id, now=self.now())
                if waits_for is not None:
                    await self._wait(tenant_id, phase, waits_for)
                    return None
                return await self._noted(tenant_id, DeletionPhase.OBJECTS)
            case DeletionPhase.OBJECTS:
                removed = sum([await self.objects.erase(prefix) for prefix in prefixes_of_tenant(tenant_id)])
                return await self._noted(tenant_id, DeletionPhase.CACHES, {"objects": removed})
            case DeletionPhase.CACHES:
                return await self._forget(tenant_id)
            case DeletionPhase.ROWS:
                return await self._erase(tenant_id)
            case DeletionPhase.VERIFYING:
                return await self._verify(tenant_id)

    async def _forget(self, tenant_id: TenantId) -> DeletionPhase | None:
        forgotten = await self.gateway.forget_tenant(tenant_id)
        if forgotten.is_open:
            await self._wait(tenant_id, DeletionPhase.CACHES, "calls of models that are not settled or recorded yet")
            return None
        texts = await self.live_text.forget(tenant_id)
        return await self._noted(tenant_id, DeletionPhase.ROWS, {"redis": forgotten.keys + texts})

    async def _erase(self, tenant_id: TenantId) -> DeletionPhase:
        while True:
            now = self.now()
            async with self.database.tenant(tenant_id) as tx:
                removed = await deletions.erase_part(tx, most=self.at_once)
                phase = DeletionPhase.ROWS if removed else DeletionPhase.VERIFYING
                await deletions.note(tx, tenant_id, phase=phase, until=now + _LEASE, removed=removed)
            if not removed:
                return DeletionPhase.VERIFYING

    async def _verify(self, tenant_id: TenantId) -> DeletionPhase | None:
        """Counts what is left everywhere; if anything is, somebody wrote it meanwhile, and it is removed again."""
        objects = sum([await self.objects.count(prefix) for prefix in prefixes_of_tenant(tenant_id)])
        forgotten = await self.gateway.forget_tenant(tenant_id)
        redis = forgotten.keys + forgotten.is_open + await self.live_text.forget(tenant_id)
        now = self.now()
        async with self.database.tenant(tenant_id) as tx:
            rows = await deletions.rows_left(tx)
            left = {name: count for name, count in rows.items() if count and name != LEDGER}
            left |= {name: count for name, count in (("objects", objects), ("redis", redis)) if count}
            deletion = await deletions.get(tx, tenant_id, lock=True)
            if deletion is None or deletion.phase is not DeletionPhase.VERIFYING:
                return None
            if not left:
                claims = _claims(deletion, now=now, checked=sorted(rows), ledger=rows.get(LEDGER, 0))
                certificate = self.certificates.sign(claims)
                look_at = now + FIRST_LOOK
                await deletions.complete(tx, tenant_id, certificate=certificate, now=now, look_at=look_at)
                detail = {"deletion_id": str(deletion.deletion_id), "removed": deletion.removed}
                await audit.record_operator(
                    tx, actor=DELETER, action="tenant.deleted", target=str(tenant_id), detail=detail
                )
                return None
        _log.warning("something was written of a tenant that is being deleted", extra={"left": left})
        return await self._noted(tenant_id, DeletionPhase.OBJECTS)

    async def _noted(
        self, tenant_id: TenantId, phase: DeletionPhase, removed: dict[str, int] | None = None
    ) -> DeletionPhase:
        until = self.now() + _LEASE
        async with self.database.tenant(tenant_id) as tx:
            await deletions.note(tx, tenant_id, phase=phase, until=until, removed=removed)
        return phase

    async def _wait(self, tenant_id: TenantId, phase: DeletionPhase, waits_for: str) -> None:
        until = self.now() + _PAUSE
        async with self.database.tenant(tenant_id) as tx:
            await deletions.note(tx, tenant_id, phase=phase, until=until, waits_for=waits_for)


def _claims(deletion: TenantDeletion, *, now: datetime, checked: list[str], ledger: int) -> dict[str, Any]:
    return {
        "kind": KIND,
        "deletion_id": str(deletion.deletion_id),
        "tenant_id": str(deletion.tenant_id),
        "requested_by": deletion.requested_by,
        "requested_at": deletion.requested_at.isoformat(),
        "started_at": deletion.started_at.isoformat() if deletion.started_at else None,
        "ended_at": now.isoformat(),
        "removed": deletion.removed,
        "verified_empty": [*(name for name in checked if name != LEDGER), "objects", "redis"],
        "kept": KEPT,
        "late": LATE,
        "ledger_rows": ledger,
    }
