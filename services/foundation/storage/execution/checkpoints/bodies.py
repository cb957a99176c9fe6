"""The bodies of parts: compressed, and checked against their digest whenever they are read."""

import hashlib
import zlib
from collections.abc import Sequence

import zstandard

from foundation.storage.execution.checkpoints.chains import CheckpointCorrupt

_ZSTD_MAGIC = zstandard.FRAME_HEADER
_LEVEL = 3


def packed(parts: Sequence[bytes]) -> list[bytes]:
    """Each part as a frame of zstd, which says how long it is when it is read."""
    compressor = zstandard.ZstdCompressor(level=_LEVEL)
    return [compressor.compress(part) for part in parts]


def unpacked(body: bytes, digest: bytes) -> bytes:
    """The part again. `CheckpointCorrupt` when it is not the one that has this digest.

    Bodies that do not begin as a frame of zstd are older than it, and are zlib's.
    """
    where = f"part {digest.hex()}"
    try:
        unpack = zstandard.ZstdDecompressor().decompress if body.startswith(_ZSTD_MAGIC) else zlib.decompress
        part = unpack(body)
    except (zlib.error, zstandard.ZstdError, MemoryError) as error:
        raise CheckpointCorrupt(f"{where} was changed: {error}") from error
    if hashlib.sha256(part).digest() != digest:
        raise CheckpointCorrupt(f"{where} was changed")
    return part
