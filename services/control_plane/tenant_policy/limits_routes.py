"""`/limits`."""

from fastapi import APIRouter

from control_plane.dependencies import Administrator, Reader, Tx
from control_plane.tenant_policy import tenant_settings
from foundation.contracts.gateway.rate_limits import RateLimits
from foundation.http.openapi import refusals

router = APIRouter(prefix="/limits", tags=["limits"])

_MEMBER = "limits"


@router.get(
    "",
    summary="What the tenant changed of the shipped limits",
    response_model_exclude_unset=True,
    operation_id="get_limits",
    responses=refusals(409),
)
async def get(caller: Reader, tx: Tx) -> RateLimits:
    settings = await tenant_settings.read(tx, caller)
    return tenant_settings.as_kind(settings.get(_MEMBER) or {}, RateLimits)


@router.put(
    "",
    summary="Change the shipped limits; null means no limit, what is left out stays as shipped",
    response_model_exclude_unset=True,
    operation_id="put_limits",
    responses=refusals(413, 415),
)
async def put(body: RateLimits, caller: Administrator, tx: Tx) -> RateLimits:
    await tenant_settings.replace(tx, caller, {_MEMBER: body}, action="limits.put")
    return body


@router.delete("", status_code=204, summary="Go back to the shipped limits", operation_id="delete_limits")
async def delete(caller: Administrator, tx: Tx) -> None:
    await tenant_settings.remove(tx, caller, [_MEMBER], action="limits.delete")
