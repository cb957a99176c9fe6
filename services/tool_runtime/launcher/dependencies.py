"""Who calls: a service with jobs, a runner with its token, or the holder of a lease."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from foundation.domain.errors import Forbidden
from foundation.domain.people.admission import NoCredential
from tool_runtime.launcher.runtime import Runtime

_bearer = HTTPBearer(auto_error=False)


async def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


CurrentRuntime = Annotated[Runtime, Depends(runtime_of)]


async def bearer_token(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    if credentials is None:
        raise NoCredential("no bearer token was sent")
    return credentials.credentials


BearerToken = Annotated[str, Depends(bearer_token)]


async def calling_service(runtime: CurrentRuntime, token: BearerToken) -> str:
    """The service that signed; only those in the settings may submit or cancel."""
    service = runtime.verifier.service(token)
    if service not in runtime.callers:
        raise Forbidden(f"`{service}` may not use the tool runtime")
    return service


CallingService = Annotated[str, Depends(calling_service)]
