"""What a job writes to a pipe: the first and the last part kept, what is between them counted and let go."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from foundation.contracts.tool_job import KEPT_FIRST, KEPT_LAST, StreamCut


@dataclass
class Output:
    """One stream of a job; `on_read` is told the size of each piece."""

    on_read: Callable[[int], object]
    _first: bytearray = field(default_factory=bytearray)
    _last: bytearray = field(default_factory=bytearray)
    _left_out: int = 0

    async def drain(self, reader: asyncio.StreamReader) -> None:
        """Read until every writer is gone."""
        while data := await reader.read(65536):
            self.on_read(len(data))
            self.take(data)

    def take(self, data: bytes) -> None:
        room = KEPT_FIRST - len(self._first)
        self._first += data[:room]
        self._last += data[room:]
        if (surplus := len(self._last) - KEPT_LAST) > 0:
            del self._last[:surplus]
            self._left_out += surplus

    @property
    def cut(self) -> StreamCut | None:
        return StreamCut(bytes=self._left_out, after=len(self._first)) if self._left_out else None

    def text(self) -> str:
        """Both parts; where something is left out between them, a line says how much."""
        if not self._left_out:
            return clean_text((self._first + self._last).decode("utf-8", "replace"))
        first, last = (clean_text(part.decode("utf-8", "replace")) for part in (self._first, self._last))
        return f"{first}\n[{self._left_out} bytes are left out here]\n{last}"


def clean_text(text: str) -> str:
    """The text without what databases refuse: U+0000 and lone surrogates become U+FFFD."""
    return text.replace("\0", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
