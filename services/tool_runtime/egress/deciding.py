"""Decides about one request: its host, its port, then the addresses of its name, all of which have to be allowed.

A name that is not allowed is not resolved, so that no job can tell anything to a name server of its choice. The name is
resolved once, and the connection goes to an address that was vetted: a second answer is never asked for.
"""

import asyncio
import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from foundation.contracts.egress import EgressReason, NetworkPolicy
from foundation.contracts.egress_hosts import allows, is_host
from tool_runtime.egress.addresses import Address, is_public
from tool_runtime.egress.refusals import RefusedError
from tool_runtime.egress.resolving import RESOLVE_SECONDS, Resolver

PORTS = frozenset({80, 443})
_ENTRY = re.compile(r"([^:=]+):([0-9]{1,5})(?:=(.+))?")

PrivateHosts = Mapping[tuple[str, int], Address | None]


def private_hosts(entries: Iterable[str]) -> PrivateHosts:
    """Reads an operator's `host:port` or `host:port=address`; with an address the name is not resolved.

    Raises `ValueError` on anything else.
    """
    hosts: dict[tuple[str, int], Address | None] = {}
    for entry in entries:
        found = _ENTRY.fullmatch(entry)
        if found is None or not is_host(found[1]) or not 0 < int(found[2]) < 1 << 16:
            raise ValueError(f"{entry!r} is not host:port, nor host:port=address")
        hosts[found[1], int(found[2])] = ipaddress.ip_address(found[3]) if found[3] else None
    return hosts


@dataclass(frozen=True)
class Gate:
    """What one job may reach. `private` are places inside that the operator opened to tasks that name their host."""

    policy: NetworkPolicy
    resolver: Resolver
    private: PrivateHosts

    async def addresses(self, host: str, port: int) -> Sequence[Address]:
        """The vetted addresses to connect to. Raises `RefusedError`."""
        if not allows(self.policy.hosts, host):
            named = ", ".join(self.policy.hosts) or "no host at all"
            raise RefusedError(EgressReason.HOST_NOT_ALLOWED, f"the task's egress does not name {host}; it has {named}")
        if self.policy.ceiling is not None and not allows(self.policy.ceiling, host):
            raise RefusedError(EgressReason.ABOVE_CEILING, f"the tenant's egress policy does not allow {host}")
        opened = (host, port) in self.private
        if not opened and port not in PORTS:
            ports = ", ".join(map(str, sorted(PORTS)))
            raise RefusedError(EgressReason.PORT_NOT_ALLOWED, f"only the ports {ports} are reached, not {port}")
        if opened and (address := self.private[host, port]) is not None:
            return [address]
        found = await self._resolved(host, port)
        if not opened and not all(map(is_public, found)):
            raise RefusedError(
                EgressReason.ADDRESS_NOT_ALLOWED, f"{host} has an address that is not a public one; none is used"
            )
        return found

    async def _resolved(self, host: str, port: int) -> Sequence[Address]:
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                found = await self.resolver.addresses(host, port)
        except (OSError, UnicodeError):  # a timeout is one of the former
            found = []
        if not found:
            raise RefusedError(EgressReason.NAME_UNRESOLVED, f"no address was found for {host}")
        return found
