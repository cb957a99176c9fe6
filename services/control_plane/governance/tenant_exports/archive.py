"""Writes a tenant's archive into a file: rows as lines of JSON, artifacts as they are, and a manifest with digests.

The rows are read in one transaction that sees one moment, so that each refers to what is there. Artifacts never change
once they are final, so that they are read afterwards, without a transaction.
"""

import asyncio
import hashlib
import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from foundation.cloud.objects.base import ObjectStore
from foundation.domain.errors import NotFound
from foundation.domain.ids import ArtifactId, ExportId, TenantId
from foundation.storage import artifacts
from foundation.storage.leaving.contents import EXPORTED, NOT_EXPORTED, WITHHELD, lines_of
from foundation.storage.session.database import Database

EXPORT_FORMAT = "lockstep-export/1"
_MANIFEST = "manifest.json"
_ARTIFACTS_READ = 500

StillOurs = Callable[[], Awaitable[None]]
"""Called after each file; raises when somebody else makes the archive now."""


@dataclass
class TenantArchive:
    """One archive on its way into a file."""

    database: Database
    objects: ObjectStore
    tenant_id: TenantId
    export_id: ExportId
    still_ours: StillOurs
    _files: list[dict[str, Any]] = field(default_factory=list)

    async def write(self, path: Path, *, as_of: datetime) -> None:
        with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as archive:
            async with self.database.tenant(self.tenant_id, one_moment=True) as tx:
                for table in EXPORTED:
                    rows = _as_bytes(lines_of(tx, table))
                    await self._add(archive, f"tables/{table}.jsonl", rows, table=table)
            async for artifact_id, key in self._artifacts():
                await self._add(archive, f"artifacts/{artifact_id}", self._bytes_of(key), artifact_id=str(artifact_id))
            archive.writestr(_MANIFEST, json.dumps(self._manifest(as_of), indent=1))

    async def _add(
        self, archive: zipfile.ZipFile, name: str, pieces: AsyncIterator[tuple[bytes, int]], **described: str
    ) -> None:
        """Each piece comes with how many rows it has."""
        digest, size, rows = hashlib.sha256(), 0, 0
        with archive.open(name, "w", force_zip64=True) as file:
            async for piece, count in pieces:
                digest.update(piece)
                size, rows = size + len(piece), rows + count
                await asyncio.to_thread(file.write, piece)
        about: dict[str, Any] = {"path": name, "bytes": size, "sha256": digest.hexdigest(), **described}
        self._files.append(about | ({"rows": rows} if "table" in described else {}))
        await self.still_ours()

    async def _artifacts(self) -> AsyncIterator[tuple[ArtifactId, str]]:
        after: ArtifactId | None = None
        while True:
            async with self.database.tenant(self.tenant_id) as tx:
                found = await artifacts.final_ones(tx, self.tenant_id, after=after, limit=_ARTIFACTS_READ)
            for one in found:
                yield one
            if len(found) < _ARTIFACTS_READ:
                return
            after = found[-1][0]

    async def _bytes_of(self, key: str) -> AsyncIterator[tuple[bytes, int]]:
        try:
            async for piece in self.objects.read(key):
                yield piece, 0
        except NotFound:
            # Removed since it was listed. The manifest then has no byte of it, and not the digest of its row.
            return

    def _manifest(self, as_of: datetime) -> dict[str, Any]:
        return {
            "format": EXPORT_FORMAT,
            "tenant_id": str(self.tenant_id),
            "export_id": str(self.export_id),
            "as_of": as_of.isoformat(),
            "files": self._files,
            "withheld_columns": {table: names.split() for table, names in WITHHELD.items()},
            "tables_without_rows_here": dict(NOT_EXPORTED),
        }


async def _as_bytes(batches: AsyncIterator[list[str]]) -> AsyncIterator[tuple[bytes, int]]:
    async for lines in batches:
        yield "".join(f"{line}\n" for line in lines).encode(), len(lines)
