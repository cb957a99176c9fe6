"""`python -m orchestrator`: one worker, until SIGTERM."""

import asyncio
import os
import signal
import socket
from contextlib import AsyncExitStack

import uvloop

from foundation.domain.ids import new_uuid
from foundation.telemetry import logs, metrics, traces
from foundation.telemetry.spans.buffer import KEPT
from orchestrator.app import SERVICE
from orchestrator.resources import open_resources
from orchestrator.settings import WorkerSettings
from orchestrator.worker import Worker


async def serve(settings: WorkerSettings) -> None:
    """Opens what the worker needs, runs it until SIGTERM or SIGINT, and closes everything in reverse."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    worker_id = f"{socket.gethostname()}-{os.getpid()}-{new_uuid().hex[-6:]}"
    async with AsyncExitStack() as stack:
        held = await open_resources(settings, stack)
        await Worker(settings, held, worker_id=worker_id).run(stop)


def main() -> None:
    settings = WorkerSettings()
    logs.configure(SERVICE, level=settings.log_level)
    traces.configure(SERVICE, into=KEPT)
    metrics.serve(SERVICE)
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
