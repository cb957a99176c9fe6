"""`/internal/…` for services."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from foundation.contracts.operations import Breaker, OperationsEntry
from foundation.contracts.spending import AskSpending, RunMoney, Spending
from llm_gateway.admin.dependencies import calling_service
from llm_gateway.admin.operations import breaker_of, latest_entries
from llm_gateway.admin.schemas import CloseRun

if TYPE_CHECKING:
    from llm_gateway.gateway import Gateway


def admin_router(gateway: "Gateway") -> APIRouter:
    router = APIRouter()
    router.include_router(_money(gateway), prefix="/internal")
    router.include_router(_operations(gateway), prefix="/internal")
    return router


def _money(gateway: "Gateway") -> APIRouter:
    router = APIRouter(dependencies=[Depends(calling_service(gateway.verifier))])

    @router.post("/runs/{run_id}/close", status_code=204, summary="Admit no more calls of a run")
    async def close_run(run_id: UUID, body: CloseRun) -> Response:
        await gateway.runs.close(run_id, tenant_id=body.tenant_id, generation=body.generation)
        return Response(status_code=204)

    @router.get("/runs/{run_id}/money", summary="What a run has committed and holds")
    async def run_money(
        run_id: UUID, tenant_id: UUID, step_id: Annotated[list[UUID] | None, Query()] = None
    ) -> RunMoney:
        return await gateway.runs.of(run_id, tenant_id=tenant_id, step_ids=step_id or [])

    @router.post("/scopes/money", summary="What lasting scopes have committed and hold, window by window")
    async def scopes_money(body: AskSpending) -> Spending:
        return await gateway.scopes.spending(body)

    return router


def _operations(gateway: "Gateway") -> APIRouter:
    router = APIRouter(dependencies=[Depends(calling_service(gateway.verifier))])

    @router.get("/breakers", summary="All breakers, as this gateway has them")
    async def breakers() -> list[Breaker]:
        return [breaker_of(view) for view in gateway.breakers.views()]

    @router.get("/breakers/{provider}/{model:path}", summary="One of them")
    async def breaker(provider: str, model: str) -> Breaker:
        return breaker_of(gateway.breakers.view(provider, model))

    @router.delete("/breakers/{provider}/{model:path}", summary="Close one, in every gateway")
    async def reset(provider: str, model: str) -> Breaker:
        return breaker_of(await gateway.breakers.reset(provider, model))

    @router.get("/operations", summary="Alerts and changes of breakers, newest first; of alerts only a tenant's own")
    async def operations(
        most: Annotated[int, Query(ge=1, le=500)] = 100, tenant_id: UUID | None = None
    ) -> list[OperationsEntry]:
        return await latest_entries(gateway.alerts, most=most, tenant_id=tenant_id)

    return router
