"""`/v1/models` for clients, `/internal/…` for services."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response

from foundation.http.service_tokens import TokenVerifier
from llm_gateway.admin.dependencies import calling_service
from llm_gateway.admin.schemas import CloseRun, RunMoney
from llm_gateway.admin.service import RunsMoney
from llm_gateway.routing import Routes


def admin_router(runs: RunsMoney, routes: Routes, verifier: TokenVerifier) -> APIRouter:
    router = APIRouter()
    service = calling_service(verifier)

    @router.get("/v1/models", summary="The aliases that may be asked for")
    async def models(anthropic_version: Annotated[str | None, Header()] = None) -> dict[str, Any]:
        if anthropic_version is not None:
            return _models_page(routes.names())
        listed = [{"id": name, "object": "model", "created": 0, "owned_by": "lockstep"} for name in routes.names()]
        return {"object": "list", "data": listed}

    @router.post("/internal/runs/{run_id}/close", status_code=204, summary="Admit no more calls of a run")
    async def close_run(run_id: UUID, body: CloseRun, caller: Annotated[str, Depends(service)]) -> Response:  # noqa: ARG001
        await runs.close(run_id, tenant_id=body.tenant_id, generation=body.generation)
        return Response(status_code=204)

    @router.get("/internal/runs/{run_id}/money", summary="What a run has committed and holds")
    async def run_money(
        run_id: UUID,
        tenant_id: UUID,
        caller: Annotated[str, Depends(service)],  # noqa: ARG001
        step_id: Annotated[list[UUID] | None, Query()] = None,
    ) -> RunMoney:
        return await runs.of(run_id, tenant_id=tenant_id, step_ids=step_id or [])

    return router


def _models_page(names: list[str]) -> dict[str, Any]:
    """The same aliases as Anthropic's clients read them; all on one page."""
    listed = [
        {"type": "model", "id": name, "display_name": name, "created_at": "1970-01-01T00:00:00Z"} for name in names
    ]
    return {
        "data": listed,
        "has_more": False,
        "first_id": names[0] if names else None,
        "last_id": names[-1] if names else None,
    }
