"""Writes an answer to the connection, compressed, cut up or with other line ends if its faults ask for that."""

import zlib

from simulated_provider.faults.awkward_writes import AwkwardWrites
from simulated_provider.faults.clauses import Faults
from simulated_provider.serving.asgi import Send, start

_GZIP = 16 + zlib.MAX_WBITS


class Delivery:
    """One answer: call `start`, then `write` any number of times, then `end`."""

    def __init__(self, send: Send, faults: Faults) -> None:
        self._send = send
        self._faults = faults
        self._writes = AwkwardWrites(faults)
        self._gzip = zlib.compressobj(wbits=_GZIP) if faults.gzip else None

    async def start(self, content_type: str, headers: dict[str, str]) -> None:
        encoded = {"content-encoding": "gzip"} if self._gzip is not None else {}
        await start(self._send, 200, {"content-type": content_type, **headers, **encoded})

    async def write(self, data: bytes) -> None:
        if self._gzip is not None:
            data = self._gzip.compress(data) + self._gzip.flush(zlib.Z_SYNC_FLUSH)
        for part in self._writes.of(data):
            await self._write(part)

    async def write_events(self, data: bytes) -> None:
        await self.write(data.replace(b"\n", b"\r\n") if self._faults.crlf else data)

    async def end(self) -> None:
        if self._gzip is not None:
            for part in self._writes.of(self._gzip.flush()):
                await self._write(part)
        await self._send({"type": "http.response.body", "body": self._writes.rest()})

    async def _write(self, data: bytes) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": True})
