"""Tells of accesses whose time is over. Nothing is read by one from that moment on, told or not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from control_plane.governance.break_glass import service
from foundation.domain.errors import LockstepError
from foundation.storage.audit import break_glass
from foundation.storage.session.database import Database
from foundation.telemetry.background import every, going_on, utc_now
from foundation.telemetry.logs import bind

_PACE_SECONDS = 5.0
_BREATH_SECONDS = 0.25
_AT_ONCE = 100


@dataclass
class AccessEnding:
    """Several processes share the work: an access is ended once, by whoever comes first."""

    database: Database
    now: Callable[[], datetime] = utc_now

    async def run(self) -> None:
        await every(_PACE_SECONDS, self.round, tolerate=(LockstepError, OSError), busy_seconds=_BREATH_SECONDS)()

    async def round(self) -> bool:
        """Whether there were more than one round may end."""
        async with self.database.across_tenants(reason="which accesses have run out") as tx:
            found = await break_glass.to_end(tx, as_of=self.now(), most=_AT_ONCE)
        for tenant_id, access_id in found:
            with bind(tenant_id=tenant_id), going_on("the end of an access could not be told"):
                async with self.database.tenant(tenant_id) as tx:
                    await service.end_and_tell(tx, tenant_id, access_id, by=service.ENDED_BY_TIME)
        return len(found) == _AT_ONCE
