"""The control plane's web app."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import APIRouter, Depends, FastAPI
from pydantic import PostgresDsn

from control_plane.approvals.routes import router as approvals
from control_plane.artifacts.routes import router as artifacts
from control_plane.budget_warnings.routes import router as budget_warnings
from control_plane.budgets.routes import router as budgets
from control_plane.checkpoints.routes import router as checkpoints
from control_plane.comparisons.routes import router as comparisons
from control_plane.dead_letters.routes import router as dead_letters
from control_plane.durations.routes import router as durations
from control_plane.estimates.routes import router as estimates
from control_plane.events.routes import router as events
from control_plane.explanations.routes import router as explanations
from control_plane.gateway_client.client import GatewayClient
from control_plane.identity.callers import Callers
from control_plane.identity.issue_token import local_issuer
from control_plane.identity.tokens import LoadKeys, UserTokenVerifier, keys_at
from control_plane.operations.routes import router as operations
from control_plane.outcomes.routes import router as outcomes
from control_plane.relay.final_usage import FinalUsage
from control_plane.relay.senders import senders_to_executions, senders_to_gateway
from control_plane.requests.queries import known_query
from control_plane.reruns.routes import router as reruns
from control_plane.resources import AppResources
from control_plane.runs.routes import router as runs
from control_plane.settings import ControlPlaneSettings
from control_plane.streams.figures import measure_lag
from control_plane.streams.holdings import Streams
from control_plane.tasks.routes import router as tasks
from control_plane.tenant_policy.routes import router as tenant_policy
from control_plane.usage.routes import router as usage
from control_plane.workers.routes import router as workers
from foundation.cloud.clients import Clients
from foundation.cloud.executions.step_functions import StepFunctionsExecutions
from foundation.cloud.live_text.redis import RedisLiveText
from foundation.cloud.objects.s3 import S3ObjectStore
from foundation.cloud.presence.redis import RedisPresence, connect
from foundation.cloud.secrets import read_secret
from foundation.http.correlation import Correlation
from foundation.http.doors import install_doors
from foundation.http.health import answers, health_router
from foundation.http.openapi import EVERYWHERE, install_openapi
from foundation.http.service_tokens import ServiceTokenSigner
from foundation.storage.session.database import Database, DatabaseSettings
from foundation.storage.session.notifications import Wakeups
from foundation.storage.session.relay import Relay
from foundation.telemetry.background import TaskSet, VitalTasks, begun_again
from foundation.telemetry.bus.event_bus import EventBus

SERVICE = "control_plane"


def create_app(settings: ControlPlaneSettings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.resources = await _open(app, settings, stack)
            yield

    app = FastAPI(
        title="Lockstep control plane",
        version="1",
        description="Defines tasks, runs them, and reads their progress, results and costs; sets budgets and limits.",
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url="/api/v1/docs",
        # One shape for what is sent and what comes back, so that a client has one class for it.
        separate_input_output_schemas=False,
        # A path with a trailing slash is 404; FastAPI would redirect to the host that the caller's Host header names.
        redirect_slashes=False,
    )
    api = APIRouter(prefix="/api/v1", responses=EVERYWHERE, dependencies=[Depends(known_query)])
    for router in (
        tasks,
        estimates,
        runs,
        reruns,
        checkpoints,
        comparisons,
        durations,
        explanations,
        events,
        approvals,
        outcomes,
        dead_letters,
        artifacts,
        budgets,
        budget_warnings,
        tenant_policy,
        usage,
        operations,
        workers,
    ):
        api.include_router(router)
    app.include_router(api)
    app.include_router(_health_routes(app))
    install_openapi(app)
    install_doors(app, body_limit=settings.body_limit)
    app.add_middleware(Correlation, service=SERVICE)
    return app


def _health_routes(app: FastAPI) -> APIRouter:
    async def postgres() -> None:
        await app.state.resources.database.ping()

    async def step_functions() -> None:
        await app.state.executions.describe("health")

    async def gateway() -> None:
        await answers(app.state.gateway, "the gateway")()

    async def objects() -> None:
        await app.state.resources.objects.ping()

    async def redis() -> None:
        await app.state.resources.presence.present()

    return health_router(
        SERVICE,
        {"postgres": postgres},
        optional={"step_functions": step_functions, "s3": objects, "llm_gateway": gateway, "redis": redis},
    )


async def _open(app: FastAPI, settings: ControlPlaneSettings, stack: AsyncExitStack) -> AppResources:
    """Opens what the app stands on, starts the relay, and has the stack close it all in reverse."""
    clients = await stack.enter_async_context(Clients())
    executions = StepFunctionsExecutions(await clients.stepfunctions(), settings.state_machine_arn)
    objects = S3ObjectStore(await clients.s3(), settings.artifacts_bucket)
    gateway = await stack.enter_async_context(httpx.AsyncClient(base_url=str(settings.gateway_url), timeout=10))
    private_jwk = json.loads(await read_secret(await clients.secretsmanager(), settings.signing_key_secret))
    signer = ServiceTokenSigner(private_jwk, service=SERVICE)

    pool = DatabaseSettings(url=PostgresDsn(settings.database_url), pool_size=settings.database_pool_size)
    relay_pool = DatabaseSettings(url=PostgresDsn(settings.database_url_relay), pool_size=2)
    database, relay_database = Database(pool, application=SERVICE), Database(relay_pool, application=SERVICE)
    stack.push_async_callback(database.close)
    stack.push_async_callback(relay_database.close)
    bus = EventBus()
    app.state.bus = bus
    gateway_client = GatewayClient(gateway, signer)
    to_gateway = senders_to_gateway(gateway_client, FinalUsage(database, gateway_client))
    background = await stack.enter_async_context(VitalTasks())
    # Each with its own wake-ups, as one event is for one loop.
    for name, effects, told in (
        ("to executions", senders_to_executions(executions), bus),
        ("to the gateway", to_gateway, None),
    ):
        wakeups = Wakeups(relay_pool, "outbox", bus=told)
        background.start(f"wakeups {name}", wakeups.run())
        background.start(f"relay {name}", Relay(relay_database, wakeups, effects).run())
    redis = connect(str(settings.redis_url))
    stack.push_async_callback(redis.aclose)
    streams = Streams.of(database, RedisLiveText(redis), bus, settings)
    beside = TaskSet()
    stack.push_async_callback(beside.cancel)
    beside.start(begun_again(streams.tail.run), name="tail of events")
    beside.start(begun_again(streams.texts.run), name="live text")
    beside.start(measure_lag(bus), name="lag of events")

    verifier = UserTokenVerifier(
        await _keys(app, settings, clients, gateway), issuer=settings.issuer, client_id=settings.audience
    )
    app.state.executions, app.state.gateway = executions, gateway
    callers = Callers(database, verifier, remember_seconds=settings.membership_seconds)
    return AppResources(settings, database, objects, callers, gateway_client, RedisPresence(redis), streams)


async def _keys(app: FastAPI, settings: ControlPlaneSettings, clients: Clients, client: httpx.AsyncClient) -> LoadKeys:
    """The issuer's keys: over HTTP, or this process's own, which it then publishes."""
    if settings.jwks_url is not None:
        return keys_at(settings.jwks_url, client)
    jwks = (await local_issuer(settings, clients)).jwks()

    @app.get("/.well-known/jwks.json", include_in_schema=False)
    async def published() -> dict[str, object]:
        return jwks

    async def own() -> dict[str, object]:
        return jwks

    return own
