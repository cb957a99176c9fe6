"""`/breakers` and `/operations`, for administrators alone."""

from typing import Annotated

from fastapi import APIRouter, Query

from control_plane.dependencies import Administrator, Held
from control_plane.operations import service
from control_plane.operations.schemas import AlertList, AlertView, BreakerList
from foundation.contracts.operations import Breaker
from foundation.http.openapi import refusals

router = APIRouter(tags=["operations"])

Most = Annotated[int, Query(ge=1, le=500, description="how many at most")]


@router.get(
    "/breakers",
    summary="The breakers of all providers and models, as one gateway has them",
    operation_id="list_breakers",
)
async def breakers(_caller: Administrator, held: Held) -> BreakerList:
    return BreakerList(items=await held.gateway.breakers())


@router.get(
    "/breakers/{provider}/{model:path}", summary="One of them", operation_id="get_breaker", responses=refusals(404)
)
async def breaker(provider: str, model: str, _caller: Administrator, held: Held) -> Breaker:
    return await service.breaker(held, provider, model)


@router.delete(
    "/breakers/{provider}/{model:path}",
    summary="Close a breaker, in every gateway",
    operation_id="reset_breaker",
    responses=refusals(404),
)
async def reset(provider: str, model: str, caller: Administrator, held: Held) -> Breaker:
    return await service.reset(held, caller, provider, model)


@router.get(
    "/operations/alerts",
    summary="Alerts of the tenant's calls and changes of breakers, newest first",
    operation_id="list_alerts",
)
async def alerts(caller: Administrator, held: Held, limit: Most = 100) -> AlertList:
    found = await held.gateway.latest(caller.tenant_id, most=limit)
    return AlertList(items=[AlertView.of(entry) for entry in found])
