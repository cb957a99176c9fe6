"""Many readers of one tenant's stream of events, and what each of them received when."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp


@dataclass
class Reader:
    """One stream: its events by id, in order, with the seconds from each one's moment to its arrival."""

    ids: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    ended: str | None = None


class Readers:
    """Opens so many streams, and counts what arrives until it is closed."""

    def __init__(self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], count: int) -> None:
        self._session, self._url = session, url
        self._headers = {**headers, "accept": "text/event-stream"}
        self.readers = [Reader() for _ in range(count)]
        self._open = 0
        self._all_open = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, *, within_seconds: float) -> float:
        """Open all, and return how many seconds that took."""
        began = time.perf_counter()
        self._tasks = [asyncio.create_task(self._follow(reader)) for reader in self.readers]
        async with asyncio.timeout(within_seconds):
            await self._all_open.wait()
        return time.perf_counter() - began

    async def has(self, count: int, *, within_seconds: float) -> bool:
        """Whether every reader has so many events before the time is over."""
        until = time.monotonic() + within_seconds
        while time.monotonic() < until:
            if all(len(reader.ids) >= count for reader in self.readers):
                return True
            await asyncio.sleep(0.2)
        return False

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, reader: Reader) -> None:
        try:
            async with self._session.get(self._url, headers=self._headers) as answer:
                if answer.status != 200:
                    reader.ended = f"status {answer.status}"
                    return
                self._open += 1
                if self._open == len(self.readers):
                    self._all_open.set()
                await self._read(answer, reader)
                reader.ended = "closed"
        except aiohttp.ClientError as error:
            reader.ended = type(error).__name__

    async def _read(self, answer: aiohttp.ClientResponse, reader: Reader) -> None:
        event_id = ""
        async for line in answer.content:
            if line.startswith(b"id:"):
                event_id = line[3:].strip().decode()
            elif line.startswith(b"data:") and event_id:
                at = datetime.fromisoformat(json.loads(line[5:])["at"]).timestamp()
                reader.ids.append(event_id)
                reader.delays.append(time.time() - at)
                event_id = ""
