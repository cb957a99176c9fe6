"""What a job writes to a pipe: the first and the last part kept, what is between them counted and let go."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from foundation.contracts.tool_job import KEPT_FIRST, KEPT_LAST, StreamCut


@dataclass
class PipeOutput:
    """One stream of a job; `on_read` is told the size of each piece, `hears` the piece itself, if somebody does."""

    on_read: Callable[[int], object]
    hears: Callable[[bytes], object] | None = None
    _first: bytearray = field(default_factory=bytearray)
    _last: bytearray = field(default_factory=bytearray)
    _left_out: int = 0

    async def drain(self, reader: asyncio.StreamReader) -> None:
        """Read until every writer is gone."""
        while data := await reader.read(65536):
            self.on_read(len(data))
            if self.hears is not None:
                self.hears(data)
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

    @property
    def replaced(self) -> int:
        """How many U+FFFD of the text stand for what no text can hold: bytes that are no UTF-8, and U+0000."""
        written = sum(part.count("\ufffd".encode()) for part in self._parts())
        return sum(_text_of(part).count("\ufffd") for part in self._parts()) - written

    def text(self) -> str:
        """Both parts; where something is left out between them, a line says how much."""
        return f"\n[{self._left_out} bytes are left out here]\n".join(map(_text_of, self._parts()))

    def _parts(self) -> list[bytes]:
        """What is kept, in one piece unless something is missing in the middle."""
        return [bytes(self._first), bytes(self._last)] if self._left_out else [bytes(self._first + self._last)]


def _text_of(part: bytes) -> str:
    return clean_text(part.decode("utf-8", "replace"))


def clean_text(text: str) -> str:
    """The text without what databases refuse: U+0000 and lone surrogates become U+FFFD."""
    return text.replace("\0", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
