"""The proxy of one job: takes its connections, decides about each request, passes it on, and writes the journal.

It knows its job by the socket that it listens on, so a job needs no credentials and cannot use those of another.
Nothing here knows how the socket came to be: a launcher of another kind hands in its own.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from foundation.contracts.egress import EgressReason, EgressReport
from foundation.telemetry.background import TaskSet, cancelled
from tool_runtime.egress.addresses import Address
from tool_runtime.egress.client_hello import MAX_HELLO, UNRECOGNIZED_NAME, NoClientHelloError, hello_of, server_name
from tool_runtime.egress.deciding import Gate
from tool_runtime.egress.grammar import HEAD_END, MAX_HEAD, ProxyRequest, malformed, parse_head
from tool_runtime.egress.journal import EgressJournal, Entry
from tool_runtime.egress.limits import EgressLimits, Meter
from tool_runtime.egress.refusals import CutError, RefusedError
from tool_runtime.egress.transfers import Ends, Transfer, exchange, tunnel

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_LINGER_SECONDS = 1.0

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class EgressProxy:
    """Serves what connects to one listening socket, under one job's rules."""

    gate: Gate
    dial: Callable[[str, int], Awaitable[Stream]] = asyncio.open_connection
    limits: EgressLimits = field(default_factory=EgressLimits)
    journal: EgressJournal = field(default_factory=EgressJournal)
    meter: Meter = field(init=False)
    _connections: TaskSet = field(default_factory=TaskSet)

    def __post_init__(self) -> None:
        self.meter = Meter(self.limits)

    @contextlib.asynccontextmanager
    async def listening(self, sock: socket.socket) -> AsyncIterator[None]:
        """Takes connections while the block runs; then the socket is closed, and every connection is cut."""
        server = await asyncio.start_server(self._accept, sock=sock, limit=MAX_HEAD)
        closing = asyncio.create_task(self._close_when_spent(server))
        try:
            yield
        finally:
            await cancelled([closing])
            server.close()
            await self._connections.cancel()

    def report(self) -> EgressReport:
        """What the job has asked for until now; complete once the listening is over."""
        return self.journal.report()

    async def _close_when_spent(self, server: asyncio.Server) -> None:
        await self.meter.spent.wait()
        server.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.start(self._take((reader, writer)), name="egress")

    async def _take(self, client: Stream) -> None:
        try:
            with self.journal.entry() as entry:
                await self._serve(client, entry)
        finally:
            self.meter.disconnect()
            client[1].close()

    async def _serve(self, client: Stream, entry: Entry) -> None:
        """One connection is one request; whatever its client does ends here."""
        try:
            self.meter.connect()
            await self._answer(client, entry)
        except RefusedError as refused:
            entry.fail(refused.reason)
            if refused.asked is not None:
                entry.method, entry.target = refused.asked
            if entry.down == 0:
                await _tell(client, refused.answer())
        except CutError as cut:
            entry.fail(cut.reason)
        except TimeoutError:
            entry.fail(EgressReason.TOO_SLOW)
        except (OSError, EOFError):
            # One end has gone away. What had reached a server has ended so; the rest was never a whole request.
            if entry.address is None:
                entry.fail(EgressReason.MALFORMED)
            else:
                entry.ended()

    async def _answer(self, client: Stream, entry: Entry) -> None:
        request = await self._request(client[0])
        entry.name(request.method, request.host, request.port)
        addresses = await self.gate.addresses(request.host, request.port)
        self.meter.request()
        first = await self._first_of_tunnel(client, request) if request.is_tunnel else request.head()
        server = await self._dial(addresses, request, entry)
        try:
            async with asyncio.timeout(self.limits.idle_seconds) as idle:
                loop = asyncio.get_running_loop()
                transfer = Transfer(entry, self.meter, lambda: idle.reschedule(loop.time() + self.limits.idle_seconds))
                await transfer.up(first, server[1])
                ends = Ends(client, server)
                await (tunnel(transfer, ends) if request.is_tunnel else exchange(transfer, ends, length=request.length))
            entry.ended()
        finally:
            server[1].close()

    async def _request(self, reader: asyncio.StreamReader) -> ProxyRequest:
        try:
            async with asyncio.timeout(self.limits.head_seconds):
                return parse_head(await reader.readuntil(HEAD_END))
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
        received = b""
        try:
            async with asyncio.timeout(self.limits.head_seconds):
                while (hello := hello_of(received)) is None:
                    received += await _more_of_hello(reader, len(received))
            name = server_name(hello)
        except NoClientHelloError as error:
            raise _SilentRefusal(EgressReason.NOT_TLS, str(error)) from error
        except TimeoutError:
            raise _SilentRefusal(EgressReason.TOO_SLOW, "no ClientHello came in time") from None
        if name != request.host:
            raise _NameRefusal(EgressReason.SERVER_NAME_MISMATCH, "the TLS server name is not the host")
        return received

    async def _dial(self, addresses: Sequence[Address], request: ProxyRequest, entry: Entry) -> Stream:
        """A connection to the first vetted address that takes one."""
        trouble = "no address"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.limits.connect_seconds):
                for address in addresses:
                    try:
                        server = await self.dial(str(address), request.port)
                    except OSError as error:
                        trouble = error.strerror or type(error).__name__
                        continue
                    entry.let_through(str(address))
                    return server
        refusal = _SilentRefusal if request.is_tunnel else RefusedError
        raise refusal(EgressReason.UNREACHABLE, f"{request.host} could not be connected to: {trouble}")


async def _more_of_hello(reader: asyncio.StreamReader, so_far: int) -> bytes:
    data = await reader.read(MAX_HELLO)
    if not data or so_far > MAX_HELLO:
        raise NoClientHelloError("it ended before its ClientHello did")
    return data


class _SilentRefusal(RefusedError):
    """A refusal within a tunnel, where the client expects TLS and no words of ours."""

    def answer(self) -> bytes:
        return b""


class _NameRefusal(RefusedError):
    """A refusal in the words of TLS."""

    def answer(self) -> bytes:
        return UNRECOGNIZED_NAME


async def _tell(client: Stream, answer: bytes) -> None:
    """Sends the answer, and waits until the client has it: a close with unread bytes would take it back."""
    reader, writer = client
    with contextlib.suppress(OSError):
        async with asyncio.timeout(_LINGER_SECONDS):
            writer.write(answer)
            writer.write_eof()
            while await reader.read(MAX_HEAD):
                pass
