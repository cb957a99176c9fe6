"""A fingerprint of files, by which to decide whether something must be built or started again."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path


def fingerprint(places: Iterable[Path], *, more: str = "") -> str:
    """Changes when a file below `places` appears, vanishes or is written, or when `more` differs."""
    digest = hashlib.sha256(more.encode())
    for file in _files(places):
        status = file.stat()
        digest.update(f"{file}\0{status.st_mtime_ns}\0{status.st_size}\n".encode())
    return digest.hexdigest()


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_file():
            yield place
        elif place.is_dir():
            yield from sorted(one for one in place.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
