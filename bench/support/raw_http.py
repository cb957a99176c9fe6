"""HTTP for load: requests are encoded beforehand, and of answers only the end is parsed."""

import asyncio
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field

_HEAD_END = b"\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"
_FRAME = re.compile(rb"(?:^|\r\n)[0-9a-f]+\r\n")
_PATH = "/v1/chat/completions"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Target:
    """A port of this machine, and further headers that its server needs."""

    port: int
    headers: tuple[tuple[str, str], ...] = ()

    def request(self, body: bytes) -> bytes:
        lines = [("host", f"{LOOPBACK}:{self.port}"), ("content-type", "application/json"), *self.headers]
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        return f"POST {_PATH} HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body


@dataclass(slots=True)
class Taken:
    """The times of an answer, in seconds of the clock: of the request, of each read, and of the end."""

    sent_at: float
    status: int = 0
    arrivals: list[float] = field(default_factory=list)
    ended: float = 0.0
    body: bytearray = field(default_factory=bytearray)

    @property
    def text(self) -> bytes:
        """The body without the frames of its chunks, as far as it consists of events."""
        return _FRAME.sub(b"", bytes(self.body))

    @property
    def first(self) -> float:
        return self.arrivals[0] - self.sent_at

    @property
    def whole(self) -> float:
        return self.ended - self.sent_at

    @property
    def gaps(self) -> list[float]:
        return [later - earlier for earlier, later in zip(self.arrivals, self.arrivals[1:], strict=False)]

    @property
    def good(self) -> bool:
        """Whether the status is 200 and the usage or the last event is there."""
        return self.status == 200 and (b'"usage"' in self.body or b"[DONE]" in self.body)


class Connection(asyncio.Protocol):
    """A connection that is kept open, for one request at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._taken: Taken | None = None
        self._done: asyncio.Future[Taken] | None = None
        self._head = b""

    @classmethod
    async def open(cls, target: Target) -> "Connection":
        _, connection = await asyncio.get_running_loop().create_connection(cls, LOOPBACK, target.port)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def close(self) -> None:
        self._transport.close()

    def send(self, request: bytes) -> "asyncio.Future[Taken]":
        """Send a request; an answer that is broken off has no end and is not good."""
        self._done = self._loop.create_future()
        self._head = b""
        self._taken = Taken(time.perf_counter())
        self._transport.write(request)
        return self._done

    def data_received(self, data: bytes) -> None:
        if self._taken is None:
            return
        now = time.perf_counter()
        taken = self._taken
        taken.body += data
        if not self._head:
            end = taken.body.find(_HEAD_END)
            if end < 0:
                return
            self._head = bytes(taken.body[:end]).lower()
            taken.status = int(self._head[9:12])
            data = bytes(taken.body[end + len(_HEAD_END) :])
            taken.body = bytearray(data)
        if data:
            taken.arrivals.append(now)
        if self._complete(taken):
            taken.ended = now
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._taken is not None:
            self._taken.status = 0
            self._taken.ended = time.perf_counter()
            self._finish()

    def _complete(self, taken: Taken) -> bool:
        at = self._head.find(b"content-length:")
        if at < 0:
            return taken.body.endswith(_LAST_CHUNK)
        return len(taken.body) >= int(self._head[at + 15 :].split(b"\r\n", 1)[0])

    def _finish(self) -> None:
        taken, self._taken = self._taken, None
        if taken is not None and self._done is not None and not self._done.done():
            self._done.set_result(taken)


def answers(target: Target, path: str, *, seconds: float, alive: Callable[[], bool]) -> bool:
    """Whether the port answers in time, while the process runs."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and alive():
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{target.port}{path}", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
