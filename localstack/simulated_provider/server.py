"""The server that the simulated provider runs in: uvicorn, with connections that can be closed unanswered."""

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulated_provider.app import create_app
from simulated_provider.serving.asgi import CLOSE
from simulated_provider.settings import SimulatedProviderSettings


class ClosableConnection(HttpToolsProtocol):
    """Adds to ASGI, which cannot close a connection before an answer has begun, an extension that does."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CLOSE: {"connection": self.transport.close}}


def server_for(settings: SimulatedProviderSettings) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            host=settings.host,
            port=settings.port,
            http=ClosableConnection,
            ws="none",
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=3,
            timeout_keep_alive=75,
            server_header=False,
        )
    )
