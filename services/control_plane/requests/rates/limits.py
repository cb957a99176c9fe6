"""Who a request is counted against: its address until it has proven whose it is, then a tenant and a credential."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from cachetools import LRUCache

from control_plane.identity.callers import ApiCaller, Operator, Person
from control_plane.requests.rates.drawn_tokens import Bucket, DrawnTokens, RateStanding
from control_plane.requests.rates.figures import REFUSED
from control_plane.settings import ControlPlaneSettings
from foundation.domain.policy.token_buckets import BucketPolicy, RateLimited

TENANT, CREDENTIAL, ADDRESS = "tenant", "credential", "address"
_REMEMBERED = 20_000
_PREFIX_OF_ONE = 64
"""Bits of an IPv6 address: whoever has one has all that begin alike, so that they are counted as one."""


@dataclass(slots=True)
class Counted:
    """One request, and the buckets of which it has a token."""

    digest: bytes | None
    """Of its credential, which itself is not kept."""
    buckets: tuple[Bucket, ...]
    admitted: bool = False
    """Whether it is known who calls, and that they may call at all."""


class RequestLimits:
    """Counts each request once.

    One whose credential this process has never seen prove itself costs a token of its address, which it gets back when
    it does: so only failures, and what asks for no caller, use an address up, and whoever is known is not held up by
    somebody who guesses behind the same address.
    """

    def __init__(self, leases: DrawnTokens, settings: ControlPlaneSettings) -> None:
        self._leases = leases
        self._proven: LRUCache[bytes, tuple[Bucket, ...]] = LRUCache(_REMEMBERED)
        self._tenant = BucketPolicy(TENANT, settings.rate_limit_tenant, settings.rate_limit_tenant_burst)
        self._credential = BucketPolicy(
            CREDENTIAL, settings.rate_limit_credential, settings.rate_limit_credential_burst
        )
        self._address = BucketPolicy(ADDRESS, settings.rate_limit_address, settings.rate_limit_address_burst)

    async def enter(self, counted: Counted, *, address: str | None, credential: str | None) -> None:
        """Counts a request before anything is done for it; `RateLimited` where there is no token for it."""
        if credential:
            counted.digest = blake2b(credential.encode(), digest_size=16).digest()
            counted.buckets = self._proven.get(counted.digest, ())
        if not counted.buckets:
            counted.buckets = (Bucket(f"ls:rate:{{{_place(address)}}}", self._address),)
        await self._take(counted.buckets)

    async def admit(self, counted: Counted, caller: ApiCaller | Operator | Person) -> None:
        """Counts it against who calls, now that this is known; `RateLimited` where they have no token left."""
        counted.admitted = True
        buckets = self._buckets_of(caller)
        if counted.buckets == buckets:
            return
        unproven, counted.buckets = counted.buckets, buckets
        self._leases.give_back(unproven)
        if counted.digest is not None:
            self._proven[counted.digest] = buckets
        await self._take(buckets)

    def excuse(self, counted: Counted) -> None:
        """Gives the tokens back: the request has proven itself in a way of its own, and is counted elsewhere."""
        self._leases.give_back(counted.buckets)

    def doubt(self, counted: Counted) -> None:
        """A credential that opens nothing any more is counted against its address from now on."""
        if counted.digest is not None:
            self._proven.pop(counted.digest, None)

    def standings(self, counted: Counted) -> list[RateStanding]:
        return self._leases.standings(counted.buckets)

    async def _take(self, buckets: Sequence[Bucket]) -> None:
        try:
            await self._leases.take(buckets)
        except RateLimited as refused:
            for policy in refused.policies:
                REFUSED.labels(policy).inc()
            raise

    def _buckets_of(self, caller: ApiCaller | Operator | Person) -> tuple[Bucket, ...]:
        # What an operator reads of a tenant is no load of the tenant's own.
        if isinstance(caller, ApiCaller) and caller.access is None:
            tenant = f"ls:rate:{{{caller.tenant_id}}}"
            return Bucket(tenant, self._tenant), Bucket(f"{tenant}:{caller.actor}", self._credential)
        return (Bucket(f"ls:rate:{{{caller.actor}}}", self._credential),)


def _place(address: str | None) -> str:
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if found.version == 4:  # noqa: PLR2004
        return str(found)
    if (mapped := found.ipv4_mapped) is not None:
        return str(mapped)
    return str(ipaddress.ip_network((found, _PREFIX_OF_ONE), strict=False).network_address)
