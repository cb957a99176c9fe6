"""Decides about one request: its host, its port, then the addresses of its name, all of which have to be allowed.

A name that is not allowed is not resolved, so that no job can tell anything to a name server of its choice. The name is
resolved once, and the connection goes to an address that was vetted: a second answer is never asked for.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from foundation.contracts.egress.addresses import Address, is_public
from foundation.contracts.egress.hosts import allows
from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.egress.private_hosts import PrivateHosts
from foundation.contracts.egress.records import EgressReason
from tool_runtime.egress.grammar import HTTP_PORT, HTTPS_PORT
from tool_runtime.egress.refusals import RefusedError
from tool_runtime.egress.resolving import RESOLVE_SECONDS, Resolver

PORTS = frozenset({HTTP_PORT, HTTPS_PORT})


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Gate:
    """What one job may reach. `private` are places inside that the operator opened to tasks that name their host.

    `platform` are networks of the installation that have public addresses, and are as closed as private ones.
    """

    policy: NetworkPolicy
    resolver: Resolver
    private: PrivateHosts
    platform: Sequence[Network] = ()

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
            told = f"only the ports {ports}, and those of {host} that an operator has opened, are reached, not {port}"
            raise RefusedError(EgressReason.PORT_NOT_ALLOWED, told)
        if opened and (address := self.private[host, port]) is not None:
            return [address]
        found = await self._resolved(host, port)
        if not opened and not all(map(self._is_foreign, found)):
            raise RefusedError(
                EgressReason.ADDRESS_NOT_ALLOWED, f"{host} has an address that is not a public one; none is used"
            )
        return found

    def _is_foreign(self, address: Address) -> bool:
        inside = any(address.version == network.version and address in network for network in self.platform)
        return is_public(address) and not inside and not _is_own(address)

    async def _resolved(self, host: str, port: int) -> Sequence[Address]:
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                found = await self.resolver.addresses(host, port)
        except (OSError, UnicodeError):  # a timeout is one of the former
            found = []
        if not found:
            raise RefusedError(EgressReason.NAME_UNRESOLVED, f"no address was found for {host}")
        return found


def _is_own(address: Address) -> bool:
    """Whether the address is one of this machine's, by its table of routes; nothing is sent to find that out."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), HTTPS_PORT))
            return bool(probe.getsockname()[0] == str(address))
    except OSError:
        return False  # there is no way to it, which connecting will tell
