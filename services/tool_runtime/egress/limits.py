"""How much a job may take of its proxy, counted over all its connections."""

import asyncio
from dataclasses import dataclass, field

from foundation.contracts.egress.records import MAX_ALLOWED, EgressReason
from foundation.domain.tools import SandboxProfile
from tool_runtime.egress.refusals import CutError, RefusedError

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class EgressLimits:
    """Seconds are of one connection, the rest of the whole job."""

    connections: int = 32
    """At once."""
    connections_in_all: int = 2000
    """After so many the proxy listens no more: refusing costs its host processor time too."""
    requests: int = MAX_ALLOWED
    bytes: int = 200 * MIB
    """Up and down together."""
    head_seconds: float = 10.0
    idle_seconds: float = 30.0
    connect_seconds: float = 10.0


_OF_BROWSERS = EgressLimits(connections=256, connections_in_all=10_000)
"""A page opens six connections to each host that it names, and asks for many that its task does not."""


def limits_of(profile: SandboxProfile) -> EgressLimits:
    """What a job in a sandbox of this kind may take."""
    return _OF_BROWSERS if profile is SandboxProfile.BROWSER else EgressLimits()


class Turns:
    """Work of one job that does not wait for bytes: a bit in each round of the event loop, for all its connections.

    Reading what is buffered already never lets others run; whoever does more than a bit of it gives way in between.
    """

    def __init__(self) -> None:
        self._next = asyncio.Lock()

    async def give_way(self) -> None:
        """Return when everybody else has had a turn, and this job's other connections that asked before."""
        async with self._next:
            await asyncio.sleep(0)


@dataclass
class Meter:
    """What a job has taken so far."""

    limits: EgressLimits
    open: int = 0
    connections: int = 0
    requests: int = 0
    bytes: int = 0
    spent: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when no further connection is taken."""
    turns: Turns = field(default_factory=Turns)

    def connect(self) -> None:
        """Count a connection, which `disconnect` ends; `RefusedError` when there are too many at once."""
        self.open += 1
        self.connections += 1
        if self.connections >= self.limits.connections_in_all:
            self.spent.set()
        if self.open > self.limits.connections:
            raise RefusedError(
                EgressReason.TOO_MANY_CONNECTIONS, f"at most {self.limits.connections} connections are open at once"
            )

    def disconnect(self) -> None:
        self.open -= 1

    def request(self) -> None:
        """Count a request that is let through."""
        if self.requests >= self.limits.requests:
            raise RefusedError(
                EgressReason.TOO_MANY_REQUESTS,
                f"a job makes at most {self.limits.requests} requests; put them together",
            )
        if self.bytes >= self.limits.bytes:
            raise RefusedError(
                EgressReason.TOO_MANY_BYTES, f"the job has moved its {self.limits.bytes} bytes up and down"
            )
        self.requests += 1

    def moved(self, count: int) -> None:
        """Count bytes that are about to be passed on, or that cost as much as such."""
        self.bytes += count
        if self.bytes > self.limits.bytes:
            raise CutError(EgressReason.TOO_MANY_BYTES)
