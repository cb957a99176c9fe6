"""Refuses what would begin while a kill switch is engaged."""

from foundation.domain.errors import KillSwitchEngaged
from foundation.domain.ids import TenantId
from foundation.storage.limits import kill_switches
from foundation.storage.session.database import Transaction


async def require_no_kill_switch(tx: Transaction, tenant_id: TenantId) -> None:
    """`KillSwitchEngaged`, with its reason and who may lift it, while one stops the tenant."""
    for switch in await kill_switches.engaged(tx, tenant_id):
        raise KillSwitchEngaged(switch.in_words(), scope=switch.scope, remedy=switch.lifted_by())
