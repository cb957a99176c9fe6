"""`/breakers` and `/operations`, for administrators alone."""

from typing import Annotated

from fastapi import APIRouter, Query

from control_plane.dependencies import Administrator, Held
from control_plane.operations import service
from control_plane.operations.schemas import AlertList, AlertView, BreakerList
from foundation.contracts.operations import Breaker

router = APIRouter(tags=["operations"])

Most = Annotated[int, Query(ge=1, le=500, description="how many at most")]


@router.get("/breakers", summary="The breakers of all providers and models, as one gateway has them")
async def breakers(_caller: Administrator, held: Held) -> BreakerList:
    return BreakerList(items=await held.gateway.breakers())


@router.get("/breakers/{provider}/{model:path}", summary="One of them")
async def breaker(provider: str, model: str, _caller: Administrator, held: Held) -> Breaker:
    return await service.breaker(held, provider, model)


@router.delete("/breakers/{provider}/{model:path}", summary="Close a breaker, in every gateway")
async def reset(provider: str, model: str, caller: Administrator, held: Held) -> Breaker:
    return await service.reset(held, caller, provider, model)


@router.get("/operations/alerts", summary="Alerts of the tenant's calls and changes of breakers, newest first")
async def alerts(caller: Administrator, held: Held, limit: Most = 100) -> AlertList:
    found = await held.gateway.latest(caller.tenant_id, most=limit)
    return AlertList(items=[AlertView.of(entry) for entry in found])
