"""A bounded queue between a provider's stream and its client: a slow client slows the reader, a lost one does not."""

import asyncio
from collections.abc import AsyncIterator, Callable

_CHUNKS = 32
"""Chunks that may wait for a client; the provider is not read further while there are so many."""
STALL_SECONDS = 30.0
"""A client that takes nothing for this long counts as gone."""
KEEP_ALIVE = b": keep-alive\n\n"
"""A comment: every client passes over it, and whatever stands between sees that the connection lives."""


class Outlet:
    """A stream's queue: the pump fills it, the endpoint sends from it; once the client has left, it keeps nothing."""

    def __init__(self, *, chunks: int = _CHUNKS, stall_seconds: float = STALL_SECONDS) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(chunks)
        self._stall = stall_seconds
        self._loop = asyncio.get_running_loop()
        self.last_put = self._loop.time()
        self.gone = False
        self.on_leave: Callable[[], None] = _ignore_leaving

    async def put(self, chunk: bytes) -> None:
        await self._put(chunk)

    async def end(self) -> None:
        await self._put(None)

    def keep_alive(self) -> None:
        """Put a comment into the stream, unless something waits to be sent."""
        if not self.gone and self._queue.empty():
            self.last_put = self._loop.time()
            self._queue.put_nowait(KEEP_ALIVE)

    async def chunks(self) -> AsyncIterator[bytes]:
        """What is to be sent, to its end."""
        while (chunk := await self._queue.get()) is not None:
            yield chunk

    def leave(self) -> None:
        """The client takes no more; who sends finds the end and not a hole."""
        if self.gone:
            return
        self.gone = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)
        self.on_leave()

    async def _put(self, item: bytes | None) -> None:
        if self.gone:
            return
        self.last_put = self._loop.time()
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            try:
                async with asyncio.timeout(self._stall):
                    await self._queue.put(item)
            except TimeoutError:
                self.leave()


def _ignore_leaving() -> None:
    """The default of a reader that reads on although its client has left."""
