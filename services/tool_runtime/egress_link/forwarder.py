"""The runner's end: takes the connections of its job, and has each carried to the egress service.

It decides about nothing and knows no secret. Where the service cannot be reached or does not take the job's token,
requests are refused by the proxy's own code, which lets nothing through and writes each of them down: no connection of
a job ever goes another way.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.egress.records import EgressReport
from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger
from tool_runtime.egress.deciding import Gate
from tool_runtime.egress.grammar import MAX_HEAD
from tool_runtime.egress.limits import EgressLimits
from tool_runtime.egress.proxy import EgressProxy
from tool_runtime.egress.resolving import SystemResolver
from tool_runtime.egress_link.carrying import Stream, carry_to_service
from tool_runtime.egress_link.greeting import (
    GREETING_SECONDS,
    SERVICE_NAME,
    Greeting,
    GreetingError,
    Welcome,
    hear,
    say,
)
from tool_runtime.protocol import EgressLink

_log = logger(__name__)


class NoServiceError(Exception):
    """The connection is not carried; the text says why, for whoever wrote the job."""


@dataclass
class EgressForwarder:
    """One job's. `open` comes first; `report` is of what never reached the service."""

    link: EgressLink
    limits: EgressLimits
    certificate: bytes | None = None
    _refusing: EgressProxy = field(init=False)
    _carried: TaskSet = field(default_factory=TaskSet)
    _taken: int = 0
    _spent: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._refusing = EgressProxy(Gate(NetworkPolicy(), SystemResolver(), {}), limits=self.limits)

    @property
    def proof_key(self) -> str:
        """By which programs of ours in the job know refusals, the service's as well as those of this end."""
        return self._refusing.proof_key

    async def open(self) -> None:
        """Ask for what the job has to know of its proxy; without the service there is nothing to trust."""
        try:
            (_, writer), welcome = await self._linked("certificate")
        except NoServiceError as error:
            _log.warning("the egress service is not there for this job", extra={"reason": str(error)})
            return
        writer.close()
        self.certificate = welcome.certificate.encode() if welcome.certificate else None
        self._refusing.proof_key = welcome.proof_key or self._refusing.proof_key

    @contextlib.asynccontextmanager
    async def listening(self, sock: socket.socket) -> AsyncIterator[None]:
        """Takes connections while the block runs; then the socket is closed, and every connection is cut."""
        server = await asyncio.start_server(self._accept, sock=sock, limit=MAX_HEAD)
        closing = TaskSet()
        closing.start(self._close_when_spent(server), name="closing of the forwarder")
        try:
            yield
        finally:
            await closing.cancel()
            server.close()
            await self._carried.cancel()
            await self._refusing.close()

    def report(self) -> EgressReport:
        return self._refusing.report()

    async def _close_when_spent(self, server: asyncio.Server) -> None:
        await self._spent.wait()
        server.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._taken += 1
        if self._taken >= self.limits.connections_in_all:
            self._spent.set()
        taken = self._carried.start(self._take((reader, writer)), name="a job's connection")
        taken.add_done_callback(lambda ended: writer.close() if ended.cancelled() else None)

    async def _take(self, job: Stream) -> None:
        try:
            link, _ = await self._linked("connection")
        except NoServiceError as error:
            self._refusing.closed = f"nothing is reached now: {error}"
            self._refusing.take(*job)
        else:
            await carry_to_service(job, link, self._refusing.meter.turns)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """The service that the launcher has told of, and nobody else."""
        assert self.link.service is not None  # noqa: S101  (asked for where there is one)
        context = ssl.create_default_context(cadata=self.link.service.certificate)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return context

    async def _linked(self, wants: Literal["connection", "certificate"]) -> tuple[Stream, Welcome]:
        """A connection to the service that has taken our token. Raises `NoServiceError`."""
        if self.link.service is None:
            raise NoServiceError("no egress service is there")
        host, _, port = self.link.service.address.rpartition(":")
        try:
            async with asyncio.timeout(GREETING_SECONDS):
                link = await asyncio.open_connection(
                    host, int(port), ssl=self._trust, server_hostname=SERVICE_NAME, limit=MAX_HEAD
                )
        except OSError as error:  # of which a timeout and the errors of TLS are
            raise NoServiceError("the egress service cannot be reached") from error
        try:
            await say(link[1], Greeting(token=self.link.token, wants=wants))
            welcome = await hear(link[0], Welcome)
        except BaseException as error:
            link[1].close()
            if isinstance(error, OSError | GreetingError):
                raise NoServiceError("the egress service has hung up") from error
            raise
        if welcome.refused is not None:
            link[1].close()
            raise NoServiceError(f"the egress service does not take the connection: {welcome.refused}")
        return link, welcome
