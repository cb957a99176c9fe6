"""Looks again at tenants that are deleted, and removes what has come late; several processes share the work.

A form that was signed before opens until it lapses, and a process that froze in the middle of a call goes on after any
time. Nothing of that can be waited for, so it is looked for: the longer ago the deletion is, the more seldom.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from control_plane.gateway_client.client import GatewayClient
from foundation.cloud.live_text.base import LiveText
from foundation.cloud.objects.base import ObjectStore
from foundation.cloud.objects.keys import prefixes_of_tenant
from foundation.domain.errors import LockstepError
from foundation.domain.ids import TenantId
from foundation.storage.leaving import late
from foundation.storage.people import audit
from foundation.storage.session.database import Database
from foundation.telemetry.background import every, going_on, utc_now
from foundation.telemetry.logs import bind, logger

FIRST_LOOK = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(days=1)
LOOKED_FOR = timedelta(days=30)
_PACE_SECONDS = 5.0
_AT_ONCE = 20
_LEASE = timedelta(minutes=2)
_LOOKER = "system:deletions"

_log = logger(__name__)


@dataclass
class LateLooks:
    """Of one process. One that dies leaves a moment at which another looks."""

    database: Database
    objects: ObjectStore
    gateway: GatewayClient
    live_text: LiveText
    now: Callable[[], datetime] = utc_now

    async def run(self) -> None:
        await every(_PACE_SECONDS, self.round, tolerate=(LockstepError, OSError), busy_seconds=0)()

    async def round(self) -> bool:
        """Whether more than one round may attend to was found."""
        async with self.database.across_tenants(reason="of which deleted tenants something may have come late") as tx:
            found = await late.to_look_at(tx, as_of=self.now(), most=_AT_ONCE)
        for tenant_id in found:
            with bind(tenant_id=tenant_id), going_on("what comes late of a deleted tenant is looked for again"):
                await self._look(tenant_id)
        return len(found) == _AT_ONCE

    async def _look(self, tenant_id: TenantId) -> None:
        now = self.now()
        async with self.database.tenant(tenant_id) as tx:
            ended_at = await late.lease_look(tx, tenant_id, as_of=now, until=now + _LEASE)
        if ended_at is None:
            return
        objects = sum([await self.objects.erase(prefix) for prefix in prefixes_of_tenant(tenant_id)])
        forgotten = await self.gateway.forget_tenant(tenant_id)
        redis = forgotten.keys + await self.live_text.forget(tenant_id)
        removed = {name: count for name, count in (("objects", objects), ("redis", redis)) if count}
        look_at = now + FIRST_LOOK if forgotten.is_open else next_look(now, ended_at)
        async with self.database.tenant(tenant_id) as tx:
            await late.note_look(tx, tenant_id, look_at=look_at)
            if removed:
                detail = {"removed": removed}
                await audit.record_operator(
                    tx, actor=_LOOKER, action="tenant.late_removed", target=str(tenant_id), detail=detail
                )
        if removed:
            _log.warning("something has come late of a tenant that is deleted", extra={"removed": removed})


def next_look(now: datetime, ended_at: datetime) -> datetime | None:
    """After a quarter of the time since the deletion ended; None once nothing is looked for any more."""
    age = now - ended_at
    return None if age >= LOOKED_FOR else now + min(max(age / 4, FIRST_LOOK), LONGEST_PAUSE)
