"""Repair: an idle connection is not closed while a client is about to use it again."""

from typing import Any

from localstack.runtime import hooks

_SECONDS = 3600


@hooks.on_infra_start()
def keep_idle_connections() -> None:
    """The server closes idle connections after 60 s. LocalStack's own clients keep pools and do not repeat such a call.

    A step of an execution then fails with `States.Runtime`: "Connection was closed before we received a valid …".
    """
    from rolo.serving.twisted import TwistedGateway  # noqa: PLC0415

    original = TwistedGateway.__init__

    def with_patience(self: Any, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        self.timeOut = _SECONDS

    TwistedGateway.__init__ = with_patience
