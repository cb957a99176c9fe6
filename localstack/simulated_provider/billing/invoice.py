"""The provider's invoice: a line for each answer that was generated, which is on the disk before the answer ends."""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

_FILE = "invoice.jsonl"


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """The charge for one answer; `cost_usd` is an exact decimal."""

    at: str
    request_id: str
    client_request_id: str | None
    model: str
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    cost_usd: str
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0
    reasoning_tokens: int = 0


class Invoice:
    """Appends lines in groups: answers that wait at the same time share one write and one fsync."""

    def __init__(self, folder: Path, *, fsync: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / _FILE
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._fsync = fsync
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def append(self, line: InvoiceLine) -> None:
        """Return when the line is stored."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((json.dumps(asdict(line)).encode() + b"\n", stored))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_groups())
        await stored

    async def _write_groups(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._write, b"".join(line for line, _ in group))
            except OSError as error:
                for _, stored in group:
                    if not stored.done():
                        stored.set_exception(error)
                continue
            for _, stored in group:
                if not stored.done():
                    stored.set_result(None)

    def _write(self, lines: bytes) -> None:
        os.write(self._file, lines)
        if self._fsync:
            os.fdatasync(self._file)

    def report(self, *, first: date, last: date) -> Iterator[InvoiceLine]:
        """The lines of the days `first` to `last` (UTC, both included), in the order of billing."""
        for line in read_invoice(self._path.parent):
            if first <= datetime.fromisoformat(line.at).astimezone(UTC).date() <= last:
                yield line

    def close(self) -> None:
        os.close(self._file)


def read_invoice(folder: Path) -> Iterator[InvoiceLine]:
    """All complete lines of an invoice. It may be read while it is written, so the last line may be incomplete."""
    with (folder / _FILE).open(encoding="utf-8") as lines:
        for text in lines:
            if text.endswith("\n"):
                yield InvoiceLine(**json.loads(text))
