"""`/limits`, `/budget-policy`, `/concurrency` and `/egress-policy`."""

from fastapi import APIRouter

from control_plane.dependencies import (
    BudgetReader,
    BudgetWriter,
    EgressReader,
    EgressWriter,
    LimitReader,
    LimitWriter,
    Tx,
)
from control_plane.governance.tenant_policy import resources, service
from control_plane.governance.tenant_policy.schemas import ResourceList
from foundation.contracts.concurrency import ConcurrencyPolicy
from foundation.contracts.egress.policy import EgressPolicy, NewEgressPolicy
from foundation.contracts.gateway.budget_policy import BudgetPolicy
from foundation.contracts.gateway.rate_limits import RateLimits
from foundation.http.openapi import refusals

router = APIRouter()

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
async def get_limits(caller: LimitReader, tx: Tx) -> RateLimits:
    settings = await service.read(tx, caller)
    return service.as_kind(settings.get(_LIMITS) or {}, RateLimits)


@router.put(
    "/limits",
    tags=["limits"],
    summary="Change the shipped limits; null means no limit, what is left out stays as shipped",
    response_model_exclude_unset=True,
    operation_id="put_limits",
    responses=refusals(413, 415),
)
async def put_limits(body: RateLimits, caller: LimitWriter, tx: Tx) -> RateLimits:
    await service.replace(tx, caller, {_LIMITS: body}, action="limits.put")
    return body


@router.delete(
    "/limits",
    tags=["limits"],
    status_code=204,
    summary="Go back to the shipped limits",
    operation_id="delete_limits",
)
async def delete_limits(caller: LimitWriter, tx: Tx) -> None:
    await service.remove(tx, caller, [_LIMITS], action="limits.delete")


@router.get(
    "/budget-policy",
    tags=["budgets"],
    summary="How calls are bounded, and what holds while budgets cannot be checked",
    operation_id="get_budget_policy",
    responses=refusals(409),
)
async def get_budget_policy(caller: BudgetReader, tx: Tx) -> BudgetPolicy:
    settings = await service.read(tx, caller)
    return service.as_kind({name: settings.get(name) for name in _POLICY}, BudgetPolicy)


@router.put(
    "/budget-policy",
    tags=["budgets"],
    summary="Replace the policy; what is null or left out is as shipped",
    operation_id="put_budget_policy",
    responses=refusals(413, 415),
)
async def put_budget_policy(body: BudgetPolicy, caller: BudgetWriter, tx: Tx) -> BudgetPolicy:
    members = {name: getattr(body, name) for name in _POLICY}
    await service.replace(tx, caller, members, action="budget_policy.put")
    return body


@router.delete(
    "/budget-policy",
    tags=["budgets"],
    status_code=204,
    summary="Go back to the shipped policy",
    operation_id="delete_budget_policy",
)
async def delete_budget_policy(caller: BudgetWriter, tx: Tx) -> None:
    await service.remove(tx, caller, _POLICY, action="budget_policy.delete")


@router.get(
    "/concurrency",
    tags=["limits"],
    summary="How many of the tenant's steps may run at once, and the capacities that it set",
    operation_id="get_concurrency",
    responses=refusals(409),
)
async def get_concurrency(caller: LimitReader, tx: Tx) -> ConcurrencyPolicy:
    settings = await service.read(tx, caller)
    return service.as_kind(settings.get(_CONCURRENCY) or {}, ConcurrencyPolicy)


@router.put(
    "/concurrency",
    tags=["limits"],
    summary="Limit the steps that run at once, and set the capacities of resources",
    operation_id="put_concurrency",
    responses=refusals(413, 415),
)
async def put_concurrency(body: ConcurrencyPolicy, caller: LimitWriter, tx: Tx) -> ConcurrencyPolicy:
    await service.replace(tx, caller, {_CONCURRENCY: body}, action="concurrency.put")
    return body


@router.delete(
    "/concurrency",
    tags=["limits"],
    status_code=204,
    summary="Go back to the shipped capacities, without a limit on steps",
    operation_id="delete_concurrency",
)
async def delete_concurrency(caller: LimitWriter, tx: Tx) -> None:
    await service.remove(tx, caller, [_CONCURRENCY], action="concurrency.delete")


@router.get(
    "/egress-policy",
    tags=["limits"],
    summary="The hosts that the tenant's tasks may name; null where they may name any public one",
    operation_id="get_egress_policy",
    responses=refusals(409),
)
async def get_egress_policy(caller: EgressReader, tx: Tx) -> EgressPolicy:
    settings = await service.read(tx, caller)
    return service.as_kind(settings.get(_EGRESS) or {}, EgressPolicy)


@router.put(
    "/egress-policy",
    tags=["limits"],
    summary="Bound the hosts that the tenant's tasks may name and reach; those that run are held to it at once",
    operation_id="put_egress_policy",
    responses=refusals(413, 415),
)
async def put_egress_policy(body: NewEgressPolicy, caller: EgressWriter, tx: Tx) -> EgressPolicy:
    await service.replace(tx, caller, {_EGRESS: body}, action="egress_policy.put")
    return EgressPolicy(hosts=body.hosts)


@router.delete(
    "/egress-policy",
    tags=["limits"],
    status_code=204,
    summary="Let the tenant's tasks name any public host again",
    operation_id="delete_egress_policy",
)
async def delete_egress_policy(caller: EgressWriter, tx: Tx) -> None:
    await service.remove(tx, caller, [_EGRESS], action="egress_policy.delete")


@router.get(
    "/resources",
    tags=["limits"],
    summary="What the tenant's steps share: how much there is, how much is taken, how many wait for it",
    operation_id="list_resources",
)
async def list_resources(caller: LimitReader, tx: Tx) -> ResourceList:
    return ResourceList(items=await resources.shared(tx, caller))
