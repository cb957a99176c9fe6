"""The routes under `/internal`, for other services."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from foundation.contracts.gateway.call_estimates import CallEstimates, CallsInQuestion
from foundation.contracts.gateway.configuration import ConfigurationChecked, ConfigurationInQuestion
from foundation.contracts.gateway.operations import Breaker, OperationsEntry
from foundation.contracts.gateway.spending import ForgottenTenant, RunMoney, Spending, SpendingQuery
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.http.service_tokens import TokenVerifier
from llm_gateway.admin.call_estimates import CallEstimator
from llm_gateway.admin.dependencies import calling_service
from llm_gateway.admin.operations import describe_breaker, read_latest
from llm_gateway.admin.schemas import CloseRun
from llm_gateway.admin.scopes_money import ScopeSpendingReader
from llm_gateway.admin.service import RunSpending
from llm_gateway.breakers.alerts import Alerts
from llm_gateway.breakers.board import BreakerBoard
from llm_gateway.routing.serving import Serving


def admin_router(
    *,
    verifier: TokenVerifier,
    runs: RunSpending,
    scopes: ScopeSpendingReader,
    breakers: BreakerBoard,
    alerts: Alerts,
    estimates: CallEstimator,
    serving: Serving,
) -> APIRouter:
    router = APIRouter(prefix="/internal", dependencies=[Depends(calling_service(verifier))])
    router.include_router(_money(runs, scopes))
    router.include_router(_operations(breakers, alerts))
    router.include_router(_estimates(estimates))
    router.include_router(_configuration(serving))
    return router


def _money(runs: RunSpending, scopes: ScopeSpendingReader) -> APIRouter:
    router = APIRouter()

    @router.post("/runs/{run_id}/close", status_code=204, summary="Admit no more calls of a run")
    async def close_run(run_id: RunId, body: CloseRun) -> Response:
        await runs.close_run(run_id, tenant_id=body.tenant_id, generation=body.generation)
        return Response(status_code=204)

    @router.get("/runs/{run_id}/money", summary="What a run has committed and holds")
    async def run_money(
        run_id: RunId, tenant_id: TenantId, step_id: Annotated[list[StepId] | None, Query()] = None
    ) -> RunMoney:
        return await runs.read(run_id, tenant_id=tenant_id, step_ids=step_id or [])

    @router.post("/tenants/{tenant_id}/forget", summary="Remove what Redis keeps of a tenant that is being deleted")
    async def forget_tenant(tenant_id: TenantId) -> ForgottenTenant:
        return await runs.forget_tenant(tenant_id)

    @router.post("/scopes/money", summary="What lasting scopes have committed and hold, window by window")
    async def scopes_money(body: SpendingQuery) -> Spending:
        return await scopes.read(body)

    return router


def _operations(board: BreakerBoard, alerts: Alerts) -> APIRouter:
    router = APIRouter()

    @router.get("/breakers", summary="All breakers, as this gateway has them")
    async def breakers() -> list[Breaker]:
        return [describe_breaker(view) for view in board.views()]

    @router.get("/breakers/{provider}/{model:path}", summary="One breaker, as this gateway has it")
    async def breaker(provider: str, model: str) -> Breaker:
        return describe_breaker(board.view(provider, model))

    @router.delete("/breakers/{provider}/{model:path}", summary="Close a breaker, in every gateway")
    async def reset(provider: str, model: str) -> Breaker:
        return describe_breaker(await board.reset(provider, model))

    @router.get("/operations", summary="Alerts and changes of breakers, newest first; of alerts only a tenant's own")
    async def operations(
        most: Annotated[int, Query(ge=1, le=500)] = 100, tenant_id: TenantId | None = None
    ) -> list[OperationsEntry]:
        return await read_latest(alerts, most=most, tenant_id=tenant_id)

    return router


def _estimates(estimates: CallEstimator) -> APIRouter:
    router = APIRouter()

    @router.post("/estimates", summary="What calls of these kinds take at least and at most")
    async def call_estimates(body: CallsInQuestion) -> CallEstimates:
        return estimates.estimate(body)

    return router


def _configuration(serving: Serving) -> APIRouter:
    router = APIRouter()

    @router.post("/configuration/check", summary="Whether a document could be served over this gateway's files")
    async def check(body: ConfigurationInQuestion) -> ConfigurationChecked:
        return ConfigurationChecked(fault=serving.fault_of(body.document))

    return router
