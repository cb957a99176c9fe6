"""A configured provider as the dialects in which it can be called."""

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.configuration.file import ProviderConfig
from llm_gateway.providers.base import Provider
from llm_gateway.providers.over_http import HttpProvider
from llm_gateway.wires.base import Server
from llm_gateway.wires.registry import WIRES


def connect_provider(name: str, config: ProviderConfig, *, key: str | None) -> dict[Dialect, Provider]:
    """One provider for each dialect that its table names; calls in those need no translation."""
    connected: dict[Dialect, Provider] = {}
    for dialect, base_url in config.base_urls().items():
        wire = WIRES[dialect]
        # What stands below another URL is a compatible server, even where the vendor runs it.
        is_vendors_own = config.adapter == wire.vendor and dialect not in config.urls
        server = Server(is_vendors_own=is_vendors_own, limit_name=config.limit_name)
        connected[dialect] = HttpProvider(wire, name, base_url, key=key, timeouts=config.timeouts, server=server)
    return connected
