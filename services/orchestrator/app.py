"""The worker's own small web app: `/health`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from foundation.http.doors import install_doors
from foundation.http.health import Check, health_router

SERVICE = "orchestrator"


def create_app(required: Mapping[str, Check], optional: Mapping[str, Check]) -> FastAPI:
    app = FastAPI(title="Lockstep orchestrator", openapi_url=None)
    app.include_router(health_router(SERVICE, required, optional=optional))
    install_doors(app)
    return app


class SignalFreeServer(uvicorn.Server):
    """Leaves SIGTERM to the worker, which drains first."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
