"""Decides about one request: its host, its port, then the addresses of its name, all of which have to be allowed.

A name that is not allowed is not resolved, so that no job can tell anything to a name server of its choice. The name is
resolved once, and the connection goes to an address that was vetted: a second answer is never asked for.
"""

import asyncio
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
