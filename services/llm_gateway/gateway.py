"""Builds a gateway from its settings, and takes it down in reverse."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from redis.exceptions import RedisError

from foundation.cloud.clients import Clients
from foundation.cloud.objects import ObjectStore
from foundation.cloud.secrets import find_secret, read_secret
from foundation.domain.errors import DependencyUnavailable
from foundation.http.service_tokens import TokenVerifier
from foundation.storage.database import Database, DatabaseSettings
from foundation.telemetry.logs import logger
from llm_gateway.admin.service import RunsMoney
from llm_gateway.budget.connection import RedisSettings, connect
from llm_gateway.budget.limits import LimitsCache
from llm_gateway.budget.pipelined import PipelinedConnection
from llm_gateway.budget.store import BudgetStore
from llm_gateway.budget.waiting import FairWait
from llm_gateway.configuration.file import GatewayFile
from llm_gateway.configuration.loading import load_file
from llm_gateway.counting import TokenCounting
from llm_gateway.dialects.base import Dialect
from llm_gateway.endpoint import Answer, CallEndpoint
from llm_gateway.housekeeping import Housekeeping
from llm_gateway.journal import Journal
from llm_gateway.ledger import Ledger
from llm_gateway.pipeline import Pipeline
from llm_gateway.providers.base import Provider
from llm_gateway.providers.registry import wires_of
from llm_gateway.rebuild import Rebuilder
from llm_gateway.recorder import Recorder
from llm_gateway.replay import AnswerVault
from llm_gateway.routing import Routes
from llm_gateway.settings import GatewaySettings
from llm_gateway.stages.admit import Admit
from llm_gateway.stages.authenticate import Authenticate
from llm_gateway.stages.dispatch import Dispatch
from llm_gateway.stages.find_recorded import FindRecorded
from llm_gateway.stages.finish_plain import FinishPlain
from llm_gateway.stages.finish_stream import FinishStream
from llm_gateway.stages.settle import Settle

AUDIENCE = "llm_gateway"
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Gateway:
    """The built parts that the application routes to."""

    endpoints: Mapping[str, CallEndpoint]
    runs: RunsMoney
    routes: Routes
    verifier: TokenVerifier
    database: Database
    store: BudgetStore


@asynccontextmanager
async def running_gateway(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(Clients())
        verifier = TokenVerifier(json.loads(await _secret(clients, settings, "service-public-keys")), audience=AUDIENCE)
        database = Database(DatabaseSettings(), application="llm_gateway")
        stack.push_async_callback(database.close)
        recording = Database(settings.recorder_database(), application="llm_gateway recorder")
        stack.push_async_callback(recording.close)
        redis = connect(RedisSettings())
        stack.push_async_callback(redis.aclose)
        streams = connect(RedisSettings(), blocking=True)
        stack.push_async_callback(streams.aclose)

        journal = Journal(settings.journal, settings.instance_id)
        stack.callback(journal.close)
        pipelined = PipelinedConnection(RedisSettings())
        stack.push_async_callback(pipelined.close)
        store = BudgetStore(redis, lease=settings.lease, runner=pipelined)
        recorder = Recorder(streams, recording, consumer=settings.instance_id)
        waiting = FairWait(seconds=settings.wait_seconds, most=settings.waiters)
        ledger = Ledger(store, journal, waiting, lease=settings.lease, recorded=recorder.in_ledger)
        recorder.on_recorded = ledger.recorded
        rebuilder = Rebuilder(
            redis,
            gateway=database,
            recording=recording,
            recorder=recorder,
            ledger=ledger,
            instance_id=settings.instance_id,
        )
        objects = ObjectStore(await clients.s3(), settings.artifacts_bucket) if settings.artifacts_bucket else None
        vault = AnswerVault(database, objects, key=await _secret(clients, settings, "replay-key"))
        routes = await _routes(stack, clients, settings)
        settle = Settle(ledger)
        admit = Admit(ledger, store, LimitsCache(database, shipped=settings.shipped_limits))
        finish_stream = FinishStream(settle, vault)
        authenticate = Authenticate(verifier, database)
        pipeline = Pipeline(
            authenticate=authenticate,
            routes=routes,
            find_recorded=FindRecorded(vault),
            dispatch=Dispatch(admit, settle, ledger),
            finish_plain=FinishPlain(settle, vault),
            finish_stream=finish_stream,
        )
        housekeeping = Housekeeping(
            ledger=ledger,
            store=store,
            recorder=recorder,
            database=database,
            instance_id=settings.instance_id,
            lease_seconds=settings.lease_seconds,
        )
        await _first_steps(housekeeping, recorder, rebuilder)
        running = (*housekeeping.loops(), recorder.run, rebuilder.run)
        loops = [asyncio.ensure_future(_kept_running(loop)) for loop in running]
        stack.push_async_callback(_stop, loops)
        stack.push_async_callback(_flush, ledger, recorder)
        stack.push_async_callback(finish_stream.drain)
        yield Gateway(
            endpoints=_endpoints(pipeline, TokenCounting(authenticate, routes), max_body=settings.max_body_bytes),
            runs=RunsMoney(store),
            routes=routes,
            verifier=verifier,
            database=database,
            store=store,
        )


def _endpoints(pipeline: Pipeline, counting: TokenCounting, *, max_body: int) -> dict[str, CallEndpoint]:
    behind: dict[str, tuple[Answer, Dialect]] = {
        "/v1/chat/completions": (partial(pipeline.answer, Dialect.OPENAI), Dialect.OPENAI),
        "/v1/messages": (partial(pipeline.answer, Dialect.ANTHROPIC), Dialect.ANTHROPIC),
        "/v1/messages/count_tokens": (counting.answer, Dialect.ANTHROPIC),
    }
    return {
        path: CallEndpoint(path, answer, dialect=dialect, max_body=max_body)
        for path, (answer, dialect) in behind.items()
    }


async def _secret(clients: Clients, settings: GatewaySettings, name: str) -> str:
    """A secret of ours: from the settings where they have it, else from Secrets Manager."""
    given = {
        "service-public-keys": settings.service_public_keys,
        "replay-key": settings.replay_key.get_secret_value() if settings.replay_key else None,
    }[name]
    return given if given is not None else await read_secret(await clients.secretsmanager(), f"lockstep/{name}")


async def _routes(stack: AsyncExitStack, clients: Clients, settings: GatewaySettings) -> Routes:
    config = load_file(
        settings.routes_file, placeholders={"simulated_provider_url": str(settings.simulated_provider_url)}
    )
    providers: dict[str, dict[Dialect, Provider]] = {}
    for name, key in (await _provider_keys(clients, settings, config)).items():
        about = config.providers[name]
        if about.needs_key and not key:
            _log.info("a provider has no key and is passed over", extra={"provider": name})
            continue
        providers[name] = wires_of(name, about, key=key)
        for wire in providers[name].values():
            stack.push_async_callback(wire.close)
    return Routes(config, providers)


async def _provider_keys(clients: Clients, settings: GatewaySettings, config: GatewayFile) -> dict[str, str | None]:
    keys: dict[str, str | None] = {}
    for name, about in config.providers.items():
        given = {"openai": settings.openai_api_key, "anthropic": settings.anthropic_api_key}.get(name)
        if given is not None:
            keys[name] = given.get_secret_value()
        else:
            keys[name] = await find_secret(await clients.secretsmanager(), about.secret) if about.secret else None
    return keys


async def _first_steps(housekeeping: Housekeeping, recorder: Recorder, rebuilder: Rebuilder) -> None:
    """Be known and have open buckets before the first call; what is away now is tried again by the loops."""
    try:
        await housekeeping.say_alive()
        await recorder.create_groups()
        await rebuilder.contribute_if_asked()
        await rebuilder.rebuild_closed()
    except (RedisError, DependencyUnavailable, TimeoutError) as error:
        _log.warning("started with a dependency away; calls get 503 until it is back", exc_info=error)


async def _flush(ledger: Ledger, recorder: Recorder) -> None:
    """Before the end: settle what is unfinished, and record what can be."""
    try:
        async with asyncio.timeout(5):
            await ledger.finish_unfinished()
            await recorder.record_once(new=True, block_ms=None)
    except (RedisError, DependencyUnavailable, TimeoutError) as error:
        _log.warning("the journal keeps what could not be flushed", exc_info=error)


async def _kept_running(loop: Callable[[], Awaitable[None]]) -> None:
    """A loop that fails unexpectedly is begun again: without it holds would lapse or events stay unrecorded."""
    while True:
        try:
            await loop()
        except Exception:  # noqa: BLE001  # the edge of the process
            _log.exception("a background loop failed and begins again")
            await asyncio.sleep(1)


async def _stop(loops: Sequence["asyncio.Future[None]"]) -> None:
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
