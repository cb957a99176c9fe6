"""The port behind a bucket: objects by exact key, and presigned ways in and out for those who hold no credentials."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Upload:
    """A presigned POST: send `fields` and then the file as multipart form data to `url`."""

    url: str
    fields: dict[str, str]


class ObjectStore(Protocol):
    """Every call raises `DependencyUnavailable` when the bucket does not answer, but for those that only sign."""

    async def ping(self) -> None:
        """Returns when the bucket answers."""
        ...

    async def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> None: ...

    async def delete(self, key: str) -> None:
        """Deletes the object; succeeds also when there is none."""
        ...

    async def get(self, key: str) -> bytes:
        """The object's bytes; `NotFound` when there is none."""
        ...

    async def put_file(self, key: str, path: Path, *, content_type: str = "application/octet-stream") -> None:
        """Stores a file of any size, a part at a time; what was there before stays until the last part is there."""
        ...

    def read(self, key: str) -> AsyncIterator[bytes]:
        """The object's bytes, a piece at a time; `NotFound` when there is none."""
        ...

    async def count(self, prefix: str) -> int:
        """How many objects there are below a prefix, of each all versions that are kept; at most 1,000 are counted."""
        ...

    async def keys(self, prefix: str, *, written_by: datetime, most: int = 1000) -> list[str]:
        """Keys below a prefix to which nothing was written since, their deletion included; at most so many."""
        ...

    async def erase(self, prefix: str) -> int:
        """Removes the objects below a prefix for good, with all their versions; returns how many those were."""
        ...

    async def purge(self, key: str) -> None:
        """Removes exactly this object for good, with all its versions; succeeds also when there is none."""
        ...

    async def size(self, key: str) -> int | None:
        """The object's size in bytes; None when there is none."""
        ...

    async def digest(self, key: str) -> tuple[int, bytes] | None:
        """The object's size and SHA-256, read from its bytes; None when there is none."""
        ...

    async def freeze(self, key: str, final_key: str, *, size: int, sha256: bytes) -> bool:
        """Copies what was uploaded to `key` to a key that no form reaches; False where other bytes, or none, are there.

        What is written to `key` meanwhile is never taken for what was checked. It may be done again, with the same
        outcome, while what was uploaded is there.
        """
        ...

    async def download_url(
        self,
        key: str,
        *,
        seconds: int,
        file_name: str | None = None,
        content_type: str | None = None,
        inline: bool = False,
    ) -> str:
        """A presigned GET of exactly this key, answered with the given name and type."""
        ...

    async def upload(
        self,
        key: str,
        *,
        seconds: int,
        max_bytes: int,
        min_bytes: int = 0,
        content_type: str | None = None,
        sha256: bytes | None = None,
    ) -> Upload:
        """A presigned POST of exactly this key, between `min_bytes` and `max_bytes`; `ValueError` if not INCOMING.

        Who holds the form may use it as often as they like until it lapses, so that no such key may be an artifact's.
        With `sha256` the store takes the bytes of that digest alone, so that what is sent through the form later can
        replace them by nothing else.
        """
        ...

    async def uploads(self, keys: Sequence[str], *, seconds: int, max_bytes: int) -> list[Upload]:
        """A presigned POST of exactly one key each, of at most `max_bytes`; `ValueError` unless all are INCOMING."""
        ...
