"""Parks the runs that a kill switch stops, as a pause does, and has them go on when it is lifted.

PostgreSQL is asked every second or two which runs stand otherwise than the switches say; so it does not matter which
process engaged one, who died meanwhile, or who has opened a run again that should stand still.
"""

from dataclasses import dataclass

from foundation.contracts.run_events import RunPaused
from foundation.domain.errors import LockstepError
from foundation.domain.ids import RunId, TenantId
from foundation.domain.states import PauseReason, RunStatus
from foundation.storage.limits import kill_switches
from foundation.storage.session.database import Database
from foundation.telemetry.background import every
from foundation.telemetry.logs import bind
from foundation.workflow import run_control

_PACE_SECONDS = 2.0
_AT_ONCE = 200


@dataclass
class Parking:
    """Of one process; several do the same work, and whoever comes second finds a run as it should be."""

    database: Database

    async def run(self) -> None:
        """Until it is cancelled; idle it asks two questions every two seconds."""
        await every(_PACE_SECONDS, self.round, tolerate=(LockstepError, OSError), busy_seconds=0)()

    async def round(self) -> bool:
        """Whether more is left to be done."""
        async with self.database.across_tenants(reason="which runs stand otherwise than kill switches say") as tx:
            parked = await kill_switches.to_park(tx, most=_AT_ONCE)
            going_on = await kill_switches.to_go_on(tx, most=_AT_ONCE)
        for tenant_id, run_id in (*parked, *going_on):
            with bind(tenant_id=tenant_id, run_id=run_id):
                await self._settle(tenant_id, run_id)
        return _AT_ONCE in {len(parked), len(going_on)}

    async def _settle(self, tenant_id: TenantId, run_id: RunId) -> None:
        """Reads again what holds now, with the run locked: somebody may have engaged or lifted a switch meanwhile."""
        async with self.database.tenant(tenant_id) as tx:
            run = await run_control.lock_run_and_unfinished_steps(tx, tenant_id, run_id)
            if run is None or run.status.is_terminal:
                return
            switches = await kill_switches.engaged(tx, tenant_id)
            if switches and run.status is not RunStatus.PAUSED:
                paused = RunPaused(
                    reason=PauseReason.KILL_SWITCH, scope=switches[0].scope, detail=switches[0].in_words()
                )
                await run_control.pause(tx, run, paused)
            elif not switches and run.pause_reason is PauseReason.KILL_SWITCH:
                await run_control.go_on(tx, run, reason="the kill switch was lifted")
