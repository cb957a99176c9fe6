"""What proves a checkpoint: the digests of its parts, chained by hash in their order."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from foundation.domain.errors import Conflict

_EMPTY = b"\x00" * 32


class CheckpointCorrupt(Conflict):
    """A row of a checkpoint was changed, is missing or is in the wrong order; `detail` names it."""

    code = "checkpoint_corrupt"
    usual_remedy = "POST /runs/{id}/steps/{name}/checkpoints/verify names every row that is damaged"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The summary of a checkpoint on its step's row: the chain's head and the number of parts."""

    head: bytes
    length: int


def chain(digests: Sequence[bytes]) -> bytes:
    """The head of a manifest: each link hashes the one before it and the next digest, so order counts."""
    head = _EMPTY
    for digest in digests:
        head = hashlib.sha256(head + digest).digest()
    return head
