"""The worker's own small web app: `/health` and `/metrics`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from foundation.http.health import Check, health_router
from foundation.http.problems import install_problem_handlers

SERVICE = "orchestrator"


def create_app(required: Mapping[str, Check], optional: Mapping[str, Check]) -> FastAPI:
    app = FastAPI(title="Lockstep orchestrator", openapi_url=None)
    app.include_router(health_router(SERVICE, required, optional=optional))
    install_problem_handlers(app)
    return app


class SignalFreeServer(uvicorn.Server):
    """Leaves SIGTERM to the worker, which drains first."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
