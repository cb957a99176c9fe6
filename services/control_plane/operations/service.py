"""Breakers and alerts belong to the platform: operators see and change them, tenants see what concerns their calls."""

from control_plane.identity.callers import Caller, Operator
from control_plane.resources import AppResources
from foundation.contracts.gateway.operations import Breaker, OperationsEntry
from foundation.domain.errors import NotFound
from foundation.storage.ledger import usage
from foundation.storage.people import audit

_CALLED_DAYS = 31
"""A model that a tenant has called within this time concerns it."""
_LOOKED_AT = 500


async def breakers(app: AppResources, caller: Operator | Caller) -> list[Breaker]:
    known = await app.gateway.breakers()
    if isinstance(caller, Operator):
        return known
    called = await _called(app, caller)
    return [one for one in known if (one.provider, one.model) in called]


async def breaker(app: AppResources, caller: Operator | Caller, provider: str, model: str) -> Breaker:
    for known in await breakers(app, caller):
        if (known.provider, known.model) == (provider, model):
            return known
    raise NotFound("no call has gone to such a provider and model yet")


async def reset(app: AppResources, caller: Operator, provider: str, model: str) -> Breaker:
    """The audit row is committed before the gateway is asked: it says who wanted it, also when that then failed."""
    known = await breaker(app, caller, provider, model)
    async with app.database.across_tenants(reason="an operator acts in no tenant") as tx:
        await audit.record_operator(
            tx,
            actor=caller.actor,
            action="breaker.reset",
            target=f"{provider}/{model}",
            detail={"state": known.state, "why": known.why},
        )
    return await app.gateway.reset(known)


async def latest(app: AppResources, caller: Operator | Caller, *, most: int) -> list[OperationsEntry]:
    """Newest first; of a tenant's, those of its calls and of the breakers of its models."""
    if isinstance(caller, Operator):
        return await app.gateway.latest(None, most=most)
    found = await app.gateway.latest(caller.tenant_id, most=_LOOKED_AT)
    called = {f"{provider}/{model}" for provider, model in await _called(app, caller)}
    return [entry for entry in found if entry.kind != "breaker" or entry.name in called][:most]


async def _called(app: AppResources, caller: Caller) -> set[tuple[str, str]]:
    async with app.database.tenant(caller.tenant_id) as tx:
        return await usage.models_called(tx, caller.tenant_id, days=_CALLED_DAYS)
