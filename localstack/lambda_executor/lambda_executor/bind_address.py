"""Repair: the gateway listens on the address that is configured, not on every address of the machine."""

from types import SimpleNamespace
from typing import Any

import localstack.config as localstack_config
from localstack.runtime import hooks

# The branches of a Map connect at the same time, and there are more of them than the default queue of 50.
_BACKLOG = 1024


@hooks.on_infra_start()
def bind_to_the_named_address() -> None:
    """`TwistedRuntimeServer` passes no interface for IPv4, so that the whole network could execute code here."""
    from localstack.runtime.server import twisted  # noqa: PLC0415

    original = twisted.endpoints

    def on_one_interface(reactor: Any, port: int) -> Any:
        host = next(one.host for one in localstack_config.GATEWAY_LISTEN if one.port == port)
        return original.TCP4ServerEndpoint(reactor, port, backlog=_BACKLOG, interface=host)

    twisted.endpoints = SimpleNamespace(
        TCP4ServerEndpoint=on_one_interface, TCP6ServerEndpoint=original.TCP6ServerEndpoint
    )
