"""Adds a tenant's secrets to requests on their way out, so that no job ever holds one.

A secret goes to its one host, over TLS: the proxy ends the job's TLS connection, reads the request in its strict form,
writes the headers in the place of whatever the job put there, and opens a TLS connection of its own to the host, whose
certificate it verifies. Without TLS a secret goes only to places inside that the operator opened.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from foundation.contracts.egress.records import EgressReason
from foundation.telemetry.background import TaskSet
from tool_runtime.egress.grammar import HTTP_PORT, HTTPS_PORT, MAX_HEAD, Headers, ProxyRequest
from tool_runtime.egress.refusals import SilentRefusal
from tool_runtime.egress.tls.authority import JobAuthority
from tool_runtime.egress.transfers import PIECE, Stream
from tool_runtime.protocol import Injection

_LINGER_SECONDS = 1.0
_BY_ITSELF = frozenset({"none", "same-origin"})
"""What browsers say of a request that no page asked for, or one of the same origin (`Sec-Fetch-Site`)."""


@dataclass(frozen=True, slots=True)
class Added:
    """What is written into one request; the names are those of the secrets in it, for the journal."""

    names: tuple[str, ...] = ()
    headers: Headers = ()


class Injecting:
    """The headers of one job by their host; `authorities` are further ones that servers inside may be signed by.

    `doors` are hosts at which its TLS is ended as well, by who writes all of the request anew. `of_pages` is true of a
    job in which pages of any host ask for things: one gets a secret of its own host alone.
    """

    def __init__(
        self,
        injections: Sequence[Injection] = (),
        *,
        authorities: Path | None = None,
        doors: Sequence[str] = (),
        of_pages: bool = False,
    ) -> None:
        self._of: dict[str, list[Injection]] = {}
        for injection in injections:
            self._of.setdefault(injection.host, []).append(injection)
        read = [*self._of, *doors]
        self._authority = JobAuthority(read) if read else None
        self._authorities = authorities
        self._of_pages = of_pages

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """How the servers that get secrets are verified; made when first needed, as it reads a large file."""
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        if self._authorities is not None:
            context.load_verify_locations(self._authorities)
        return context

    def concerns(self, host: str) -> bool:
        return host in self._of

    def added(self, request: ProxyRequest, *, usual_port: int = HTTP_PORT) -> Added:
        """To a request that a secret's host is asked; nothing where another host has led or told its client to ask."""
        if request.without_secrets or (self._of_pages and not _is_asked_by_its_own(request, usual_port)):
            return Added()
        asked = (request.path or "").partition("?")[0]
        found = [one for one in self._of[request.host] if one.path in {None, asked}]
        return Added(tuple(one.name for one in found), tuple((one.header, one.text) for one in found))

    @property
    def certificate(self) -> bytes | None:
        """Of the authority that the job has to trust, in PEM; None where no TLS is ended."""
        return None if self._authority is None else self._authority.certificate

    def _context(self, host: str) -> ssl.SSLContext:
        if self._authority is None:
            raise LookupError("a job without secrets has no authority")
        return self._authority.context(host)

    @contextlib.asynccontextmanager
    async def opened(self, client: Stream, hello: bytes, host: str, *, seconds: float) -> AsyncIterator[Stream]:
        """What the client says within its TLS connection; `hello` is what was read of it before.

        asyncio ends TLS on sockets only, so the connection's bytes pass through a pair of them.
        """
        outer, inner = socket.socketpair()
        outside = await asyncio.open_connection(sock=outer)
        outside[1].write(hello)
        pumps = TaskSet()
        upwards = pumps.start(_pump(client[0], outside[1]), name="to the proxy's end of TLS")
        downwards = pumps.start(_pump(outside[0], client[1]), name="from the proxy's end of TLS")
        try:
            inside = await _accepted(inner, self._context(host), seconds=seconds)
            try:
                yield inside
            finally:
                inside[1].close()
            # What was written has reached the client when the pump to it has passed everything on and the client has
            # closed in turn; to close before would take it back.
            await asyncio.wait({downwards}, timeout=_LINGER_SECONDS)
            await asyncio.wait({upwards}, timeout=_LINGER_SECONDS)
        finally:
            await pumps.cancel()
            # The other socket of the pair belongs to the event loop, which closes it when this one has ended. Closed
            # here, its number could be another connection's before the loop has forgotten it, and that would hang.
            outside[1].close()


def _is_asked_by_its_own(request: ProxyRequest, usual_port: int) -> bool:
    """Whether a browser asks for this by itself, or for a page of the same origin.

    Over TLS browsers always say who asks. Without TLS a page may have it left out, except where it sends something; so
    what says nothing is taken for a step's only where it is how a page is opened.
    """
    said = {name.lower(): value for name, value in request.headers}
    scheme = "https" if usual_port == HTTPS_PORT else "http"
    own = f"{scheme}://{request.host}" + ("" if request.port == usual_port else f":{request.port}")
    origin, referer, site = said.get("origin"), said.get("referer"), said.get("sec-fetch-site")
    if origin not in (None, own) or site not in (None, *_BY_ITSELF):
        return False
    if referer is not None:
        return f"{referer}/".startswith(f"{own}/")
    return origin is not None or site is not None or "upgrade-insecure-requests" in said


async def _accepted(sock: socket.socket, context: ssl.SSLContext, *, seconds: float) -> Stream:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=MAX_HEAD)
    protocol = asyncio.StreamReaderProtocol(reader)
    try:
        transport, _ = await loop.connect_accepted_socket(
            lambda: protocol, sock, ssl=context, ssl_handshake_timeout=seconds, ssl_shutdown_timeout=1.0
        )
    except OSError as error:  # of which the errors of TLS are
        raise SilentRefusal(
            EgressReason.TLS_FAILED, "the client did not take the certificate of this job's proxy"
        ) from error
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(PIECE):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
