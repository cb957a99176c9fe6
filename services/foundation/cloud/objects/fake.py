"""A bucket in memory. Its presigned addresses lead nowhere: `fetch` and `post` are what a client would do with them."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from foundation.cloud.objects.base import Upload
from foundation.cloud.objects.disposition import disposition
from foundation.cloud.objects.keys import require_incoming
from foundation.domain.errors import DependencyUnavailable, NotFound

_PIECE = 65_536
_TYPE = "Content-Type"
_DIGEST = "x-amz-checksum-sha256"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a presigned GET answers."""

    body: bytes
    content_type: str
    disposition: str | None


@dataclass(frozen=True, slots=True)
class _Object:
    body: bytes
    content_type: str
    written_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class _Form:
    fields: Mapping[str, str]
    min_bytes: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class _Link:
    key: str
    content_type: str | None
    disposition: str | None


@dataclass
class FakeObjectStore:
    """`away` makes every call that asks the bucket fail; signing asks nobody. What is signed never runs out."""

    away: bool = False
    objects: dict[str, _Object] = field(default_factory=dict)
    _forms: dict[str, _Form] = field(default_factory=dict)
    _links: dict[str, _Link] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    async def ping(self) -> None:
        self._answer()

    async def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> None:
        self._answer()
        self.objects[key] = _Object(body, content_type)

    async def delete(self, key: str) -> None:
        self._answer()
        self.objects.pop(key, None)

    async def get(self, key: str) -> bytes:
        self._answer()
        if key not in self.objects:
            raise NotFound(f"no object at {key}")
        return self.objects[key].body

    async def put_file(self, key: str, path: Path, *, content_type: str = "application/octet-stream") -> None:
        self._answer()
        self.objects[key] = _Object(await asyncio.to_thread(path.read_bytes), content_type)

    async def read(self, key: str) -> AsyncIterator[bytes]:
        body = await self.get(key)
        for place in range(0, len(body), _PIECE):
            yield body[place : place + _PIECE]

    async def count(self, prefix: str) -> int:
        self._answer()
        return min(1000, sum(key.startswith(prefix) for key in self.objects))

    async def keys(self, prefix: str, *, written_by: datetime, most: int = 1000) -> list[str]:
        self._answer()
        old = (key for key, one in self.objects.items() if key.startswith(prefix) and one.written_at <= written_by)
        return sorted(old)[:most]

    async def erase(self, prefix: str) -> int:
        self._answer()
        gone = [key for key in self.objects if key.startswith(prefix)]
        for key in gone:
            del self.objects[key]
        return len(gone)

    async def purge(self, key: str) -> None:
        await self.delete(key)

    async def size(self, key: str) -> int | None:
        self._answer()
        return len(self.objects[key].body) if key in self.objects else None

    async def digest(self, key: str) -> tuple[int, bytes] | None:
        self._answer()
        if key not in self.objects:
            return None
        body = self.objects[key].body
        return len(body), hashlib.sha256(body).digest()

    async def freeze(self, key: str, final_key: str, *, size: int, sha256: bytes) -> bool:
        if await self.digest(key) != (size, sha256):
            return False
        self.objects[final_key] = self.objects[key]
        return True

    async def download_url(
        self,
        key: str,
        *,
        seconds: int,  # noqa: ARG002 - nothing runs out here
        file_name: str | None = None,
        content_type: str | None = None,
        inline: bool = False,
    ) -> str:
        url = f"https://bucket.invalid/{key}?signature={next(self._numbers)}"
        self._links[url] = _Link(key, content_type, disposition(file_name, inline=inline) if file_name else None)
        return url

    async def upload(
        self,
        key: str,
        *,
        seconds: int,  # noqa: ARG002 - nothing runs out here
        max_bytes: int,
        min_bytes: int = 0,
        content_type: str | None = None,
        sha256: bytes | None = None,
    ) -> Upload:
        require_incoming(key)
        signature = str(next(self._numbers))
        fields = {"key": key, "signature": signature}
        if content_type:
            fields[_TYPE] = content_type
        if sha256 is not None:
            fields |= {"x-amz-checksum-algorithm": "SHA256", _DIGEST: base64.b64encode(sha256).decode()}
        self._forms[signature] = _Form(dict(fields), min_bytes, max_bytes)
        return Upload("https://bucket.invalid/", fields)

    async def uploads(self, keys: Sequence[str], *, seconds: int, max_bytes: int) -> list[Upload]:
        return [await self.upload(key, seconds=seconds, max_bytes=max_bytes) for key in keys]

    def fetch(self, url: str) -> Fetched | None:
        """What this presigned GET answers; None where it is refused, or where the object is gone."""
        link = self._links.get(url)
        if link is None or link.key not in self.objects:
            return None
        stored = self.objects[link.key]
        return Fetched(stored.body, link.content_type or stored.content_type, link.disposition)

    def post(self, fields: Mapping[str, str], body: bytes) -> bool:
        """Sends a presigned form with this file; whether it was taken."""
        form = self._forms.get(fields.get("signature", ""))
        if form is None or fields != form.fields or not form.min_bytes <= len(body) <= form.max_bytes:
            return False
        if _DIGEST in fields and fields[_DIGEST] != base64.b64encode(hashlib.sha256(body).digest()).decode():
            return False
        self.objects[fields["key"]] = _Object(body, fields.get(_TYPE, "application/octet-stream"))
        return True

    def _answer(self) -> None:
        if self.away:
            raise DependencyUnavailable("this bucket is away")
