"""The launcher's web app: `POST /jobs`, `DELETE /jobs/{job_id}`, the leases, `/health`."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from foundation.contracts.accepted.accepted_json import DOCUMENT
from foundation.http.correlation import OWN_SPANS, Correlation
from foundation.http.doors import install_doors
from foundation.http.health import health_router
from foundation.http.openapi import EVERYWHERE, WITH_A_BODY, install_openapi, refusals
from tool_runtime.launcher.egress_routes import egress
from tool_runtime.launcher.routes import jobs, lacking, leases
from tool_runtime.launcher.runners.base import RunnerStarter
from tool_runtime.launcher.runtime import runners_of, running
from tool_runtime.launcher.settings import LauncherSettings

SERVICE = "tool_runtime"
MAX_BODY = 16 * 1024 * 1024  # a result with two escaped MiB of output
ENVELOPE = 8  # levels that a result has around the value which it carries


def create_app(settings: LauncherSettings, starter: RunnerStarter | None = None) -> FastAPI:
    """`starter` None: what the settings say."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            chosen = await stack.enter_async_context(runners_of(settings)) if starter is None else starter
            app.state.runtime = await stack.enter_async_context(running(settings, chosen))
            yield

    async def sandbox() -> None:
        for probe in app.state.runtime.probes.values():
            await probe.check()

    app = FastAPI(
        title="Lockstep tool runtime",
        lifespan=lifespan,
        separate_input_output_schemas=False,
        redirect_slashes=False,
        telemetry=OWN_SPANS,
    )
    app.include_router(jobs, responses={**EVERYWHERE, **WITH_A_BODY, **refusals(404, 409, 429)})
    app.include_router(leases)
    app.include_router(lacking, responses=EVERYWHERE)
    app.include_router(egress)
    app.include_router(health_router(SERVICE, {"sandbox": sandbox}))
    install_openapi(app)
    install_doors(app, body_limit=MAX_BODY, max_depth=DOCUMENT.max_depth + ENVELOPE)
    app.add_middleware(Correlation, service=SERVICE)
    return app
