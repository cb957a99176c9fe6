"""The worker's own small web app: `/health`."""

from collections.abc import Mapping

from fastapi import FastAPI

from foundation.http.correlation import OWN_SPANS
from foundation.http.doors import install_doors
from foundation.http.health import Check, health_router

SERVICE = "orchestrator"


def create_app(required: Mapping[str, Check], optional: Mapping[str, Check]) -> FastAPI:
    app = FastAPI(title="Lockstep orchestrator", openapi_url=None, telemetry=OWN_SPANS)
    app.include_router(health_router(SERVICE, required, optional=optional))
    install_doors(app)
    return app
