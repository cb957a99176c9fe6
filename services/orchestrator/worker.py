"""One worker: runs its loops until it is asked to stop, then drains."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping
from contextlib import suppress
from typing import Any

import uvicorn

from foundation.contracts.presence import WorkerStatus
from foundation.domain.errors import LockstepError
from foundation.domain.ids import TenantId
from foundation.domain.states import StepKind
from foundation.http.health import answers
from foundation.http.serving.servers import SignalFreeServer, server_config
from foundation.storage.session.relay import Relay
from foundation.storage.spans.writing import SpanKeeper
from foundation.telemetry import metrics
from foundation.telemetry.background import begun_again, cancelled, every
from foundation.telemetry.logs import logger
from foundation.workflow.lines import turns
from foundation.workflow.stalls import queue_watch
from orchestrator.app import create_app
from orchestrator.breakers.board import WorkerBreakers
from orchestrator.breakers.guarded import GuardedLauncher, GuardedModelGateway
from orchestrator.claiming.leases import Leases
from orchestrator.claiming.picking import Picker
from orchestrator.claiming.taking import Taker
from orchestrator.engines.base import Engine, EngineParts
from orchestrator.engines.model_turns import ModelTurns
from orchestrator.engines.registry import build_engines
from orchestrator.failpoints import Failpoints
from orchestrator.intake.advancing import Advancer
from orchestrator.intake.consumer import Consumer
from orchestrator.intake.dead_letters import DeadLetters
from orchestrator.intake.deleter import Deleter
from orchestrator.intake.expansion import Expansion
from orchestrator.intake.queue_figures import QueueFigures
from orchestrator.outbox.following import Following
from orchestrator.outbox.senders import senders
from orchestrator.presence.known_lacks import KnownLacks
from orchestrator.presence.signs_of_life import SignsOfLife
from orchestrator.recording.outcome_writer import OutcomeWriter
from orchestrator.resources import WorkerResources
from orchestrator.settings import WorkerSettings
from orchestrator.sweeping.parts import PartsSweeper
from orchestrator.sweeping.sweeper import Sweeper
from orchestrator.tools.tool_calls import ToolCalls

_log = logger(__name__)
_FIGURES_SECONDS = 15.0


class Worker:
    """Builds the parts of one worker, runs its loops, and drains them when it is asked to stop."""

    def __init__(self, settings: WorkerSettings, held: WorkerResources, *, worker_id: str) -> None:
        self._settings = settings
        self._held = held
        self._worker_id = worker_id
        self._breakers = WorkerBreakers()
        failpoints = Failpoints(settings.failpoint, environment=settings.environment)
        taker = Taker(held.database, worker_id=worker_id, lease_seconds=settings.lease_seconds)
        writer = OutcomeWriter(held.database, taker, failpoints, budget_pause_seconds=settings.budget_pause_seconds)
        self._leases = Leases(
            held.database,
            held.queue,
            held.wakeups,
            lease_seconds=settings.lease_seconds,
            renew_seconds=settings.renew_seconds,
            visibility_seconds=settings.visibility_seconds,
        )
        self._deleter = Deleter(held.queue)
        self._consumer = Consumer(
            held.queue,
            taker,
            Picker(held.database, taker),
            Advancer(self._engines(failpoints), writer, failpoints, Expansion(held.database).run, self._breakers),
            self._leases,
            self._deleter,
            concurrency=settings.concurrency,
            poll_seconds=settings.poll_seconds,
            visibility_seconds=settings.visibility_seconds,
        )
        self._lacks = KnownLacks(held.lacks)
        self._signs = SignsOfLife(
            held.presence,
            self._leases.count_by_tenant,
            self._breakers.shown,
            worker_id=worker_id,
            concurrency=settings.concurrency,
            lacks=self._lacks.now,
        )
        effects = senders(held.queue, held.executions, Following(held.database, failpoints), failpoints)
        self._spans = SpanKeeper.of_process(held.database)
        self._relay = Relay(held.relay_database, held.wakeups, effects)

    async def run(self, stop: asyncio.Event) -> None:
        """Returns when `stop` is set and the worker has drained; a loop that ends by itself ends the worker."""
        consuming = asyncio.create_task(self._consumer.run(), name="consumer")
        background = [asyncio.create_task(work, name=name) for name, work in self._loops().items()]
        self._signs.now(WorkerStatus.WORKING)
        _log.info("the worker is ready", extra={"worker_id": self._worker_id})
        await _until(stop, [consuming, *background])
        self._signs.now(WorkerStatus.DRAINING)
        _log.info("draining", extra={"held": len(self._leases)})
        await cancelled([consuming])
        await self._consumer.drain(seconds=self._settings.drain_seconds)
        with suppress(LockstepError, OSError):
            await self._relay.relay_once()
        await cancelled(background)
        await self._signs.leave()
        await self._spans.close()
        _log.info("the worker has stopped")

    def _engines(self, failpoints: Failpoints) -> Mapping[StepKind, Engine]:
        held, breakers = self._held, self._breakers
        tool_calls = ToolCalls(
            held.database,
            GuardedLauncher(held.launcher, breakers.tool_launcher),
            held.objects,
            failpoints,
            artifacts_per_job=self._settings.artifacts_per_job,
            run_token=held.run_token,
        )
        gateway = GuardedModelGateway(held.gateway, breakers.model_gateway)
        model_turns = ModelTurns(held.database, gateway, failpoints, held.telling)
        return build_engines(EngineParts(held.database, held.objects, model_turns, tool_calls, held.crew_program))

    def _loops(self) -> dict[str, Coroutine[Any, Any, None]]:
        held, settings = self._held, self._settings
        sweeper = Sweeper(
            held.sweeper_database,
            held.database,
            held.executions,
            every_seconds=settings.sweep_seconds,
            lease_seconds=settings.lease_seconds,
            standstill_seconds=settings.standstill_seconds,
            budget_pause_seconds=settings.budget_pause_seconds,
        )
        parts = PartsSweeper(held.sweeper_database, held.database)
        dead_letters = DeadLetters(held.dead_letters, held.database, worker_id=self._worker_id)
        return {
            "wakeups": held.wakeups.run(),
            "leases": self._leases.keep(),
            "waiting": self._consumer.waiting.watch(held.wakeups, self._tenants_waiting),
            "deleter": self._deleter.run(),
            "sweeper": sweeper.run(),
            "parts": parts.run(),
            "relay": self._relay.run(),
            "signs of life": self._signs.run(),
            "lacks": self._lacks.run(),
            "dead letters": dead_letters.run(),
            "queue figures": QueueFigures(
                {queue_watch.STEPS: held.queue, "steps-dlq": held.dead_letters},
                held.database,
                idle=lambda: self._consumer.waiting.shares.idle,
            ).run(),
            "line figures": self._report_lines(),
            **{f"spans {at}": begun_again(loop) for at, loop in enumerate(self._spans.loops())},
            "health": self._server().serve(),
        }

    async def _tenants_waiting(self) -> Collection[TenantId]:
        async with self._held.sweeper_database.across_tenants(reason="slots are for whoever waits") as tx:
            return await turns.tenants_waiting(tx)

    async def _report_lines(self) -> None:
        await every(_FIGURES_SECONDS, self._count_in_line, tolerate=(LockstepError, OSError))()

    async def _count_in_line(self) -> None:
        async with self._held.sweeper_database.across_tenants(reason="a figure for whoever scales workers") as tx:
            metrics.STEPS_IN_LINE.set(await turns.count_in_line(tx))

    def _server(self) -> uvicorn.Server:
        held = self._held

        async def sqs() -> None:
            await held.queue.visible()

        async def step_functions() -> None:
            await held.executions.describe("health")

        async def redis() -> None:
            await held.presence.present()

        app = create_app(
            {"postgres": held.database.ping, "sqs": sqs},
            {
                "step_functions": step_functions,
                "s3": held.objects.ping,
                "llm_gateway": answers(held.gateway_http, "the gateway"),
                "tool_runtime": answers(held.launcher_http, "the launcher"),
                "redis": redis,
            },
        )
        settings = self._settings
        # SIGTERM is the worker's, which drains first.
        return SignalFreeServer(
            server_config(app, host=settings.host, port=settings.port_worker_health, lifespan="off")
        )


async def _until(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Returns when asked to stop; a background task that ends by itself ends the worker with its error."""
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    for task in done - {stopping}:
        task.result()
