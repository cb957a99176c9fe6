"""`/budget-policy`."""

from fastapi import APIRouter

from control_plane.dependencies import Administrator, Reader, Tx
from control_plane.tenant_policy import tenant_settings
from foundation.contracts.gateway.budget_policy import BudgetPolicy
from foundation.http.openapi import refusals

router = APIRouter(prefix="/budget-policy", tags=["budgets"])

_MEMBERS = ("bounds", "redis_away")


@router.get(
    "",
    summary="How calls are bounded, and what holds while budgets cannot be checked",
    operation_id="get_budget_policy",
    responses=refusals(409),
)
async def get(caller: Reader, tx: Tx) -> BudgetPolicy:
    settings = await tenant_settings.read(tx, caller)
    return tenant_settings.as_kind({name: settings.get(name) for name in _MEMBERS}, BudgetPolicy)


@router.put(
    "",
    summary="Replace the policy; what is null or left out is as shipped",
    operation_id="put_budget_policy",
    responses=refusals(413, 415),
)
async def put(body: BudgetPolicy, caller: Administrator, tx: Tx) -> BudgetPolicy:
    members = {name: getattr(body, name) for name in _MEMBERS}
    await tenant_settings.replace(tx, caller, members, action="budget_policy.put")
    return body


@router.delete("", status_code=204, summary="Go back to the shipped policy", operation_id="delete_budget_policy")
async def delete(caller: Administrator, tx: Tx) -> None:
    await tenant_settings.remove(tx, caller, _MEMBERS, action="budget_policy.delete")
