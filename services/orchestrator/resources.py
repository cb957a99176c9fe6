"""What a worker holds open while it runs: clients, pools, keys; the exit stack closes them in reverse."""

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
from pydantic import PostgresDsn

from foundation.cloud.clients import Clients
from foundation.cloud.executions.base import Executions
from foundation.cloud.executions.step_functions import StepFunctionsExecutions
from foundation.cloud.live_text.redis import RedisLiveText
from foundation.cloud.objects.base import ObjectStore
from foundation.cloud.objects.s3 import S3ObjectStore
from foundation.cloud.presence.base import Presence
from foundation.cloud.presence.redis import RedisPresence, connect
from foundation.cloud.queue.base import Queue
from foundation.cloud.queue.sqs import SqsQueue
from foundation.cloud.secrets import read_secret
from foundation.http.outgoing import http_client
from foundation.http.service_tokens import ServiceTokenSigner
from foundation.storage.session.database import Database, DatabaseSettings
from foundation.storage.session.notifications import Wakeups
from orchestrator.app import SERVICE
from orchestrator.clients.crew_program.base import CrewProgram
from orchestrator.clients.crew_program.bubblewrap import BubblewrapCrewProgram
from orchestrator.clients.crew_program.walls import MIB
from orchestrator.clients.launcher.base import Launcher
from orchestrator.clients.launcher.http import HttpLauncher
from orchestrator.clients.model_gateway.base import ModelGateway
from orchestrator.clients.model_gateway.openai_client import OpenAiModelGateway, claims_of
from orchestrator.engines.text_telling import TextTelling
from orchestrator.presence.known_lacks import LacksOf
from orchestrator.settings import WorkerSettings
from orchestrator.tools.model_grants import RunTokenOf


@dataclass(frozen=True, slots=True)
class WorkerResources:
    """The clients and connection pools that a worker's parts share."""

    queue: Queue
    dead_letters: Queue
    executions: Executions
    objects: ObjectStore
    database: Database
    """As the orchestrator: one tenant at a time."""
    relay_database: Database
    sweeper_database: Database
    wakeups: Wakeups
    launcher: Launcher
    lacks: LacksOf
    launcher_http: httpx.AsyncClient
    gateway: ModelGateway
    gateway_http: httpx.AsyncClient
    run_token: RunTokenOf
    presence: Presence
    telling: TextTelling
    crew_program: CrewProgram


async def open_resources(settings: WorkerSettings, stack: AsyncExitStack) -> WorkerResources:
    clients = await stack.enter_async_context(Clients())
    sqs = await clients.sqs()
    private_jwk = json.loads(await read_secret(await clients.secretsmanager(), settings.signing_key_secret))
    signer = ServiceTokenSigner(private_jwk, service=SERVICE)
    # A job takes as long as it takes: only connecting and sending are timed.
    http = await stack.enter_async_context(
        http_client(base_url=str(settings.launcher_url), timeout=httpx.Timeout(10, read=None))
    )
    health = await stack.enter_async_context(http_client(base_url=str(settings.gateway_url)))
    gateway = OpenAiModelGateway(str(settings.gateway_url), signer)
    stack.push_async_callback(gateway.close)
    redis = connect(str(settings.redis_url))
    stack.push_async_callback(redis.aclose)
    telling = TextTelling(RedisLiveText(redis))
    stack.push_async_callback(telling.drain)
    launcher = HttpLauncher(http, signer)
    return WorkerResources(
        queue=SqsQueue(sqs, settings.steps_queue_url),
        dead_letters=SqsQueue(sqs, settings.steps_dlq_url),
        executions=StepFunctionsExecutions(await clients.stepfunctions(), settings.state_machine_arn),
        objects=S3ObjectStore(await clients.s3(), settings.artifacts_bucket, secret_key=clients.secret_key),
        database=_database(stack, settings.database_url, settings.database_pool_size),
        relay_database=_database(stack, settings.database_url_relay, 2),
        sweeper_database=_database(stack, settings.database_url_sweeper, 1),
        wakeups=Wakeups(DatabaseSettings(url=PostgresDsn(settings.database_url)), "outbox", "fenced", "lines"),
        launcher=launcher,
        lacks=launcher.lacks,
        launcher_http=http,
        gateway=gateway,
        gateway_http=health,
        run_token=lambda work: signer.run_token(claims_of(work)),
        presence=RedisPresence(redis),
        telling=telling,
        crew_program=BubblewrapCrewProgram(
            settings.crew_python,
            memory_bytes=settings.crew_memory_mib * MIB,
            start_seconds=settings.crew_start_seconds,
        ),
    )


def _database(stack: AsyncExitStack, url: str, pool_size: int) -> Database:
    database = Database(DatabaseSettings(url=PostgresDsn(url), pool_size=pool_size), application=SERVICE)
    stack.push_async_callback(database.close)
    return database
