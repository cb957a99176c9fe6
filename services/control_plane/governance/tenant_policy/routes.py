"""`/limits`, `/budget-policy`, `/concurrency` and `/egress-policy`."""

from fastapi import Response

from control_plane.dependencies import (
    BudgetReader,
    BudgetWriter,
    EgressReader,
    EgressWriter,
    IfMatch,
    LimitReader,
    LimitWriter,
    PutConditions,
    Tx,
)
from control_plane.governance.tenant_policy import resources, service
from control_plane.governance.tenant_policy.schemas import NewEgressPolicy, ResourceList
from control_plane.rooms import RoomRouter
from foundation.contracts.concurrency import ConcurrencyPolicy
from foundation.contracts.egress.policy import EgressPolicy
from foundation.contracts.gateway.budget_policy import BudgetPolicy
from foundation.contracts.gateway.rate_limits import RateLimits
from foundation.http.openapi import refusals

router = RoomRouter()

_LIMITS = "limits"
_CONCURRENCY = "concurrency"
_EGRESS = "egress"
_POLICY = ("bounds", "redis_away")
"""The members of a tenant's settings that make up its budget policy."""


@router.get(
    "/limits",
    tags=["limits"],
    summary="What the tenant changed of the shipped limits",
    response_model_exclude_unset=True,
    operation_id="get_limits",
    responses=refusals(409),
)
async def get_limits(caller: LimitReader, tx: Tx, response: Response) -> RateLimits:
    settings, response.headers["ETag"] = await service.read_tagged(tx, caller, [_LIMITS])
    return service.as_kind(settings.get(_LIMITS) or {}, RateLimits)


@router.put(
    "/limits",
    tags=["limits"],
    summary="Change the shipped limits; null means no limit, what is left out stays as shipped",
    response_model_exclude_unset=True,
    operation_id="put_limits",
    responses=refusals(412, 413, 415),
)
async def put_limits(
    body: RateLimits, caller: LimitWriter, tx: Tx, response: Response, conditions: PutConditions
) -> RateLimits:
    await service.require_seen(tx, caller, [_LIMITS], conditions)
    await service.replace(tx, caller, {_LIMITS: body}, action="limits.put")
    _, response.headers["ETag"] = await service.read_tagged(tx, caller, [_LIMITS])
    return body


@router.delete(
    "/limits",
    tags=["limits"],
    status_code=204,
    summary="Go back to the shipped limits",
    operation_id="delete_limits",
    responses=refusals(412),
)
async def delete_limits(caller: LimitWriter, tx: Tx, if_match: IfMatch) -> None:
    await service.require_seen(tx, caller, [_LIMITS], if_match)
    await service.remove(tx, caller, [_LIMITS], action="limits.delete")


@router.get(
    "/budget-policy",
    tags=["budgets"],
    summary="How calls are bounded, and what holds while budgets cannot be checked",
    operation_id="get_budget_policy",
    responses=refusals(409),
)
async def get_budget_policy(caller: BudgetReader, tx: Tx, response: Response) -> BudgetPolicy:
    settings, response.headers["ETag"] = await service.read_tagged(tx, caller, _POLICY)
    return service.as_kind({name: settings.get(name) for name in _POLICY}, BudgetPolicy)


@router.put(
    "/budget-policy",
    tags=["budgets"],
    summary="Replace the policy; what is null or left out is as shipped",
    operation_id="put_budget_policy",
    responses=refusals(412, 413, 415),
)
async def put_budget_policy(
    body: BudgetPolicy, caller: BudgetWriter, tx: Tx, response: Response, conditions: PutConditions
) -> BudgetPolicy:
    await service.require_seen(tx, caller, _POLICY, conditions)
    members = {name: getattr(body, name) for name in _POLICY}
    await service.replace(tx, caller, members, action="budget_policy.put")
    _, response.headers["ETag"] = await service.read_tagged(tx, caller, _POLICY)
    return body


@router.delete(
    "/budget-policy",
    tags=["budgets"],
    status_code=204,
    summary="Go back to the shipped policy",
    operation_id="delete_budget_policy",
    responses=refusals(412),
)
async def delete_budget_policy(caller: BudgetWriter, tx: Tx, if_match: IfMatch) -> None:
    await service.require_seen(tx, caller, _POLICY, if_match)
    await service.remove(tx, caller, _POLICY, action="budget_policy.delete")


@router.get(
    "/concurrency",
    tags=["limits"],
    summary="How many of the tenant's steps may run at once, and the capacities that it set",
    operation_id="get_concurrency",
    responses=refusals(409),
)
async def get_concurrency(caller: LimitReader, tx: Tx, response: Response) -> ConcurrencyPolicy:
    settings, response.headers["ETag"] = await service.read_tagged(tx, caller, [_CONCURRENCY])
    return service.as_kind(settings.get(_CONCURRENCY) or {}, ConcurrencyPolicy)


@router.put(
    "/concurrency",
    tags=["limits"],
    summary="Limit the steps that run at once, and set the capacities of resources",
    operation_id="put_concurrency",
    responses=refusals(412, 413, 415),
)
async def put_concurrency(
    body: ConcurrencyPolicy, caller: LimitWriter, tx: Tx, response: Response, conditions: PutConditions
) -> ConcurrencyPolicy:
    await service.require_seen(tx, caller, [_CONCURRENCY], conditions)
    await service.replace(tx, caller, {_CONCURRENCY: body}, action="concurrency.put")
    _, response.headers["ETag"] = await service.read_tagged(tx, caller, [_CONCURRENCY])
    return body


@router.delete(
    "/concurrency",
    tags=["limits"],
    status_code=204,
    summary="Go back to the shipped capacities, without a limit on steps",
    operation_id="delete_concurrency",
    responses=refusals(412),
)
async def delete_concurrency(caller: LimitWriter, tx: Tx, if_match: IfMatch) -> None:
    await service.require_seen(tx, caller, [_CONCURRENCY], if_match)
    await service.remove(tx, caller, [_CONCURRENCY], action="concurrency.delete")


@router.get(
    "/egress-policy",
    tags=["limits"],
    summary="The hosts that the tenant's tasks may name; null where they may name any public one",
    operation_id="get_egress_policy",
    responses=refusals(409),
)
async def get_egress_policy(caller: EgressReader, tx: Tx, response: Response) -> EgressPolicy:
    settings, response.headers["ETag"] = await service.read_tagged(tx, caller, [_EGRESS])
    return service.as_kind(settings.get(_EGRESS) or {}, EgressPolicy)


@router.put(
    "/egress-policy",
    tags=["limits"],
    summary="Bound the hosts that the tenant's tasks may name and reach; those that run are held to it at once",
    operation_id="put_egress_policy",
    responses=refusals(412, 413, 415),
)
async def put_egress_policy(
    body: NewEgressPolicy, caller: EgressWriter, tx: Tx, response: Response, conditions: PutConditions
) -> EgressPolicy:
    await service.require_seen(tx, caller, [_EGRESS], conditions)
    await service.replace(tx, caller, {_EGRESS: body}, action="egress_policy.put")
    _, response.headers["ETag"] = await service.read_tagged(tx, caller, [_EGRESS])
    return EgressPolicy(hosts=body.hosts)


@router.delete(
    "/egress-policy",
    tags=["limits"],
    status_code=204,
    summary="Let the tenant's tasks name any public host again",
    operation_id="delete_egress_policy",
    responses=refusals(412),
)
async def delete_egress_policy(caller: EgressWriter, tx: Tx, if_match: IfMatch) -> None:
    await service.require_seen(tx, caller, [_EGRESS], if_match)
    await service.remove(tx, caller, [_EGRESS], action="egress_policy.delete")


@router.get(
    "/resources",
    tags=["limits"],
    summary="What the tenant's steps share: how much there is, how much is taken, how many wait for it",
    operation_id="list_resources",
)
async def list_resources(caller: LimitReader, tx: Tx) -> ResourceList:
    return ResourceList(items=await resources.shared(tx, caller))
