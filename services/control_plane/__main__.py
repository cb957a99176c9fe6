"""`python -m control_plane`: the tenants' API, until SIGTERM."""

import sys

from uvicorn.config import STARTUP_FAILURE

from control_plane.app import SERVICE, create_app
from control_plane.settings import ControlPlaneSettings
from foundation.http.serving.connection import AnsweringHttp
from foundation.http.serving.servers import StoppingServer, server_config
from foundation.telemetry import logs, metrics, traces
from foundation.telemetry.spans.buffer import KEPT

_DRAIN_SECONDS = 5.0
_END_SECONDS = 10


def main() -> None:
    settings = ControlPlaneSettings()
    logs.configure(SERVICE, level=settings.log_level)
    traces.configure(SERVICE, into=KEPT)
    metrics.serve(SERVICE)
    app = create_app(settings)
    config = server_config(
        app,
        host=settings.host,
        port=settings.port_control_plane,
        drain_seconds=_END_SECONDS,
        http=AnsweringHttp,
    )

    async def end_streams() -> None:
        """Streams of events are endless: their readers are sent away before the open connections are waited for."""
        await app.state.bus.drain(seconds=_DRAIN_SECONDS)

    server = StoppingServer(config, on_stop=end_streams)
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


if __name__ == "__main__":
    main()
