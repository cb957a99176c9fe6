"""Engages and lifts kill switches. What follows for runs is done by the loop that parks them (`parking.py`)."""

from datetime import UTC, datetime

from control_plane.governance.kill_switch.schemas import KillSwitchChange, KillSwitchView, TenantSwitchView
from control_plane.identity.callers import ApiCaller, Operator
from control_plane.requests.etags import require_content
from control_plane.resources import AppResources
from control_plane.webhook_sending.tenant_events import tell
from foundation.domain.ids import TenantId
from foundation.domain.run_events import TenantEventType
from foundation.storage.leaving import deletions
from foundation.storage.limits import kill_switches
from foundation.storage.limits.kill_switches import SwitchScope
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected


async def of_tenant(tx: Transaction, tenant_id: TenantId) -> TenantSwitchView:
    by_scope = {switch.scope: switch for switch in await kill_switches.engaged(tx, tenant_id)}
    return TenantSwitchView.beside(by_scope.get(SwitchScope.TENANT), by_scope.get(SwitchScope.PLATFORM))


async def set_of_tenant(
    tx: Transaction, caller: ApiCaller, wanted: KillSwitchChange, *, expected: Expected
) -> TenantSwitchView:
    """A switch that is engaged already gets the new reason; one that is lifted already stays so."""
    tenant_id = caller.tenant_id
    await kill_switches.lock(tx, tenant_id)
    require_content("kill switch", (await of_tenant(tx, tenant_id)).own(), expected)
    if wanted.reason is not None:
        changed = await kill_switches.engage(tx, tenant_id, reason=wanted.reason, by=caller.actor)
        kind = TenantEventType.KILL_SWITCH_ENGAGED
    else:
        await deletions.require_none_running(tx, tenant_id)
        changed = await kill_switches.lift(tx, tenant_id)
        kind = TenantEventType.KILL_SWITCH_LIFTED
    detail = {"engaged": wanted.engaged, "reason": wanted.reason}
    await audit.record(tx, tenant_id, actor=caller.actor, action=kind, target=str(tenant_id), detail=detail)
    if changed:
        data = {"reason": wanted.reason, "actor": caller.actor}
        await tell(tx, tenant_id, kind, at=datetime.now(UTC), data=data)
    return await of_tenant(tx, tenant_id)


async def of_platform(app: AppResources) -> KillSwitchView:
    async with app.database.across_tenants(reason="the platform's kill switch belongs to no tenant") as tx:
        return KillSwitchView.of(await kill_switches.platforms(tx))


async def set_of_platform(
    app: AppResources, caller: Operator, wanted: KillSwitchChange, *, expected: Expected
) -> KillSwitchView:
    async with app.database.across_tenants(reason="the platform's kill switch belongs to no tenant") as tx:
        await kill_switches.lock(tx, None)
        now = KillSwitchView.of(await kill_switches.platforms(tx))
        require_content("kill switch", now.own(), expected)
        if wanted.reason is not None:
            await kill_switches.engage_platforms(tx, reason=wanted.reason, by=caller.actor)
            action = TenantEventType.KILL_SWITCH_ENGAGED
        else:
            await kill_switches.lift_platforms(tx)
            action = TenantEventType.KILL_SWITCH_LIFTED
        detail = {"engaged": wanted.engaged, "reason": wanted.reason}
        await audit.record_operator(tx, actor=caller.actor, action=action, target="platform", detail=detail)
        return KillSwitchView.of(await kill_switches.platforms(tx))
