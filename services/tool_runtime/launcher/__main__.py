"""The launcher's process: `python -m tool_runtime.launcher`."""

import asyncio

from foundation.http.serving.servers import SignalledServer, server_config
from foundation.telemetry import logs, metrics, traces
from tool_runtime.launcher.app import SERVICE, create_app
from tool_runtime.launcher.runtime import Runtime
from tool_runtime.launcher.settings import LauncherSettings

STOP_SECONDS = 5


async def _serve(settings: LauncherSettings) -> None:
    app = create_app(settings)

    def answer_open_calls() -> None:
        runtime: Runtime | None = getattr(app.state, "runtime", None)  # None: told to stop while starting
        if runtime is not None:
            runtime.board.close()

    loop = asyncio.get_running_loop()
    config = server_config(
        app,
        host=settings.host,
        port=settings.port,
        loop="asyncio",  # runners are started with what uvloop's processes do not know
        drain_seconds=STOP_SECONDS,
    )
    # Open calls are answered when it is told to stop, instead of waiting for jobs and long polls.
    await SignalledServer(config, on_signal=lambda: loop.call_soon_threadsafe(answer_open_calls)).serve()


def main() -> None:
    settings = LauncherSettings()
    logs.configure(SERVICE, level=settings.log_level)
    traces.configure(SERVICE)
    metrics.serve(SERVICE)
    asyncio.run(_serve(settings))


if __name__ == "__main__":
    main()
