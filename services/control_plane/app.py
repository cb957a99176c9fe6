"""The control plane's web app."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import APIRouter, Depends, FastAPI
from pydantic import PostgresDsn

from control_plane.gateway_client.client import GatewayClient
from control_plane.governance.audit.anchors import AuditAnchors
from control_plane.governance.audit.keeper import AuditKeeper
from control_plane.governance.break_glass.ending import AccessEnding
from control_plane.governance.leaving import loops_of_leaving
from control_plane.identity.callers import Callers
from control_plane.identity.deletion_certificates import DeletionCertificates
from control_plane.identity.issue_token import local_issuer
from control_plane.identity.tokens import LoadKeys, UserTokenVerifier, keys_at
from control_plane.insight.traces import service as traces
from control_plane.integrations.triggers.secrets import CALLS_PATH
from control_plane.people.local_login.routes import local_login
from control_plane.people.users.service import active_tenant
from control_plane.relay.final_usage import FinalUsage
from control_plane.relay.senders import senders_to_executions, senders_to_gateway
from control_plane.requests.answers.deprecations import DeprecationHeaders, policy
from control_plane.requests.answers.described import finish_document
from control_plane.requests.answers.documentation import install_documentation
from control_plane.requests.calls.audited_calls import AuditedCalls
from control_plane.requests.documents import no_unread_body
from control_plane.requests.etags import TaggedAnswers
from control_plane.requests.keys.heeded import heeded_headers
from control_plane.requests.queries import known_query
from control_plane.requests.rates.edge import RateLimitedEdge
from control_plane.requests.rates.opening import rate_limits
from control_plane.resources import AppResources
from control_plane.routers import ROUTERS
from control_plane.scheduling.opening import loops_unattended
from control_plane.settings import ControlPlaneSettings
from control_plane.streams.figures import measure_lag
from control_plane.streams.holdings import Streams
from control_plane.webhook_sending.courier import Courier
from control_plane.webhook_sending.fan_out import FanOut
from control_plane.webhook_sending.loops import forget, serve
from control_plane.webhook_sending.post import Posting
from control_plane.webhook_sending.signatures import WebhookSecrets
from foundation.cloud.clients import Clients
from foundation.cloud.executions.step_functions import StepFunctionsExecutions
from foundation.cloud.live_text.redis import RedisLiveText
from foundation.cloud.objects.s3 import S3ObjectStore
from foundation.cloud.presence.redis import RedisPresence, connect
from foundation.cloud.secrets import read_secret
from foundation.contracts.egress.sealing import Sealer
from foundation.domain.people.api_keys import Peppers
from foundation.http.correlation import OWN_SPANS, Correlation
from foundation.http.doors import install_doors
from foundation.http.health import answers, health_router
from foundation.http.openapi import EVERYWHERE, install_openapi, refusals
from foundation.http.outgoing import http_client
from foundation.http.service_tokens import ServiceTokenSigner
from foundation.http.serving.collector import spare_the_collector
from foundation.storage.people.call_rows import CallRows
from foundation.storage.session.database import Database, DatabaseSettings
from foundation.storage.session.notifications import Wakeups
from foundation.storage.session.outbox import OutboxKind
from foundation.storage.session.relay import EffectSender, Relay
from foundation.storage.spans.writing import SpanKeeper
from foundation.telemetry.background import Loop, TaskSet, VitalTasks, begun_again
from foundation.telemetry.bus.event_bus import EventBus

SERVICE = "control_plane"


_ABOUT = "Defines tasks, runs them, and reads their progress, results and costs; sets budgets and limits."


def create_app(settings: ControlPlaneSettings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.resources = await _open(app, settings, stack)
            spare_the_collector()
            yield

    app = FastAPI(
        title="Lockstep control plane",
        version="1",
        description=f"{_ABOUT}\n\n{policy()}",
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        # The framework's pages load what they show from a public network; ours are below.
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        # One shape for what is sent and what comes back, so that a client has one class for it.
        separate_input_output_schemas=False,
        # A path with a trailing slash is 404; FastAPI would redirect to the host that the caller's Host header names.
        redirect_slashes=False,
        telemetry=OWN_SPANS,
    )
    before_each = [Depends(known_query), Depends(heeded_headers), Depends(no_unread_body)]
    everywhere = {**EVERYWHERE, **refusals(429)}
    for router in ROUTERS:
        app.include_router(router, prefix="/api/v1", responses=everywhere, dependencies=before_each)
    app.include_router(_health_routes(app))
    install_openapi(app, more=finish_document)
    install_documentation(app)
    app.add_middleware(TaggedAnswers)
    install_doors(
        app,
        body_limit=settings.body_limit,
        signed_below=f"/api/v1{CALLS_PATH}/",
        with_slashes=r"/api/v1/breakers/[^/%]+/",
    )
    app.add_middleware(DeprecationHeaders)
    app.add_middleware(RateLimitedEdge)
    app.add_middleware(AuditedCalls, trusted_hops=settings.trusted_hops)
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
    gateway = await stack.enter_async_context(http_client(base_url=str(settings.gateway_url), timeout=10))
    private_jwk = json.loads(await read_secret(await clients.secretsmanager(), settings.signing_key_secret))
    sealer = Sealer(json.loads(await read_secret(await clients.secretsmanager(), settings.tenant_secret_keys_secret)))

    pool = DatabaseSettings(url=PostgresDsn(settings.database_url), pool_size=settings.database_pool_size)
    relay_pool = DatabaseSettings(url=PostgresDsn(settings.database_url_relay), pool_size=2)
    database, relay_database = Database(pool, application=SERVICE), Database(relay_pool, application=SERVICE)
    stack.push_async_callback(database.close)
    stack.push_async_callback(relay_database.close)
    app.state.bus = bus = EventBus()
    gateway_client = GatewayClient(gateway, ServiceTokenSigner(private_jwk, service=SERVICE))
    to_gateway = senders_to_gateway(gateway_client, FinalUsage(database, gateway_client))
    background = await stack.enter_async_context(VitalTasks())
    for name, senders, told in (
        ("executions", senders_to_executions(executions), bus),
        ("gateway", to_gateway, None),
    ):
        _relay_to(name, senders, relay_database, Wakeups(relay_pool, "outbox", bus=told), background)
    redis = connect(str(settings.redis_url))
    stack.push_async_callback(redis.aclose)
    streams = Streams.of(database, RedisLiveText(redis), bus, settings)
    anchors = AuditAnchors(database, S3ObjectStore(await clients.s3(), settings.anchors_bucket()))
    webhook_secrets = WebhookSecrets(await read_secret(await clients.secretsmanager(), settings.webhook_key_secret))
    posting = await stack.enter_async_context(Posting(settings.opened_to_webhooks()))
    courier = Courier(database, posting, webhook_secrets)
    stack.push_async_callback(courier.close)
    peppers = Peppers.parse(await read_secret(await clients.secretsmanager(), settings.api_key_peppers_secret))
    verifier = await _verifier(app, settings, clients, gateway)
    callers = Callers(database, verifier, peppers, remember_seconds=settings.membership_seconds)
    app.state.executions, app.state.gateway = executions, gateway
    held = (settings, database, objects, callers, peppers, gateway_client, RedisPresence(redis), streams, sealer)
    rates = rate_limits(settings, stack)
    resources = AppResources(*held, webhook_secrets, DeletionCertificates(private_jwk), rates, CallRows(database))
    _run_beside(
        stack,
        *_loops_of_streams(streams, bus),
        *_loops_of_spans(stack, database, settings),
        ("audit keeper", AuditKeeper(database, anchors).run),
        ("ends of accesses by break-glass", AccessEnding(database).run),
        ("webhooks", lambda: serve(FanOut(database), courier, bus)),
        ("old deliveries of webhooks", lambda: forget(database, days=settings.webhook_delivery_days)),
        *await loops_unattended(settings, database, clients),
        *loops_of_leaving(resources, RedisLiveText(redis)),
    )
    return resources


def _run_beside(stack: AsyncExitStack, *loops: tuple[str, Loop]) -> None:
    """Runs loops until the app closes; one that fails begins again."""
    beside = TaskSet()
    stack.push_async_callback(beside.cancel)
    for name, loop in loops:
        beside.start(begun_again(loop), name=name)


def _relay_to(
    name: str,
    senders: Mapping[OutboxKind, EffectSender],
    database: Database,
    wakeups: Wakeups,
    background: VitalTasks,
) -> None:
    """A relay has wake-ups of its own, as their one event is for one loop."""
    background.start(f"wakeups of the relay to {name}", wakeups.run())
    background.start(f"relay to {name}", Relay(database, wakeups, senders).run())


def _loops_of_spans(
    stack: AsyncExitStack, database: Database, settings: ControlPlaneSettings
) -> tuple[tuple[str, Loop], ...]:
    """What takes spans out of the process, and the old ones out of the database."""
    spans = SpanKeeper.of_process(database)
    stack.push_async_callback(spans.close)
    kept = [("spans", loop) for loop in spans.loops()]
    return (*kept, ("old spans", lambda: traces.forget_old(database, days=settings.trace_days)))


def _loops_of_streams(streams: Streams, bus: EventBus) -> tuple[tuple[str, Loop], ...]:
    return (
        ("tail of events", streams.tail.run),
        ("live text", streams.texts.run),
        ("lag of events", lambda: measure_lag(bus)),
    )


async def _verifier(
    app: FastAPI, settings: ControlPlaneSettings, clients: Clients, client: httpx.AsyncClient
) -> UserTokenVerifier:
    keys = await _keys(app, settings, clients, client)
    return UserTokenVerifier(keys, issuer=settings.issuer, client_id=settings.audience)


async def _keys(app: FastAPI, settings: ControlPlaneSettings, clients: Clients, client: httpx.AsyncClient) -> LoadKeys:
    """The issuer's keys: over HTTP, or this process's own, which it then publishes."""
    if settings.jwks_url is not None:
        return keys_at(settings.jwks_url, client)
    issuer = await local_issuer(settings, clients)
    jwks = issuer.jwks()

    @app.get("/.well-known/jwks.json", include_in_schema=False)
    async def published() -> dict[str, object]:
        return jwks

    if settings.environment == "local":
        app.include_router(
            local_login(
                issuer,
                url=settings.issuer,
                client_id=settings.audience,
                tenant_of=lambda subject: active_tenant(app.state.resources.database, subject),
            )
        )

    async def own() -> dict[str, object]:
        return jwks

    return own
