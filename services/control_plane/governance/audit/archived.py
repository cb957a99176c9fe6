"""Verifies the chain of an audit as a tenant's archive has it, without the database that it came from.

The archive has each row as it was sealed, and each place with its hash. It has no anchors, which only who has the
platform's bucket can read: a chain that was written anew as a whole is found there alone.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from control_plane.governance.audit.verifying import GAP_SECONDS, AuditVerdict, follow
from foundation.domain.ids import TenantId
from foundation.storage.audit.chain import MEMBERS, Link, SealedRow, content_of, first_link

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DECODER = json.JSONDecoder()


class NoArchive(Exception):
    """The file is not there, cannot be read, or is no archive of a tenant."""


def verify_archive(path: Path) -> AuditVerdict:
    """`NoArchive` where there is none whose audit could be looked at."""
    try:
        return _verify(path)
    except OSError as error:
        raise NoArchive(f"{path} cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise NoArchive(f"{path} is no archive of a tenant, or is damaged: {error}") from error
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        # Members that an archive of ours has are missing, are no JSON, or are encrypted.
        what = error.args[0] if isinstance(error, KeyError) and error.args else error
        raise NoArchive(f"{path} does not have what an archive of a tenant has: {what}") from error


def _verify(path: Path) -> AuditVerdict:
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        verdict = AuditVerdict(TenantId(UUID(manifest["tenant_id"])))
        old = datetime.fromisoformat(manifest["as_of"]) - timedelta(seconds=GAP_SECONDS)
        written: dict[int, str] = {}
        unsealed: set[int] = set()
        for line in _lines(archive, "audit_log"):
            row = json.loads(line)
            written[row["audit_id"]] = _content_of(line, row)
            if datetime.fromisoformat(row["at"]) < old:
                unsealed.add(row["audit_id"])
        places = sorted((json.loads(line) for line in _lines(archive, "audit_chain")), key=lambda one: one["position"])
    rows = [
        SealedRow(Link(place["position"], _bytes_of(place["hash"])), place["audit_id"], written.get(place["audit_id"]))
        for place in places
    ]
    follow(verdict, rows, first_link(verdict.whose), {})
    verdict.note_unsealed(sorted(unsealed - {row.audit_id for row in rows}))
    return verdict


def _lines(archive: zipfile.ZipFile, table: str) -> Iterator[str]:
    with archive.open(f"tables/{table}.jsonl") as file:
        for line in file:
            yield line.decode()


def _content_of(line: str, row: dict[str, Any]) -> str:
    microseconds = (datetime.fromisoformat(row["at"]) - _BEGINNING) // _MICROSECOND
    seconds, rest = divmod(microseconds, 1_000_000)
    as_sealed = {**row, "written": f"{seconds}.{rest:06}", "detail": _as_written(line, "detail")}
    return content_of([as_sealed[name] for name in MEMBERS])


def _as_written(line: str, wanted: str) -> str:
    """The text of a member of the row: PostgreSQL's own, which no other writer of JSON gives in all cases."""
    at = 1
    while True:
        name, at = _DECODER.raw_decode(line, at)
        start = line.index(":", at) + 1
        _, at = _DECODER.raw_decode(line, start)
        if name == wanted:
            return line[start:at]
        at = line.index(",", at) + 1


def _bytes_of(told: str) -> bytes:
    return bytes.fromhex(told.removeprefix("\\x"))
