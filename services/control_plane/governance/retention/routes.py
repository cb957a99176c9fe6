"""`/retention` and `/retention-policy`."""

from fastapi import Response

from control_plane.dependencies import IfMatch, LimitReader, PutConditions, TenantWriter, Tx
from control_plane.governance.retention import service
from control_plane.governance.retention.schemas import KeptList
from control_plane.governance.tenant_policy import service as tenant_policy
from control_plane.rooms import RoomRouter
from foundation.contracts.policy.retention import RetentionPolicy
from foundation.http.openapi import refusals

router = RoomRouter(tags=["retention"])


@router.get(
    "/retention",
    summary="For how many days after a run's end its content is kept, and whose number that is",
    operation_id="list_retention",
    responses=refusals(409),
)
async def list_retention(caller: LimitReader, tx: Tx) -> KeptList:
    return KeptList(items=await service.standing(tx, caller))


@router.get(
    "/retention-policy",
    summary="The days that the tenant set",
    response_model_exclude_unset=True,
    operation_id="get_retention_policy",
    responses=refusals(409),
)
async def get_policy(caller: LimitReader, tx: Tx, response: Response) -> RetentionPolicy:
    settings, response.headers["ETag"] = await tenant_policy.read_tagged(tx, caller, [service.RETENTION])
    return tenant_policy.as_kind(settings.get(service.RETENTION) or {}, RetentionPolicy)


@router.put(
    "/retention-policy",
    summary="Replace the tenant's own days, between its bounds; what has expired is removed for good",
    response_model_exclude_unset=True,
    operation_id="put_retention_policy",
    responses=refusals(409, 412, 413, 415),
)
async def put_policy(
    body: RetentionPolicy, caller: TenantWriter, tx: Tx, response: Response, conditions: PutConditions
) -> RetentionPolicy:
    await tenant_policy.require_seen(tx, caller, [service.RETENTION], conditions)
    await service.put(tx, caller, body)
    _, response.headers["ETag"] = await tenant_policy.read_tagged(tx, caller, [service.RETENTION])
    return body


@router.delete(
    "/retention-policy",
    status_code=204,
    summary="Remove the tenant's own days, so that only its bounds hold",
    operation_id="delete_retention_policy",
    responses=refusals(412),
)
async def delete_policy(caller: TenantWriter, tx: Tx, if_match: IfMatch) -> None:
    await tenant_policy.require_seen(tx, caller, [service.RETENTION], if_match)
    await tenant_policy.remove(tx, caller, [service.RETENTION], action="retention_policy.delete")
