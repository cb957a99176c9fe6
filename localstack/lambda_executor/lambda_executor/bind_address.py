"""Repair: the gateway listens on the address it was told, not on every address of the machine."""

from types import SimpleNamespace
from typing import Any

from localstack import config
from localstack.runtime import hooks

# Many states of a Map call at once; the default of 50 is fewer than one Map has branches.
_BACKLOG = 1024


@hooks.on_infra_start()
def bind_to_the_named_address() -> None:
    """`TwistedRuntimeServer` passes no interface for IPv4, which offers code execution to the whole network."""
    from localstack.runtime.server import twisted  # noqa: PLC0415

    original = twisted.endpoints

    def on_one_interface(reactor: Any, port: int) -> Any:
        host = next(one.host for one in config.GATEWAY_LISTEN if one.port == port)
        return original.TCP4ServerEndpoint(reactor, port, backlog=_BACKLOG, interface=host)

    twisted.endpoints = SimpleNamespace(
        TCP4ServerEndpoint=on_one_interface, TCP6ServerEndpoint=original.TCP6ServerEndpoint
    )
