"""`/quotas` and `/quota-policy`."""

from typing import Annotated

from fastapi import Query, Response

from control_plane.dependencies import App, IfMatch, LimitReader, LimitWriter, PutConditions, Tx
from control_plane.governance.quotas import service
from control_plane.governance.quotas.schemas import QuotaList
from control_plane.governance.tenant_policy import service as tenant_policy
from control_plane.rooms import RoomRouter
from foundation.contracts.policy.quotas import QuotaPolicy
from foundation.domain.ids import UserId
from foundation.http.openapi import refusals

router = RoomRouter(tags=["limits"])


@router.get(
    "/quotas",
    summary="What may be open at once or begin in a day, for the tenant and a user, and how much of it is used up",
    operation_id="list_quotas",
    responses=refusals(404),
)
async def list_quotas(
    caller: LimitReader,
    app: App,
    tx: Tx,
    user_id: Annotated[UserId | None, Query(description="a member of the tenant; by default whoever calls")] = None,
) -> QuotaList:
    most = app.settings.max_open_runs
    return QuotaList(items=await service.standing(tx, caller, user_id=user_id, max_open=most))


@router.get(
    "/quota-policy",
    summary="The quotas that the tenant set for itself and for each of its users",
    response_model_exclude_unset=True,
    operation_id="get_quota_policy",
    responses=refusals(409),
)
async def get_policy(caller: LimitReader, tx: Tx, response: Response) -> QuotaPolicy:
    settings, response.headers["ETag"] = await tenant_policy.read_tagged(tx, caller, [service.QUOTAS])
    return tenant_policy.as_kind(settings.get(service.QUOTAS) or {}, QuotaPolicy)


@router.put(
    "/quota-policy",
    summary="Replace the tenant's own quotas, up to its bounds; what is null or left out is not limited",
    response_model_exclude_unset=True,
    operation_id="put_quota_policy",
    responses=refusals(412, 413, 415),
)
async def put_policy(
    body: QuotaPolicy, caller: LimitWriter, app: App, tx: Tx, response: Response, conditions: PutConditions
) -> QuotaPolicy:
    await tenant_policy.require_seen(tx, caller, [service.QUOTAS], conditions)
    await service.put(tx, caller, body, max_open=app.settings.max_open_runs)
    _, response.headers["ETag"] = await tenant_policy.read_tagged(tx, caller, [service.QUOTAS])
    return body


@router.delete(
    "/quota-policy",
    status_code=204,
    summary="Remove the tenant's own quotas, so that only its bounds hold",
    operation_id="delete_quota_policy",
    responses=refusals(412),
)
async def delete_policy(caller: LimitWriter, tx: Tx, if_match: IfMatch) -> None:
    await tenant_policy.require_seen(tx, caller, [service.QUOTAS], if_match)
    await tenant_policy.remove(tx, caller, [service.QUOTAS], action="quota_policy.delete")
