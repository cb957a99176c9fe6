"""What a job's egress proxy costs beside a direct connection, in pairs and in the same run.

The same server is asked directly and through the proxy, each time over a new connection, as a job's clients do: by
plain HTTP, and by TLS, which the proxy passes on unread within a tunnel. `small` is the time until the whole of an
answer of 13 bytes is there, `bulk` how fast an answer of 32 MiB comes. `ratio` and `more_ms` are medians of pairs.
`by_the_service` is the same with the proxy in the egress service, behind the runner's end of it, as in Fargate tasks.
Server, proxy, runner's end and client are processes of their own.
"""

import asyncio
import multiprocessing
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.egress.private_hosts import private_hosts
from sandbox_parts.served import forward, serve_job
from support.figures import median, milliseconds, progress
from tool_runtime.egress.deciding import Gate
from tool_runtime.egress.limits import EgressLimits
from tool_runtime.egress.proxy import EgressProxy
from tool_runtime.egress.resolving import SystemResolver
from tool_runtime.egress.tls.authority import JobAuthority
from tool_runtime.egress_link.greeting import SERVICE_NAME

HOST = "origin.bench.example"
SMALL, BULK = b"Hello, world\n", 32 << 20
_PIECE = 1 << 16
# One job here makes the requests of many, whose bounds are not what is measured.
_NO_BOUNDS = EgressLimits(connections_in_all=1 << 30, requests=1 << 30, bytes=1 << 60)
MIB = 1 << 20
_LOOKS, _PAUSE_SECONDS = 200, 0.05

Serving = Callable[[socket.socket], Coroutine[Any, Any, None]]
"""Takes what comes to a listening socket, for ever."""


@dataclass(frozen=True, slots=True)
class Way:
    """To the server itself, or to the proxy before it."""

    port: int
    origin: int
    is_proxied: bool
    tls: ssl.SSLContext | None

    async def get(self, path: str) -> int:
        """Bytes of the answer's body."""
        reader, writer = await self._connected()
        begins = f"http://{HOST}:{self.origin}" if self.is_proxied and self.tls is None else ""
        writer.write(f"GET {begins}{path} HTTP/1.1\r\nHost: {HOST}:{self.origin}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        total, wanted = 0, BULK if path == "/bulk" else len(SMALL)
        while total < wanted and (data := await reader.read(_PIECE)):
            total += len(data)
        writer.close()
        return total

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.tls is None or not self.is_proxied:
            name = HOST if self.tls else None
            return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls, server_hostname=name)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"CONNECT {HOST}:{self.origin} HTTP/1.1\r\nHost: {HOST}:{self.origin}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(head.decode())
        await writer.start_tls(self.tls, server_hostname=HOST)
        return reader, writer


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        size = BULK if b"/bulk " in head else len(SMALL)
        begins = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode()
        writer.write(begins if size == BULK else begins + SMALL)
        for _ in range(size // _PIECE):
            writer.write(bytes(_PIECE))
            await writer.drain()
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def serve(sock: socket.socket, tls: ssl.SSLContext | None) -> None:
    async with await asyncio.start_server(_answer, sock=sock, ssl=tls) as server:
        await server.serve_forever()


def a_proxy(places: list[str]) -> EgressProxy:
    gate = Gate(NetworkPolicy(hosts=[HOST]), SystemResolver(), private_hosts(places))
    return EgressProxy(gate, limits=_NO_BOUNDS)


async def proxy(sock: socket.socket, places: list[str]) -> None:
    async with a_proxy(places).listening(sock):
        await asyncio.Event().wait()


async def _service(sock: socket.socket, places: list[str], identity: JobAuthority) -> None:
    await serve_job(sock, a_proxy(places), identity)


@contextmanager
def in_a_process(sock: socket.socket, work: Serving) -> Iterator[int]:
    """Its port, while it works; the listening socket is there before."""
    forked = multiprocessing.get_context("fork").Process(target=lambda: asyncio.run(work(sock)), daemon=True)
    forked.start()
    try:
        yield int(sock.getsockname()[1])
    finally:
        forked.terminate()
        forked.join()


def _listening() -> socket.socket:
    # asyncio sends small pieces at once (TCP_NODELAY) only on sockets that say that they are of TCP, as a job's do.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.bind(("127.0.0.1", 0))
    made.listen(256)
    return made


def certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What the server shows, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    return serving, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


async def paired(direct: Way, proxied: Way, path: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each way, asked in turn; what is asked first changes from round to round."""
    seconds: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(rounds + 1):
        for way in (direct, proxied) if turn % 2 else (proxied, direct):
            began = time.perf_counter()
            size = await way.get(path)
            spent = time.perf_counter() - began
            if size != (BULK if path == "/bulk" else len(SMALL)):
                raise RuntimeError(f"{size} bytes came of {path}")
            if turn:  # The first round opens what is opened once.
                seconds[way.is_proxied].append(spent)
    return seconds[False], seconds[True]


async def compared(direct: Way, proxied: Way, *, small: int, bulk: int) -> dict[str, object]:
    plain, through = await paired(direct, proxied, "/small", small)
    fast, slower = await paired(direct, proxied, "/bulk", bulk)
    return {
        "small": {
            "direct": milliseconds(plain, 50, 95),
            "proxied": milliseconds(through, 50, 95),
            "more_ms": median([(b - a) * 1000 for a, b in zip(plain, through, strict=True)], 2),
            "ratio": median([b / a for a, b in zip(plain, through, strict=True)], 2),
        },
        "bulk": {
            "direct_mib_a_second": median([BULK / MIB / one for one in fast], 0),
            "proxied_mib_a_second": median([BULK / MIB / one for one in slower], 0),
            "ratio": median([b / a for a, b in zip(fast, slower, strict=True)], 2),
        },
    }


def measure_egress(*, small: int, bulk: int) -> dict[str, object]:
    """With so many pairs of small answers, and of large ones, of each protocol."""
    report: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        serving, trusting = certificates(Path(folder))
    for name, server_tls, client_tls in (("http", None, None), ("tls", serving, trusting)):
        progress(f"egress: {name} …")
        with ExitStack() as running:
            origin = running.enter_context(in_a_process(_listening(), partial(serve, tls=server_tls)))
            places = [f"{HOST}:{origin}=127.0.0.1"]
            port = running.enter_context(in_a_process(_listening(), partial(proxy, places=places)))
            direct = Way(origin, origin, is_proxied=False, tls=client_tls)
            proxied = Way(port, origin, is_proxied=True, tls=client_tls)
            by_runner = asyncio.run(compared(direct, proxied, small=small, bulk=bulk))
            served = Way(_before_the_service(running, places), origin, is_proxied=True, tls=client_tls)
            by_service = asyncio.run(compared(direct, served, small=small, bulk=bulk))
            report[name] = {**by_runner, "by_the_service": by_service}
    return report


def _before_the_service(running: ExitStack, places: list[str]) -> int:
    """The port of a runner's end, once the service behind it answers."""
    identity = JobAuthority([SERVICE_NAME])
    service = running.enter_context(in_a_process(_listening(), partial(_service, places=places, identity=identity)))
    _answers(service)
    end = partial(forward, port=service, certificate=identity.certificate, limits=_NO_BOUNDS)
    return running.enter_context(in_a_process(_listening(), end))


def _answers(port: int) -> None:
    for _ in range(_LOOKS):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(_PAUSE_SECONDS)
    raise RuntimeError("the egress service did not come up")
