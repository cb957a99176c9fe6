"""`python -m control_plane`: the tenants' API, until SIGTERM."""

import uvicorn

from control_plane.app import SERVICE, create_app
from control_plane.settings import ControlPlaneSettings
from foundation.http.server import Http
from foundation.telemetry import logs, metrics, traces


def main() -> None:
    settings = ControlPlaneSettings()
    logs.configure(SERVICE, level=settings.log_level)
    traces.configure(SERVICE)
    metrics.serve()
    app = create_app(settings)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port_control_plane,
        http=Http,
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
