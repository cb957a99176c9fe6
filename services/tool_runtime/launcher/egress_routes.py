"""What egress services ask and tell."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from foundation.contracts.accepted.sentences import WrittenAs
from foundation.domain.errors import NotFound
from tool_runtime.launcher.dependencies import BearerToken, CurrentRuntime
from tool_runtime.launcher.egress.desk import EgressDesk
from tool_runtime.protocol import EgressGrant, EgressServicePlace, EgressTold, GrantRequest, RunToken

egress = APIRouter(prefix="/egress", tags=["egress"], include_in_schema=False)

Name = Annotated[str, Path(), WrittenAs(r"^[0-9a-f]{32}$", "a name of 32 digits from 0 to 9 and a to f is needed")]


async def calling_egress_service(runtime: CurrentRuntime, token: BearerToken) -> EgressDesk:
    """What a service that proved to be one of egress may use."""
    if runtime.egress is None:
        raise NotFound("the runners of this launcher are the proxies of their jobs: it has no egress services")
    runtime.egress.check(token)
    return runtime.egress


Desk = Annotated[EgressDesk, Depends(calling_egress_service)]


@egress.put("/services/{name}", status_code=204)
async def appear(name: Name, place: EgressServicePlace, desk: Desk) -> None:
    desk.services.see(name, place)


@egress.delete("/services/{name}", status_code=204)
async def disappear(name: Name, desk: Desk) -> None:
    desk.services.forget(name)


@egress.post("/services/{name}/grants")
async def grant(name: Name, asked: GrantRequest, desk: Desk) -> EgressGrant:
    return desk.exchange(asked.token, service=name)


@egress.get("/grants/{grant_id}/end", response_model=None)
async def end(grant_id: Name, desk: Desk) -> Response:
    return Response(status_code=200 if await desk.is_over(grant_id) else 204)


@egress.get("/grants/{grant_id}/run-token")
async def run_token(grant_id: Name, desk: Desk) -> RunToken:
    return desk.run_token(grant_id)


@egress.post("/grants/{grant_id}/records", status_code=204)
async def tell(grant_id: Name, told: EgressTold, desk: Desk) -> None:
    desk.hear(grant_id, told)
