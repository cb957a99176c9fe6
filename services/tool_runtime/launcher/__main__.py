"""The launcher's process: `python -m tool_runtime.launcher`."""

import asyncio
from collections.abc import Callable
from types import FrameType

import uvicorn

from foundation.http.server import Http
from foundation.telemetry import logs, metrics, traces
from tool_runtime.launcher.app import SERVICE, create_app
from tool_runtime.launcher.runtime import Runtime
from tool_runtime.launcher.settings import LauncherSettings

STOP_SECONDS = 5


class _Server(uvicorn.Server):
    """Answers open calls when told to stop, instead of waiting for jobs and long polls."""

    def __init__(self, config: uvicorn.Config, *, answer_open_calls: Callable[[], None]) -> None:
        super().__init__(config)
        self._answer_open_calls = answer_open_calls
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._answer_open_calls)
        super().handle_exit(sig, frame)


async def _serve(settings: LauncherSettings) -> None:
    app = create_app(settings)

    def answer_open_calls() -> None:
        runtime: Runtime | None = getattr(app.state, "runtime", None)  # None: told to stop while starting
        if runtime is not None:
            runtime.board.close()

    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="asyncio",  # runners are started with what uvloop's processes do not know
        http=Http,
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    await _Server(config, answer_open_calls=answer_open_calls).serve()


def main() -> None:
    settings = LauncherSettings()
    logs.configure(SERVICE, level=settings.log_level)
    traces.configure(SERVICE)
    metrics.serve()
    asyncio.run(_serve(settings))


if __name__ == "__main__":
    main()
