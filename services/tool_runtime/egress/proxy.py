"""The proxy of one job: takes its connections, decides about each request, passes it on, and writes the journal.

It knows its job by how connections come to it, so a job needs no credentials and cannot use those of another: by a
socket of the job's own network, on which it listens, or one by one from the egress service, which was shown whose
they are.
"""

import asyncio
import contextlib
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from foundation.contracts.egress.addresses import Address
from foundation.contracts.egress.records import EgressReason, EgressReport
from foundation.contracts.gateway.job_access import MODEL_HOST
from foundation.telemetry.background import TaskSet, cancelled
from tool_runtime.egress.deciding import PORTS, Gate
from tool_runtime.egress.grammar import (
    HEAD_END,
    HTTPS_PORT,
    MAX_HEAD,
    ProxyRequest,
    malformed,
    parse_head,
    parse_head_inside,
)
from tool_runtime.egress.injecting import Injecting
from tool_runtime.egress.journal import EgressJournal, Entry
from tool_runtime.egress.limits import EgressLimits, Meter
from tool_runtime.egress.model_door import ModelDoor
from tool_runtime.egress.refusals import CutError, RefusedError, SilentRefusal
from tool_runtime.egress.tls.client_hello import (
    MAX_HELLO,
    UNRECOGNIZED_NAME,
    HelloReader,
    NoClientHelloError,
    server_name,
)
from tool_runtime.egress.transfers import Dial, Ends, Stream, Transfer, exchange, tunnel
from tool_runtime.tools.programs.refusal_proof import proof_of

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_LINGER_SECONDS = 1.0


@dataclass
class EgressProxy:
    """Serves the connections of one job, under its rules."""

    gate: Gate
    injecting: Injecting = field(default_factory=Injecting)
    models: ModelDoor | None = None
    """Where its calls of models go; None for a job that makes none."""
    dial: Dial = asyncio.open_connection
    limits: EgressLimits = field(default_factory=EgressLimits)
    journal: EgressJournal = field(default_factory=EgressJournal)
    closed: str | None = None
    """Why nothing is let through, whatever the rules say; None where they decide."""
    proof_key: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    """By which programs of ours in the job know its refusals from answers of servers."""
    meter: Meter = field(init=False)
    _connections: TaskSet = field(default_factory=TaskSet)

    def __post_init__(self) -> None:
        self.meter = Meter(self.limits)

    @contextlib.asynccontextmanager
    async def listening(self, sock: socket.socket) -> AsyncIterator[None]:
        """Takes connections while the block runs; then the socket is closed, and every connection is cut."""
        server = await asyncio.start_server(self.take, sock=sock, limit=MAX_HEAD)
        closing = asyncio.create_task(self._close_when_spent(server))
        try:
            yield
        finally:
            await cancelled([closing])
            server.close()
            await self.close()

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the job, beside the others. The reader takes heads of `MAX_HEAD` bytes."""
        taken = self._connections.start(self._take((reader, writer)), name="egress")
        # Also of a task that is cancelled before it has begun.
        taken.add_done_callback(lambda _: writer.close())

    async def close(self) -> None:
        """Cut every connection; each is in the journal when this returns."""
        await self._connections.cancel()

    @property
    def certificate(self) -> bytes | None:
        """Of the authority that the job has to trust, in PEM; None where no TLS is ended."""
        return self.injecting.certificate

    def report(self) -> EgressReport:
        """What the job has asked for until now; complete once the listening is over."""
        return self.journal.report()

    async def _close_when_spent(self, server: asyncio.Server) -> None:
        await self.meter.spent.wait()
        server.close()

    async def _take(self, client: Stream) -> None:
        try:
            with self.journal.entry() as entry:
                await self._serve(client, entry)
        finally:
            self.meter.disconnect()

    async def _serve(self, client: Stream, entry: Entry) -> None:
        """One connection is one request."""
        async with self._told(client, entry):
            self.meter.connect()
            request = parse_head(await self._head(client[0]))
            entry.name(request.method, request.host, request.port)
            if self.closed is not None:
                raise RefusedError(EgressReason.PROXY_UNAVAILABLE, self.closed)
            if request.host == MODEL_HOST:
                await self._ask_models(client, request, entry)
                return
            addresses = await self.gate.addresses(request.host, request.port)
            self.meter.request()
            if not self.injecting.concerns(request.host):
                first = await self._first_of_tunnel(client, request) if request.is_tunnel else request.head()
                await self._pass_on(client, request, first, Way(addresses, entry))
            elif request.is_tunnel:
                await self._open(client, request, Way(addresses, entry, tls=self.injecting.trust))
            else:
                self._require_opened(request)
                added = self.injecting.added(request)
                entry.secrets = added.names
                await self._pass_on(client, request, request.head(added.headers), Way(addresses, entry))

    async def _open(self, client: Stream, tunnel_of: ProxyRequest, way: "Way") -> None:
        """The one request within a tunnel to a host that gets secrets, with those that it may take along."""
        async with self._within(client, tunnel_of, way.entry) as (inside, request):
            added = self.injecting.added(request, usual_port=HTTPS_PORT)
            way.entry.secrets = added.names
            await self._pass_on(inside, request, request.head(added.headers, usual_port=HTTPS_PORT), way)

    @contextlib.asynccontextmanager
    async def _within(
        self, client: Stream, tunnel_of: ProxyRequest, entry: Entry
    ) -> AsyncIterator[tuple[Stream, ProxyRequest]]:
        """What the client says within a tunnel whose TLS ends here, and its one request."""
        hello = await self._first_of_tunnel(client, tunnel_of)
        async with (
            self.injecting.opened(client, hello, tunnel_of.host, seconds=self.limits.head_seconds) as inside,
            self._told(inside, entry),
        ):
            request = parse_head_inside(await self._head(inside[0]), tunnel_of)
            entry.method = request.method
            yield inside, request

    async def _ask_models(self, client: Stream, request: ProxyRequest, entry: Entry) -> None:
        """A request to the gateway, with or without TLS of the client's: it goes no further than this process."""
        if self.models is None:
            raise RefusedError(EgressReason.HOST_NOT_ALLOWED, f"{MODEL_HOST} is for tools that call models alone")
        if request.port not in PORTS:
            raise RefusedError(EgressReason.PORT_NOT_ALLOWED, f"{MODEL_HOST} is reached at the ports 80 and 443")
        self.meter.request()
        if request.is_tunnel:
            async with self._within(client, request, entry) as (inside, asked):
                await self.models.pass_on(inside, asked, Transfer(entry, self.meter))
        else:
            await self.models.pass_on(client, request, Transfer(entry, self.meter))

    def _require_opened(self, request: ProxyRequest) -> None:
        if (request.host, request.port) not in self.gate.private:
            raise RefusedError(
                EgressReason.SECRET_NEEDS_TLS, f"a secret is added for {request.host}; ask for it by https"
            )

    @contextlib.asynccontextmanager
    async def _told(self, client: Stream, entry: Entry) -> AsyncIterator[None]:
        """Whatever ends a request is written down, and told to its client where that is still possible."""
        try:
            yield
        except RefusedError as refused:
            entry.fail(refused.reason)
            if refused.asked is not None:
                entry.method, entry.target = refused.asked
            if entry.down == 0:
                await _tell(client, refused.answer(proof_of(self.proof_key, refused.reason, entry.host)))
        except CutError as cut:
            entry.fail(cut.reason)
        except TimeoutError:
            entry.fail(EgressReason.TOO_SLOW)
        except (OSError, EOFError):
            # One end has gone away. What had reached a server has ended so; the rest was never a whole request.
            if entry.has_reached:
                entry.ended()
            else:
                entry.fail(EgressReason.MALFORMED)

    async def _pass_on(self, client: Stream, request: ProxyRequest, first: bytes, way: "Way") -> None:
        server = await self._dial(request, way)
        try:
            async with asyncio.timeout(self.limits.idle_seconds) as idle:
                loop = asyncio.get_running_loop()
                transfer = Transfer(
                    way.entry, self.meter, lambda: idle.reschedule(loop.time() + self.limits.idle_seconds)
                )
                await transfer.up(first, server[1])
                ends = Ends(client, server)
                await (tunnel(transfer, ends) if request.is_tunnel else exchange(transfer, ends, length=request.length))
            way.entry.ended()
        finally:
            server[1].close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(self.limits.head_seconds):
                return await reader.readuntil(HEAD_END)
        except TimeoutError:
            raise RefusedError(EgressReason.TOO_SLOW, "the request did not arrive in time") from None
        except asyncio.LimitOverrunError:
            raise malformed(f"its head is longer than {MAX_HEAD} bytes") from None
        except asyncio.IncompleteReadError:
            raise malformed("it ended before its head did") from None

    async def _first_of_tunnel(self, client: Stream, request: ProxyRequest) -> bytes:
        """What a TLS client sends first, once its server name is that of the CONNECT."""
        reader, writer = client
        writer.write(_ESTABLISHED)
        read = HelloReader()
        try:
            async with asyncio.timeout(self.limits.head_seconds):
                while (hello := read.take(await _more_of_hello(reader))) is None:
                    pass
            name = server_name(hello)
        except NoClientHelloError as error:
            raise SilentRefusal(EgressReason.NOT_TLS, str(error)) from error
        except TimeoutError:
            raise SilentRefusal(EgressReason.TOO_SLOW, "no ClientHello came in time") from None
        if name != request.host:
            raise _NameRefusal(EgressReason.SERVER_NAME_MISMATCH, "the TLS server name is not the host")
        return bytes(read.received)

    async def _dial(self, request: ProxyRequest, way: "Way") -> Stream:
        """A connection to the first vetted address that takes one."""
        trouble = "no address"
        name = None if way.tls is None else request.host
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.limits.connect_seconds):
                for address in way.addresses:
                    try:
                        server = await self.dial(str(address), request.port, ssl=way.tls, server_hostname=name)
                    except OSError as error:
                        trouble = _trouble(error)
                        continue
                    way.entry.let_through(str(address))
                    return server
        refusal = SilentRefusal if request.is_tunnel else RefusedError
        raise refusal(EgressReason.UNREACHABLE, f"{request.host} could not be connected to: {trouble}")


@dataclass(frozen=True, slots=True)
class Way:
    """Where one request goes: the vetted addresses of its host, and how the proxy speaks to them itself."""

    addresses: Sequence[Address]
    entry: Entry
    tls: ssl.SSLContext | None = None


def _trouble(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted ({error.verify_message})"
    return error.strerror or type(error).__name__


async def _more_of_hello(reader: asyncio.StreamReader) -> bytes:
    data = await reader.read(MAX_HELLO)
    if not data:
        raise NoClientHelloError("it ended before its ClientHello did")
    return data


class _NameRefusal(RefusedError):
    """A refusal in the words of TLS."""

    def answer(self, proof: str) -> bytes:  # noqa: ARG002
        return UNRECOGNIZED_NAME


async def _tell(client: Stream, answer: bytes) -> None:
    """Sends the answer, and waits until the client has it: a close with unread bytes would take it back."""
    reader, writer = client
    with contextlib.suppress(OSError):
        async with asyncio.timeout(_LINGER_SECONDS):
            writer.write(answer)
            if not writer.can_write_eof():  # TLS has no half of a connection to close
                await writer.drain()
                return
            writer.write_eof()
            while await reader.read(MAX_HEAD):
                pass
