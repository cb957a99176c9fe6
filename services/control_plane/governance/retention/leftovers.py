"""Removes what forms have written and nobody has made an artifact of.

A worker removes what a job sent when it has recorded the job's result, and whoever makes an upload final removes that.
What stays was sent again by a form that was still good, or belongs to a result that was never recorded. A worker that
ended at that moment may have copied from it: then there is a final object that no row names, and it goes as well.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from foundation.cloud.objects.base import ObjectStore
from foundation.cloud.objects.keys import INCOMING, Incoming, final_folder, job_folder, read_incoming
from foundation.domain.errors import LockstepError
from foundation.domain.ids import JobId, TenantId
from foundation.storage import artifacts
from foundation.storage.session.database import Database
from foundation.telemetry.background import every, going_on, utc_now
from foundation.telemetry.logs import bind, logger

LEFT_AFTER = timedelta(days=1)
"""No form lasts as long, and no worker waits as long before it records what a job has left."""
_PACE_SECONDS = 1800.0
_AT_ONCE = 1000

_log = logger(__name__)


@dataclass
class LeftoverSweeping:
    """Of one process. What several remove at once is removed once."""

    database: Database
    objects: ObjectStore
    now: Callable[[], datetime] = utc_now

    async def run(self) -> None:
        await every(_PACE_SECONDS, self.round, tolerate=(LockstepError, OSError), busy_seconds=0)()

    async def round(self) -> bool:
        """Whether there may be more of what one round has removed."""
        keys = await self.objects.keys(INCOMING, written_by=self.now() - LEFT_AFTER, most=_AT_ONCE)
        of_tenants, removed = defaultdict[TenantId, list[tuple[str, Incoming]]](list), 0
        for key in keys:
            if (read := read_incoming(key)) is None:
                await self.objects.purge(key)
                removed += 1
            else:
                of_tenants[read.tenant_id].append((key, read))
        for tenant_id, found in of_tenants.items():
            with bind(tenant_id=tenant_id), going_on("what forms have left could not be removed"):
                removed += await self._of_tenant(tenant_id, found)
        if removed:
            _log.info("what forms have left was removed", extra={"objects": removed})
        return removed > 0 and len(keys) == _AT_ONCE

    async def _of_tenant(self, tenant_id: TenantId, found: list[tuple[str, Incoming]]) -> int:
        """How many objects went."""
        uploads = [read.upload for _, read in found if read.upload is not None]
        async with self.database.tenant(tenant_id) as tx:
            waited_for = await artifacts.waited_for(tx, tenant_id, uploads)
        removed = 0
        for key, read in found:
            if read.upload is not None and read.upload not in waited_for:
                await self.objects.purge(key)
                removed += 1
        for job_id in {read.job for _, read in found if read.job is not None}:
            removed += await self._of_job(tenant_id, job_id)
        return removed

    async def _of_job(self, tenant_id: TenantId, job_id: JobId) -> int:
        copied = await self.objects.keys(final_folder(tenant_id, job_id), written_by=self.now() - LEFT_AFTER)
        async with self.database.tenant(tenant_id) as tx:
            named = await artifacts.named(tx, tenant_id, copied)
        orphans = [key for key in copied if key not in named]
        for key in orphans:
            await self.objects.purge(key)
        return len(orphans) + await self.objects.erase(job_folder(tenant_id, job_id))
