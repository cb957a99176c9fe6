"""The gateway's web application: model calls bypass FastAPI, everything else is FastAPI's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from redis.exceptions import RedisError

from foundation.domain.errors import DependencyUnavailable
from foundation.http.correlation import OWN_SPANS, Correlation
from foundation.http.doors import install_doors
from foundation.http.health import Check, health_router
from foundation.http.serving.collector import spare_the_collector
from llm_gateway.admin.routes import admin_router
from llm_gateway.budget.store import BudgetStore
from llm_gateway.composition import running_gateway
from llm_gateway.endpoints.front import Front, is_vendors
from llm_gateway.endpoints.sending import Receive, Scope, Send
from llm_gateway.settings import GatewaySettings


class GatewayApp:
    """Sends what is under the vendors' paths to the front before FastAPI sees it."""

    def __init__(self, admin: FastAPI) -> None:
        self._admin = Correlation(admin, service="llm_gateway")
        self.front: Front | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.front is not None and is_vendors(scope["path"]):
            await self.front.handle(scope, receive, send)
        else:
            await self._admin(scope, receive, send)


def create_app(settings: GatewaySettings) -> GatewayApp:
    @asynccontextmanager
    async def lifespan(admin: FastAPI) -> AsyncIterator[None]:
        async with running_gateway(settings) as gateway:
            # PostgreSQL is optional: calls without a key are answered while it is away, and their events wait in Redis.
            checks = {"redis": _redis_check(gateway.store), "configuration": gateway.serving.check}
            admin.include_router(health_router("llm_gateway", checks, optional={"postgres": gateway.database.ping}))
            admin.include_router(
                admin_router(
                    verifier=gateway.verifier,
                    runs=gateway.runs,
                    scopes=gateway.scopes,
                    breakers=gateway.breakers,
                    alerts=gateway.alerts,
                    estimates=gateway.estimates,
                    serving=gateway.serving,
                )
            )
            app.front = gateway.front
            spare_the_collector()
            yield

    admin = FastAPI(title="Lockstep LLM gateway", lifespan=lifespan, telemetry=OWN_SPANS)
    install_doors(admin)
    app = GatewayApp(admin)
    return app  # the lifespan above names it


def _redis_check(store: BudgetStore) -> Check:
    async def check() -> None:
        try:
            await store.ping()
        except RedisError as error:
            raise DependencyUnavailable("Redis does not answer") from error

    return check
