"""What ends a conversation with a server, and what is watched while it goes on."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Self

from tool_runtime.tools.programs.endings import ActionFailed

MOST_MESSAGES = 5_000
MOST_BYTES = 16 * 1024 * 1024
"""Of what a server says in one call; of one message too."""
SHOWN = 500


class McpFailed(ActionFailed):
    """A code and words for who asked; the words may be the server's own."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail[: 4 * SHOWN])


class ServerWatch:
    """Counts what a server says, and knows what it was asked last. `failed` is done once it has said too much."""

    def __init__(self) -> None:
        self.phase = "start"
        self.refused: Counter[str] = Counter()
        """The server's own requests, none of which is granted, by method."""
        self.failed: asyncio.Future[McpFailed] = asyncio.get_running_loop().create_future()
        self.ended: int | None = None
        """The exit code of a server that has ended by itself."""
        self.closing = False
        """Whether it is ended from this side."""
        self.looks_into: Callable[[Any], None] | None = None
        """What looks into each message before it is read."""
        self._messages = 0
        self._bytes = 0

    def fail(self, code: str, detail: str) -> None:
        """The first fault is told: those behind it come of it."""
        if not self.failed.done():
            self.failed.set_result(McpFailed(code, detail))

    def took(self, size: int) -> bool:
        """Whether so many bytes more may be read."""
        self._bytes += size
        if self._bytes > MOST_BYTES:
            self.fail("too_much", f"the server said more than {MOST_BYTES} bytes; it was asked for {self.phase}")
        return self._bytes <= MOST_BYTES

    def saw(self, item: Any) -> None:
        """A message of the server, or the error that it was read with."""
        self._messages += 1
        if self._messages > MOST_MESSAGES:
            self.fail("too_much", f"the server sent more than {MOST_MESSAGES} messages; it was asked for {self.phase}")
        if isinstance(item, Exception):
            self.fail("garbage", f"the server said what is no message of MCP: {str(item)[:SHOWN]}")
            return
        if self.looks_into is not None:
            self.looks_into(item.message)
        method, number = getattr(item.message, "method", None), getattr(item.message, "id", None)
        if isinstance(method, str) and number is not None:
            self.refused[method[:100] if len(self.refused) < 20 or method in self.refused else "others"] += 1  # noqa: PLR2004


class WatchedStream:
    """A stream of a server's messages, each of which is watched on its way."""

    def __init__(self, inner: Any, watch: ServerWatch) -> None:
        self._inner = inner
        self._watch = watch

    async def receive(self) -> Any:
        item = await self._inner.receive()
        self._watch.saw(item)
        return item

    def __aiter__(self) -> "WatchedStream":
        return self

    async def __anext__(self) -> Any:
        item = await self._inner.__anext__()
        self._watch.saw(item)
        return item

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> Any:
        return await self._inner.__aexit__(*error)

    def __getattr__(self, name: str) -> Any:
        """What a transport's stream tells besides, such as the context of the last message."""
        return getattr(self._inner, name)
