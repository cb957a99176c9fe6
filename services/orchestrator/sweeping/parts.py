"""Removes the parts that no checkpoint names any more, tenant by tenant."""

from foundation.domain.errors import LockstepError
from foundation.domain.ids import TenantId
from foundation.storage.execution.checkpoints import unnamed
from foundation.storage.session.database import Database
from foundation.telemetry.background import every
from foundation.telemetry.logs import bind, logger

_log = logger(__name__)
_EVERY_SECONDS = 60.0
_TENANTS_AT_ONCE = 20
_PARTS_AT_ONCE = 500


class PartsSweeper:
    """Looks for tenants with the sweeper's login (which may only read), removes in each as the orchestrator."""

    def __init__(self, look: Database, act: Database) -> None:
        self._look = look
        self._act = act

    async def run(self) -> None:
        """Sweeps until cancelled."""
        await every(_EVERY_SECONDS, self.sweep, tolerate=(LockstepError, OSError))()

    async def sweep(self) -> None:
        """A tenant that cannot be swept now is swept the next time, and hides no other one."""
        async with self._look.across_tenants(reason="parts that are named no more belong to any tenant") as tx:
            tenants = await unnamed.tenants_with_notes(tx, limit=_TENANTS_AT_ONCE)
        for tenant_id in tenants:
            with bind(tenant_id=tenant_id):
                try:
                    await self._sweep(tenant_id)
                except (LockstepError, OSError) as error:
                    extra = {"error": type(error).__name__}
                    _log.warning("parts could not be removed, and will be tried again", extra=extra)

    async def _sweep(self, tenant_id: TenantId) -> None:
        async with self._act.tenant(tenant_id) as tx:
            removed = await unnamed.remove_unnamed(tx, tenant_id, limit=_PARTS_AT_ONCE)
        if removed:
            _log.info("removed parts that no checkpoint names", extra={"parts": removed})
