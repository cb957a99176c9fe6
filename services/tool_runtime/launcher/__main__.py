"""The launcher's process: `python -m tool_runtime.launcher`."""

import asyncio
from types import FrameType

import uvicorn
from fastapi import FastAPI

from foundation.telemetry import logs, traces
from tool_runtime.launcher.app import SERVICE, create_app
from tool_runtime.launcher.runtime import Runtime
from tool_runtime.launcher.settings import LauncherSettings

STOP_SECONDS = 5


class _Server(uvicorn.Server):
    """Answers open calls when told to stop, instead of waiting for jobs and long polls."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        runtime: Runtime | None = getattr(self._app.state, "runtime", None)  # None: told to stop while starting
        if runtime is not None:
            self._loop.call_soon_threadsafe(runtime.board.close)
        super().handle_exit(sig, frame)


async def _serve(settings: LauncherSettings) -> None:
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="asyncio",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    await _Server(config, app).serve()


def main() -> None:
    settings = LauncherSettings()
    logs.configure(SERVICE, level=settings.log_level)
    traces.configure(SERVICE)
    asyncio.run(_serve(settings))


if __name__ == "__main__":
    main()
