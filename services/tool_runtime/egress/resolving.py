"""Asks for the addresses of a name, once for each request."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from typing import Protocol

from foundation.contracts.egress.addresses import Address

RESOLVE_SECONDS = 5.0


class Resolver(Protocol):
    """Something that knows the addresses of names."""

    async def addresses(self, host: str, port: int) -> Sequence[Address]:
        """All of them, empty when there are none. Raises `OSError` or `TimeoutError` when it cannot be found out."""
        ...


class SystemResolver:
    """The resolver of the machine on which the proxy runs."""

    async def addresses(self, host: str, port: int) -> Sequence[Address]:
        # With its final dot the name is whole: no search list of the machine is appended to it.
        found = await asyncio.get_running_loop().getaddrinfo(f"{host}.", port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(ipaddress.ip_address(sockaddr[0]) for *_, sockaddr in found))
