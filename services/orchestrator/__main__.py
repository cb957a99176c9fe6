"""`python -m orchestrator`: one worker, until SIGTERM."""

import asyncio
import json
import os
import signal
import socket
from contextlib import AsyncExitStack, suppress

import httpx
import uvicorn
from pydantic import PostgresDsn
from sqlalchemy.exc import SQLAlchemyError

from foundation.cloud.clients import Clients
from foundation.cloud.executions import Executions
from foundation.cloud.objects import ObjectStore
from foundation.cloud.queue import Queue
from foundation.cloud.secrets import read_secret
from foundation.domain.ids import new_uuid
from foundation.http.service_tokens import ServiceTokenSigner
from foundation.storage.database import Database, DatabaseSettings
from foundation.storage.notifications import Wakeups
from foundation.storage.relay import Relay
from foundation.telemetry import logs, traces
from orchestrator.advancing import Advancer
from orchestrator.app import SERVICE, SignalFreeServer, create_app
from orchestrator.clients.gateway import ModelGateway
from orchestrator.clients.launcher import Launcher
from orchestrator.consumer import Consumer
from orchestrator.dead_letters import DeadLetters
from orchestrator.deleter import Deleter
from orchestrator.engines.registry import build_engines
from orchestrator.failpoints import Failpoints
from orchestrator.leases import Leases
from orchestrator.queue_figures import QueueFigures
from orchestrator.recording import Recorder
from orchestrator.senders import senders
from orchestrator.settings import WorkerSettings
from orchestrator.sweeper import Sweeper
from orchestrator.taking import Taker
from orchestrator.tool_calls import ToolCalls

_log = logs.logger(__name__)


async def serve(settings: WorkerSettings) -> None:
    """Builds the worker, runs it until SIGTERM or SIGINT, drains it, and closes everything in reverse."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    worker_id = f"{socket.gethostname()}-{os.getpid()}-{new_uuid().hex[-6:]}"
    failpoints = Failpoints(settings.failpoint, environment=settings.environment)
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(Clients())
        sqs, stepfunctions = await clients.sqs(), await clients.stepfunctions()
        queue, dead = Queue(sqs, settings.steps_queue_url), Queue(sqs, settings.steps_dlq_url)
        executions = Executions(stepfunctions, settings.state_machine_arn)
        objects = ObjectStore(await clients.s3(), settings.artifacts_bucket)
        private_jwk = json.loads(await read_secret(await clients.secretsmanager(), settings.signing_key_secret))
        signer = ServiceTokenSigner(private_jwk, service=SERVICE)

        database = _database(stack, settings.database_url, settings.database_pool_size)
        relay_database = _database(stack, settings.database_url_relay, 2)
        look = _database(stack, settings.database_url_sweeper, 1)
        wakeups = Wakeups(DatabaseSettings(url=PostgresDsn(settings.database_url)), "outbox", "fenced")

        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=str(settings.launcher_url), timeout=httpx.Timeout(10, read=None))
        )
        gateway = ModelGateway(str(settings.gateway_url), signer)
        stack.push_async_callback(gateway.close)
        tool_calls = ToolCalls(
            database, Launcher(http, signer), objects, failpoints, artifacts_per_job=settings.artifacts_per_job
        )
        taker = Taker(database, worker_id=worker_id, lease_seconds=settings.lease_seconds)
        recorder = Recorder(database, taker, failpoints)
        engines = build_engines(database, objects, gateway, tool_calls, failpoints)
        leases = Leases(
            database,
            queue,
            wakeups,
            lease_seconds=settings.lease_seconds,
            renew_seconds=settings.renew_seconds,
            visibility_seconds=settings.visibility_seconds,
        )
        deleter = Deleter(queue)
        consumer = Consumer(
            queue,
            taker,
            Advancer(engines, recorder, failpoints),
            leases,
            deleter,
            concurrency=settings.concurrency,
            poll_seconds=settings.poll_seconds,
            visibility_seconds=settings.visibility_seconds,
        )
        sweeper = Sweeper(
            look,
            database,
            executions,
            recorder,
            every_seconds=settings.sweep_seconds,
            standstill_seconds=settings.standstill_seconds,
            budget_pause_seconds=settings.budget_pause_seconds,
        )
        relay = Relay(relay_database, wakeups, senders(queue, executions, failpoints))
        dead_letters = DeadLetters(dead, database, recorder, worker_id=worker_id)
        server = _server(settings, database, queue)

        consuming = asyncio.create_task(consumer.run(), name="consumer")
        background = [
            asyncio.create_task(work, name=name)
            for name, work in {
                "wakeups": wakeups.run(),
                "leases": leases.keep(),
                "deleter": deleter.run(),
                "sweeper": sweeper.run(),
                "relay": relay.run(),
                "dead letters": dead_letters.run(),
                "queue figures": QueueFigures({"steps": queue, "steps-dlq": dead}).run(),
                "health": server.serve(),
            }.items()
        ]
        _log.info("the worker is ready", extra={"worker_id": worker_id, "concurrency": settings.concurrency})
        await _until(stop, [consuming, *background])
        _log.info("draining", extra={"held": len(leases)})
        consuming.cancel()
        with suppress(asyncio.CancelledError):
            await consuming
        await consumer.drain(seconds=settings.drain_seconds)
        with suppress(SQLAlchemyError, OSError):
            await relay.relay_once()
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        _log.info("the worker has stopped")


def _database(stack: AsyncExitStack, url: str, pool_size: int) -> Database:
    database = Database(DatabaseSettings(url=PostgresDsn(url), pool_size=pool_size), application=SERVICE)
    stack.push_async_callback(database.close)
    return database


def _server(settings: WorkerSettings, database: Database, queue: Queue) -> uvicorn.Server:
    async def sqs() -> None:
        await queue.visible()

    app = create_app({"postgres": database.ping, "sqs": sqs})
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port_worker_health, log_config=None, access_log=False
    )
    return SignalFreeServer(config)


async def _until(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Returns when asked to stop; a background task that ends by itself ends the worker with its error."""
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    for task in done - {stopping}:
        task.result()


def main() -> None:
    settings = WorkerSettings()
    logs.configure(SERVICE, level=settings.log_level)
    traces.configure(SERVICE)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
