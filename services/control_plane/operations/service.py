"""Breakers, which belong to the platform; nobody resets one without a trace in the audit log."""

from control_plane.dependencies import Resources
from control_plane.identity.callers import Caller
from foundation.contracts.operations import Breaker
from foundation.domain.errors import NotFound
from foundation.storage import audit


async def breaker(held: Resources, provider: str, model: str) -> Breaker:
    for known in await held.gateway.breakers():
        if (known.provider, known.model) == (provider, model):
            return known
    raise NotFound("no call has gone to such a provider and model yet")


async def reset(held: Resources, caller: Caller, provider: str, model: str) -> Breaker:
    """The audit row is committed before the gateway is asked: it says who wanted it, also when that then failed."""
    known = await breaker(held, provider, model)
    async with held.database.tenant(caller.tenant_id) as tx:
        target = f"{provider}/{model}"
        detail = {"state": known.state, "why": known.why}
        await audit.record(
            tx, caller.tenant_id, actor=caller.actor, action="breaker.reset", target=target, detail=detail
        )
    return await held.gateway.reset(known)
