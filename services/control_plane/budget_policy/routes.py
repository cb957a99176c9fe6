"""`/budget-policy`."""

from fastapi import APIRouter

from control_plane import tenant_settings
from control_plane.dependencies import Administrator, Reader, Tx
from foundation.contracts.budget_policy import BudgetPolicy

router = APIRouter(prefix="/budget-policy", tags=["budgets"])

_MEMBERS = ("bounds", "redis_away")


@router.get("", summary="How calls are bounded, and what holds while budgets cannot be checked")
async def get(caller: Reader, tx: Tx) -> BudgetPolicy:
    settings = await tenant_settings.read(tx, caller)
    return tenant_settings.as_kind({name: settings.get(name) for name in _MEMBERS}, BudgetPolicy)


@router.put("", summary="Replace the policy; what is null or left out is as shipped")
async def put(body: BudgetPolicy, caller: Administrator, tx: Tx) -> BudgetPolicy:
    members = {name: getattr(body, name) for name in _MEMBERS}
    await tenant_settings.replace(tx, caller, members, action="budget_policy.put")
    return body


@router.delete("", status_code=204, summary="Go back to the shipped policy")
async def delete(caller: Administrator, tx: Tx) -> None:
    await tenant_settings.remove(tx, caller, _MEMBERS, action="budget_policy.delete")
