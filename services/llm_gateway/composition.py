"""Builds a gateway from its settings, and takes it down in reverse."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from foundation.cloud.clients import Clients
from foundation.cloud.objects.s3 import S3ObjectStore
from foundation.contracts.gateway.ledger import Dialect
from foundation.http.service_tokens import TokenVerifier
from foundation.storage.session.database import Database, DatabaseSettings
from foundation.storage.spans.writing import SpanKeeper
from foundation.telemetry.background import TaskSet, begun_again, every
from llm_gateway import lifecycle
from llm_gateway.accounting.attempt_book import AttemptBook
from llm_gateway.accounting.housekeeping import AWAY, Housekeeping
from llm_gateway.accounting.journal import Journal
from llm_gateway.accounting.ledger_writer import LedgerWriter
from llm_gateway.accounting.rebuild import Rebuilder
from llm_gateway.admin.call_estimates import CallEstimator
from llm_gateway.admin.scopes_money import ScopeSpendingReader
from llm_gateway.admin.service import RunSpending
from llm_gateway.breakers.alerts import Alerts
from llm_gateway.breakers.board import SYNC_SECONDS, BreakerBoard
from llm_gateway.budget.limits.tenant_limits import TenantLimitsCache
from llm_gateway.budget.redis.connection import RedisSettings, connect
from llm_gateway.budget.redis.runners.pipelined import PipelinedConnection
from llm_gateway.budget.store import BudgetStore
from llm_gateway.budget.waiting import FairWait
from llm_gateway.configuration.publications import Publications
from llm_gateway.configuration.secrets import GatewaySecrets
from llm_gateway.endpoints.calls import Answerer, CallEndpoint
from llm_gateway.endpoints.count_tokens import TokenCounting
from llm_gateway.endpoints.front import Front
from llm_gateway.endpoints.models import Models
from llm_gateway.endpoints.room import BodyRoom
from llm_gateway.items.store import KeptItems
from llm_gateway.pipeline import Pipeline
from llm_gateway.planning.order import NearlySpentCallers
from llm_gateway.planning.planner import Planner
from llm_gateway.replays.vault import AnswerVault
from llm_gateway.routing.serving import Serving
from llm_gateway.settings import GatewaySettings
from llm_gateway.stages.authenticator import Authenticator
from llm_gateway.stages.dispatcher import Dispatcher
from llm_gateway.stages.ending.answer_keeper import AnswerKeeper
from llm_gateway.stages.ending.discarder import Discarder
from llm_gateway.stages.ending.plain_finisher import PlainFinisher
from llm_gateway.stages.ending.settler import Settler
from llm_gateway.stages.ending.stream_finisher import StreamFinisher
from llm_gateway.stages.funding import Funding
from llm_gateway.stages.sender import AttemptSender
from llm_gateway.stages.stored_answers import StoredAnswers
from llm_gateway.streaming.drains import Drains
from llm_gateway.streaming.heartbeat import Heartbeat
from llm_gateway.wires.registry import WIRES

AUDIENCE = "llm_gateway"
_EXPIRY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """The built parts that the application routes to."""

    front: Front
    runs: RunSpending
    scopes: ScopeSpendingReader
    serving: Serving
    breakers: BreakerBoard
    alerts: Alerts
    estimates: CallEstimator
    verifier: TokenVerifier
    database: Database
    store: BudgetStore


@dataclass(frozen=True, slots=True)
class _Money:
    """What accounts for money: counters, journal, ledger writer, and what rebuilds the counters."""

    store: BudgetStore
    book: AttemptBook
    limits: TenantLimitsCache
    writer: LedgerWriter
    rebuilder: Rebuilder
    housekeeping: Housekeeping


@asynccontextmanager
async def running_gateway(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    # The stack takes everything down in reverse: open answers end first, then what they settled is written to the
    # ledger, then the loops stop, and the connections close last.
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(Clients())
        secrets = GatewaySecrets(clients, settings)
        verifier = TokenVerifier(json.loads(await secrets.service_public_keys()), audience=AUDIENCE)
        database = Database(DatabaseSettings(), application="llm_gateway")
        stack.push_async_callback(database.close)
        redis = connect(RedisSettings())
        stack.push_async_callback(redis.aclose)
        money = await _build_money(stack, settings, database, redis)
        objects = S3ObjectStore(await clients.s3(), settings.artifacts_bucket) if settings.artifacts_bucket else None
        vault = AnswerVault(database, objects, key=await secrets.replay_key())
        breakers, alerts = BreakerBoard(redis, instance_id=settings.instance_id), Alerts(redis)
        serving = Serving(
            settings.all_routes_files,
            placeholders=settings.placeholders,
            read_published=Publications(database).read,
            key_of=secrets.key_of,
            breakers=breakers,
            alerts=alerts,
            on_limits=lambda changed: money.limits.ship(settings.shipped_limits(changed)),
        )
        await serving.begin()
        stack.push_async_callback(serving.close)
        heartbeat = Heartbeat(seconds=settings.silence_seconds)
        stack.push_async_callback(money.housekeeping.sign_off)
        await lifecycle.prepare(money.housekeeping, money.writer, money.rebuilder)
        _start_loops(stack, money, serving, breakers, vault, heartbeat, SpanKeeper.of_process(database))
        stack.push_async_callback(lifecycle.flush, money.book, money.writer)
        authenticator = Authenticator(verifier, database, await secrets.api_key_peppers())
        pipeline = _build_pipeline(
            stack, money, authenticator, serving, vault, KeptItems(redis, vault), heartbeat, alerts
        )
        yield Gateway(
            front=Front(
                _build_endpoints(pipeline, TokenCounting(authenticator, serving, money.limits.providers_of), settings),
                Models(authenticator, serving, money.limits.providers_of),
            ),
            runs=RunSpending(money.store),
            scopes=ScopeSpendingReader(redis),
            serving=serving,
            breakers=breakers,
            alerts=alerts,
            estimates=CallEstimator(serving, max_body=settings.max_body_bytes),
            verifier=verifier,
            database=database,
            store=money.store,
        )


def _start_loops(
    stack: AsyncExitStack,
    money: _Money,
    serving: Serving,
    breakers: BreakerBoard,
    vault: AnswerVault,
    heartbeat: Heartbeat,
    spans: SpanKeeper,
) -> None:
    stack.push_async_callback(spans.close)
    loops = TaskSet()
    for loop in (
        *money.housekeeping.loops(),
        money.writer.run,
        money.rebuilder.run,
        serving.run,
        heartbeat.run,
        every(SYNC_SECONDS, breakers.sync, tolerate=AWAY),
        every(_EXPIRY_SECONDS, vault.forget_expired, tolerate=AWAY),
        *spans.loops(),
    ):
        loops.start(begun_again(loop))
    stack.push_async_callback(loops.cancel)


async def _build_money(stack: AsyncExitStack, settings: GatewaySettings, database: Database, redis: Redis) -> _Money:
    recording = Database(settings.recorder_database(), application="llm_gateway recorder")
    stack.push_async_callback(recording.close)
    # The ledger writer waits for entries for seconds, longer than any other command may take.
    streams = connect(RedisSettings(), blocking=True)
    stack.push_async_callback(streams.aclose)
    pipelined = PipelinedConnection(RedisSettings())
    stack.push_async_callback(pipelined.close)
    journal = Journal(settings.journal, settings.instance_id)
    stack.callback(journal.close)
    store = BudgetStore(redis, lease=settings.lease, runner=pipelined)
    writer = LedgerWriter(streams, recording, consumer=settings.instance_id)
    waiting = FairWait(seconds=settings.wait_seconds, most=settings.waiters)
    book = AttemptBook(store, journal, waiting, lease=settings.lease, find_recorded=writer.find_recorded)
    writer.on_recorded = book.forget_recorded
    name = settings.instance_id
    rebuilder = Rebuilder(redis, gateway=database, recording=recording, writer=writer, book=book, instance_id=name)
    housekeeping = Housekeeping(
        book=book,
        store=store,
        writer=writer,
        database=database,
        instance_id=name,
        lease_seconds=settings.lease_seconds,
    )
    limits = TenantLimitsCache(database, shipped=settings.shipped_limits())
    return _Money(store, book, limits, writer, rebuilder, housekeeping)


def _build_pipeline(
    stack: AsyncExitStack,
    money: _Money,
    authenticator: Authenticator,
    serving: Serving,
    vault: AnswerVault,
    kept_items: KeptItems,
    heartbeat: Heartbeat,
    alerts: Alerts,
) -> Pipeline:
    settler, nearly_spent = Settler(money.book, alerts), NearlySpentCallers()
    keeper = AnswerKeeper(settler, vault, kept_items)
    plain_finisher = PlainFinisher(settler, keeper)
    stream_finisher = StreamFinisher(settler, keeper, heartbeat=heartbeat, drains=Drains())
    discarder = Discarder(settler, plain_finisher, stream_finisher)
    sender = AttemptSender(settler, money.book)
    drains = (discarder.drain, stream_finisher.drain, sender.drain)
    stack.push_async_callback(lifecycle.finish_answers, drains, money.book)
    return Pipeline(
        authenticator=authenticator,
        serving=serving,
        planner=Planner(nearly_spent),
        allowed=money.limits.providers_of,
        kept_items=kept_items,
        stored_answers=StoredAnswers(vault),
        dispatcher=Dispatcher(
            Funding(money.book, money.store, money.limits),
            sender,
            discarder=discarder,
            nearly_spent=nearly_spent,
            alerts=alerts,
        ),
        plain_finisher=plain_finisher,
        stream_finisher=stream_finisher,
        silence_seconds=heartbeat.seconds,
    )


def _build_endpoints(pipeline: Pipeline, counting: TokenCounting, settings: GatewaySettings) -> dict[str, CallEndpoint]:
    answerers: dict[str, tuple[Answerer, Dialect]] = {}
    for dialect, wire in WIRES.items():
        answerers[wire.path] = (pipeline, dialect)
        if wire.counting is not None:
            answerers[wire.counting.path] = (counting, dialect)
    room = BodyRoom(most_bytes=settings.large_bodies_bytes)
    return {
        path: CallEndpoint(path, answerer, dialect=dialect, max_body=settings.max_body_bytes, room=room)
        for path, (answerer, dialect) in answerers.items()
    }
