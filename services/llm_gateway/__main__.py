"""`python -m llm_gateway`: serve until told to stop, then let open calls end."""

import sys

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from foundation.http.serving.servers import server_config
from foundation.telemetry import logs, metrics, traces
from foundation.telemetry.spans.buffer import KEPT
from llm_gateway.app import create_app
from llm_gateway.settings import GatewaySettings


def main() -> None:
    settings = GatewaySettings()
    logs.configure("llm_gateway", level=settings.log_level)
    traces.configure("llm_gateway", into=KEPT)
    metrics.serve("llm_gateway")
    config = server_config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        drain_seconds=settings.drain_seconds,
    )
    server = uvicorn.Server(config)
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


if __name__ == "__main__":
    main()
