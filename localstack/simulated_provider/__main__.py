"""`python -m simulated_provider`: serve until told to stop."""

import uvicorn

from simulated_provider.app import create_app
from simulated_provider.settings import SimulatedProviderSettings


def main() -> None:
    settings = SimulatedProviderSettings()
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=75,
        server_header=False,
    )


if __name__ == "__main__":
    main()
