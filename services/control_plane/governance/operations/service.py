"""Breakers and alerts belong to the platform: operators see and change them, tenants see what concerns their calls."""

from control_plane.identity.callers import ApiCaller, Operator
from control_plane.resources import AppResources
from foundation.contracts.gateway.operations import Breaker, OperationsEntry
from foundation.domain.errors import NotFound
from foundation.storage.ledger import usage
from foundation.storage.people import audit

_CALLED_DAYS = 31
"""A model that a tenant has called within this time concerns it."""
_ENTRIES_READ = 500
"""As many as the gateway keeps at most: a tenant's own are picked out of them."""


async def breakers(app: AppResources, caller: Operator | ApiCaller) -> list[Breaker]:
    every_breaker = await app.gateway.breakers()
    if isinstance(caller, Operator):
        return every_breaker
    called = await _models_called(app, caller)
    return [one for one in every_breaker if (one.provider, one.model) in called]


async def breaker(app: AppResources, caller: Operator | ApiCaller, provider: str, model: str) -> Breaker:
    for one in await breakers(app, caller):
        if (one.provider, one.model) == (provider, model):
            return one
    remedy = "GET /api/v1/breakers lists those that are known"
    raise NotFound("no call has gone to such a provider and model yet", remedy=remedy)


async def reset(app: AppResources, caller: Operator, provider: str, model: str) -> Breaker:
    """Closes a breaker in every gateway.

    The audit row is committed before the gateway is asked, so that it stands also when the gateway does not answer.
    """
    before = await breaker(app, caller, provider, model)
    async with app.database.across_tenants(reason="an operator acts in no tenant") as tx:
        await audit.record_operator(
            tx,
            actor=caller.actor,
            action="breaker.reset",
            target=f"{provider}/{model}",
            detail={"state": before.state, "why": before.why},
        )
    return await app.gateway.reset(before)


async def latest(app: AppResources, caller: Operator | ApiCaller, *, most: int) -> list[OperationsEntry]:
    """Newest first; of a tenant's, those of its calls and of the breakers of its models."""
    if isinstance(caller, Operator):
        return await app.gateway.latest(None, most=most)
    entries = await app.gateway.latest(caller.tenant_id, most=_ENTRIES_READ)
    called = {f"{provider}/{model}" for provider, model in await _models_called(app, caller)}
    return [entry for entry in entries if entry.kind != "breaker" or entry.name in called][:most]


async def _models_called(app: AppResources, caller: ApiCaller) -> set[tuple[str, str]]:
    async with app.database.tenant(caller.tenant_id) as tx:
        return await usage.models_called(tx, caller.tenant_id, days=_CALLED_DAYS)
