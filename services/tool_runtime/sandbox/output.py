"""What a job writes to a pipe: the first part kept, the rest counted and let go."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Output:
    """One stream of a job; `on_read` is told the size of each piece."""

    kept_bytes: int
    on_read: Callable[[int], None]
    truncated: bool = False
    _kept: bytearray = field(default_factory=bytearray)

    async def drain(self, reader: asyncio.StreamReader) -> None:
        """Read until every writer is gone."""
        while data := await reader.read(65536):
            self.on_read(len(data))
            room = self.kept_bytes - len(self._kept)
            self._kept += data[:room]
            self.truncated = self.truncated or len(data) > room

    def text(self) -> str:
        return clean_text(self._kept.decode("utf-8", "replace"))


def clean_text(text: str) -> str:
    """The text without what databases refuse: U+0000 and lone surrogates become U+FFFD."""
    return text.replace("\0", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
