"""`/provider-policy`."""

from fastapi import Response

from control_plane.dependencies import IfMatch, LimitReader, PutConditions, TenantWriter, Tx
from control_plane.governance.providers import service
from control_plane.governance.tenant_policy import service as tenant_policy
from control_plane.rooms import RoomRouter
from foundation.contracts.policy.providers import ProviderPolicy
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/provider-policy", tags=["limits"])


@router.get(
    "",
    summary="The providers of models, and the regions, that the tenant allows its calls; null for every one",
    operation_id="get_provider_policy",
    responses=refusals(409),
)
async def get_policy(caller: LimitReader, tx: Tx, response: Response) -> ProviderPolicy:
    settings, response.headers["ETag"] = await tenant_policy.read_tagged(tx, caller, [service.PROVIDERS])
    return tenant_policy.as_kind(settings.get(service.PROVIDERS) or {}, ProviderPolicy)


@router.put(
    "",
    summary="Allow the tenant's calls these providers and regions alone, within its bounds",
    operation_id="put_provider_policy",
    responses=refusals(409, 412, 413, 415),
)
async def put_policy(
    body: ProviderPolicy, caller: TenantWriter, tx: Tx, response: Response, conditions: PutConditions
) -> ProviderPolicy:
    await tenant_policy.require_seen(tx, caller, [service.PROVIDERS], conditions)
    await service.put(tx, caller, body)
    _, response.headers["ETag"] = await tenant_policy.read_tagged(tx, caller, [service.PROVIDERS])
    return body


@router.delete(
    "",
    status_code=204,
    summary="Allow the tenant's calls every provider that its bounds allow",
    operation_id="delete_provider_policy",
    responses=refusals(412),
)
async def delete_policy(caller: TenantWriter, tx: Tx, if_match: IfMatch) -> None:
    await tenant_policy.require_seen(tx, caller, [service.PROVIDERS], if_match)
    await tenant_policy.remove(tx, caller, [service.PROVIDERS], action="provider_policy.delete")
