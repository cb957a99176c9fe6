"""The launcher's web app: `POST /jobs`, `DELETE /jobs/{job_id}`, the leases, `/health`, `/metrics`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from foundation.http.correlation import BodyLimit, Correlation
from foundation.http.health import health_router
from foundation.http.problems import install_problem_handlers
from tool_runtime.launcher.base import RunnerStarter
from tool_runtime.launcher.routes import jobs, leases
from tool_runtime.launcher.runtime import local_runners, running
from tool_runtime.launcher.settings import LauncherSettings

SERVICE = "tool_runtime"
MAX_BODY = 16 * 1024 * 1024  # a result with two escaped MiB of output


def create_app(settings: LauncherSettings, starter: RunnerStarter | None = None) -> FastAPI:
    """`starter` None: runners are processes of this machine."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(settings, starter or local_runners(settings)) as runtime:
            app.state.runtime = runtime
            yield

    async def sandbox() -> None:
        await app.state.runtime.probe.check()

    app = FastAPI(title="Lockstep tool runtime", lifespan=lifespan)
    app.include_router(jobs)
    app.include_router(leases)
    app.include_router(health_router(SERVICE, {"sandbox": sandbox}))
    install_problem_handlers(app)
    app.add_middleware(BodyLimit, limit=MAX_BODY)
    app.add_middleware(Correlation, service=SERVICE)
    return app
