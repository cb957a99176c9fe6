"""`python -m llm_gateway`: serve until told to stop, then let open calls end."""

import uvicorn

from foundation.http.server import Http
from foundation.telemetry import logs, metrics, traces
from llm_gateway.app import create_app
from llm_gateway.settings import GatewaySettings


def main() -> None:
    settings = GatewaySettings()
    logs.configure("llm_gateway", level=settings.log_level)
    traces.configure("llm_gateway")
    metrics.serve()
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=Http,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=settings.drain_seconds,
    )


if __name__ == "__main__":
    main()
