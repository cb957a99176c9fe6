"""The process of a runner: `python -m tool_runtime.runner`."""

import asyncio
import os
import signal
import sys
from typing import NoReturn

from foundation.domain.errors import SandboxUnavailable
from foundation.telemetry import logs, traces
from foundation.telemetry.spans.buffer import KEPT
from tool_runtime.protocol import EXIT_FAILED, EXIT_NO_SANDBOX
from tool_runtime.runner.lease_client import LeaseLostError
from tool_runtime.runner.serve import serve_one_job
from tool_runtime.runner.settings import RunnerSettings

_log = logs.logger("tool_runtime.runner")


async def _ended(life_fd: int) -> None:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(life_fd, "rb"))
    await reader.read()


async def _serve(settings: RunnerSettings) -> int:
    """Serve until the job is done or whoever started us is gone; then the sandbox is gone as well."""
    told_to_end = asyncio.Event()
    if settings.backend == "task":
        # Two minutes before spot capacity is taken back, and when the launcher has the task stopped.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_end.set)
    serving = asyncio.create_task(serve_one_job(settings, told_to_end=told_to_end))
    tasks: set[asyncio.Task[None]] = {serving}
    if settings.life_fd is not None:
        tasks.add(asyncio.create_task(_ended(settings.life_fd)))
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return 0
    try:
        serving.result()
    except SandboxUnavailable as error:
        _log.critical("no sandbox, no execution", extra={"reason": error.detail, "remedy": error.remedy})
        return EXIT_NO_SANDBOX
    except LeaseLostError as error:
        _log.info("not needed any more", extra={"reason": str(error)})
    except Exception as error:  # noqa: BLE001  (the edge: the launcher sees a lost runner, the log says why)
        _log.critical("the runner failed", exc_info=error)
        return EXIT_FAILED
    return 0


def run(settings: RunnerSettings) -> int:
    """Be a runner; the exit code."""
    logs.configure("tool_runtime.runner", level=settings.log_level)
    traces.configure("tool_runtime.runner", into=KEPT)
    return asyncio.run(_serve(settings))


def main() -> NoReturn:
    sys.exit(run(RunnerSettings()))


if __name__ == "__main__":
    main()
