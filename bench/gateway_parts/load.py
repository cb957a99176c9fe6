"""Three kinds of load: as many calls as possible, calls in turn with direct ones, and many streams at once."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass

from gateway_parts.fake_upstream import CHUNKS
from peers.base import Peer
from support.raw_http import Connection, Taken

_MESSAGES = [{"role": "user", "content": "penguin " * 120}]
OPEN_GAP_MS = 400
_LOOK_SECONDS = 0.1


def body(model: str = "fake", **more: object) -> bytes:
    """The body of a request, of about 1.1 kB."""
    return json.dumps({"model": model, "max_tokens": 200, "messages": _MESSAGES, **more}).encode()


PLAIN = body()
STREAM = body(stream=True)
OPEN = body(f"fake-{OPEN_GAP_MS}ms", stream=True)
"""A stream that is open for seconds."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many calls were sent, in how long, and the processor time that this program took for them."""

    calls: int
    seconds: float
    cpu_seconds: float


class Load:
    """Sends calls, and counts by peer the good and the bad answers."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self.bad: Counter[str] = Counter()

    def good(self, peer: str) -> int:
        return self.sent[peer] - self.bad[peer]

    async def full(self, peer: Peer, body: bytes, *, at_once: int, seconds: float) -> Loaded:
        """Keep `at_once` calls open for `seconds`."""
        request = peer.target.request(body)
        before, began = peer.cpu_seconds(), time.perf_counter()
        calls = await asyncio.gather(*(self._worker(peer, request, began + seconds) for _ in range(at_once)))
        took = time.perf_counter() - began
        return Loaded(sum(calls), took, peer.cpu_seconds() - before)

    async def in_turn(
        self, direct: Peer, peer: Peer, body: bytes, *, per_second: float, calls: int
    ) -> tuple[list[Taken], list[Taken]]:
        """Call both sides in turn, so that a disturbance of the machine affects both."""
        sides = [(side, side.target.request(body), await Connection.open(side.target)) for side in (direct, peer)]
        taken: dict[str, list[Taken]] = {side.name: [] for side, *_ in sides}
        due = time.perf_counter()
        for _ in range(calls):
            for side, request, connection in sides:
                taken[side.name].append(self._counted(side, await connection.send(request)))
                due += 1 / per_second / len(sides)
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
        for *_, connection in sides:
            connection.close()
        return taken[direct.name], taken[peer.name]

    async def open_at_once(self, peer: Peer, streams: int, *, body: bytes = OPEN) -> tuple[list[Taken], int]:
        """The answers, and the most bytes of memory that the peer had during them."""
        connections = [await Connection.open(peer.target) for _ in range(streams)]
        request = peer.target.request(body)
        answers = asyncio.gather(*(connection.send(request) for connection in connections))
        peak = peer.rss()
        while not answers.done():
            await asyncio.wait({answers}, timeout=_LOOK_SECONDS)
            peak = max(peak, peer.rss())
        for connection in connections:
            connection.close()
        return [self._counted(peer, one) for one in await answers], peak

    async def _worker(self, peer: Peer, request: bytes, deadline: float) -> int:
        calls, connection = 0, await Connection.open(peer.target)
        while time.perf_counter() < deadline:
            taken = self._counted(peer, await connection.send(request))
            calls += 1
            if taken.status == 0:
                connection = await Connection.open(peer.target)
        connection.close()
        return calls

    def _counted(self, peer: Peer, taken: Taken) -> Taken:
        self.sent[peer.name] += 1
        self.bad[peer.name] += not taken.good
        return taken


def whole_stream(taken: Taken) -> bool:
    """Whether a stream arrived complete."""
    return taken.good and taken.text.count(b'"content": "penguin penguin "') == CHUNKS
