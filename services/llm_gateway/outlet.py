"""The bounded way from the upstream's reader to a client: a slow one slows it, a vanished one does not stop it."""

import asyncio
from collections.abc import AsyncIterator

_CHUNKS = 32
STALL_SECONDS = 30.0
"""A client that takes nothing for this long counts as gone; its answer is read to the end for its usage."""


class Outlet:
    def __init__(self, *, chunks: int = _CHUNKS, stall_seconds: float = STALL_SECONDS) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(chunks)
        self._stall = stall_seconds
        self.gone = False

    async def put(self, chunk: bytes) -> None:
        await self._put(chunk)

    async def end(self) -> None:
        await self._put(None)

    async def chunks(self) -> AsyncIterator[bytes]:
        """What is to be sent, to its end."""
        while (chunk := await self._queue.get()) is not None:
            yield chunk

    def leave(self) -> None:
        """The client takes no more."""
        self.gone = True
        while not self._queue.empty():
            self._queue.get_nowait()

    async def _put(self, item: bytes | None) -> None:
        if self.gone:
            return
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            try:
                async with asyncio.timeout(self._stall):
                    await self._queue.put(item)
            except TimeoutError:
                self.leave()
                # the sender, should it come back, finds the end and not a hole
                self._queue.put_nowait(None)
