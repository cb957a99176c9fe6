"""Checkpoints: parts stored once by digest, a turn's manifest a list of digests chained by hash."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from foundation.domain.errors import LockstepError
from foundation.domain.ids import StepId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text

_EMPTY = b"\x00" * 32


class CheckpointCorrupt(LockstepError):
    """A row of a checkpoint was changed, is missing or is in the wrong order; `detail` names it."""

    code = "checkpoint_corrupt"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The summary of a checkpoint on its step's row: the chain's head and the number of parts."""

    head: bytes
    length: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A turn's checkpoint read back, its parts in order and checked against the chain."""

    turn: int
    parts: list[bytes]
    metadata: dict[str, Any]


def chain(digests: Sequence[bytes]) -> bytes:
    """The head of a manifest: each link hashes the one before it and the next digest, so order counts."""
    head = _EMPTY
    for digest in digests:
        head = hashlib.sha256(head + digest).digest()
    return head


async def write(
    tx: Transaction,
    tenant_id: TenantId,
    step_id: StepId,
    *,
    turn: int,
    checkpoint_id: str,
    parts: Sequence[bytes],
    metadata: dict[str, Any],
) -> Manifest:
    """Stores the parts that are new, the turn's manifest, and its head on the step's row, which the caller holds."""
    digests = [hashlib.sha256(part).digest() for part in parts]
    manifest = Manifest(chain(digests), len(digests))
    await tx.execute(
        text(
            """INSERT INTO message_parts (tenant_id, digest, body, size)
               SELECT :tenant_id, p.digest, p.body, p.size
               FROM unnest(CAST(:digests AS bytea[]), CAST(:bodies AS bytea[]), CAST(:sizes AS int[]))
                    AS p(digest, body, size)
               ORDER BY p.digest
               ON CONFLICT (tenant_id, digest) DO NOTHING"""
        ),
        {
            "tenant_id": tenant_id,
            "digests": digests,
            "bodies": [zlib.compress(part, 6) for part in parts],
            "sizes": [len(part) for part in parts],
        },
    )
    await tx.execute(
        text(
            """WITH written AS (
                   INSERT INTO checkpoints (tenant_id, step_id, turn, checkpoint_id, manifest, head, length, metadata)
                   VALUES (:tenant_id, :step_id, :turn, :checkpoint_id, :manifest, :head, :length,
                           CAST(:metadata AS jsonb)))
               UPDATE steps SET checkpoint_head = :head, checkpoint_length = :length
               WHERE tenant_id = :tenant_id AND step_id = :step_id"""
        ),
        {
            "tenant_id": tenant_id,
            "step_id": step_id,
            "turn": turn,
            "checkpoint_id": checkpoint_id,
            "manifest": digests,
            "head": manifest.head,
            "length": manifest.length,
            "metadata": jsonb(metadata),
        },
    )
    return manifest


async def load(tx: Transaction, tenant_id: TenantId, step_id: StepId, *, expected: Manifest) -> Stored:
    """The step's last checkpoint, verified part by part; `CheckpointCorrupt` names the part that fails."""
    row = (
        await tx.execute(
            text(
                """SELECT turn, manifest, metadata FROM checkpoints
                   WHERE tenant_id = :tenant_id AND step_id = :step_id ORDER BY turn DESC LIMIT 1"""
            ),
            {"tenant_id": tenant_id, "step_id": step_id},
        )
    ).first()
    if row is None:
        raise CheckpointCorrupt(f"step {step_id} has no checkpoint, but its row names one")
    digests = [bytes(digest) for digest in row.manifest]
    if len(digests) != expected.length or chain(digests) != expected.head:
        raise CheckpointCorrupt(f"the manifest of step {step_id}, turn {row.turn}, is not the one that was recorded")
    rows = await tx.execute(
        text("SELECT digest, body FROM message_parts WHERE tenant_id = :tenant_id AND digest = ANY(:digests)"),
        {"tenant_id": tenant_id, "digests": digests},
    )
    bodies = {bytes(part.digest): bytes(part.body) for part in rows}
    return Stored(row.turn, [_part(bodies, digest, step_id) for digest in digests], row.metadata)


async def turns_of(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> list[int]:
    """The numbers of turns after which the step has a checkpoint, rising."""
    rows = await tx.execute(
        text("SELECT turn FROM checkpoints WHERE tenant_id = :tenant_id AND step_id = :step_id ORDER BY turn"),
        {"tenant_id": tenant_id, "step_id": step_id},
    )
    return [row.turn for row in rows]


async def last_part(tx: Transaction, tenant_id: TenantId, step_id: StepId, *, turn: int) -> bytes:
    """The last part of the checkpoint after this turn; `CheckpointCorrupt` when it was changed or is missing."""
    rows = await tx.execute(
        text(
            """SELECT p.digest, p.body FROM checkpoints c
               JOIN message_parts p ON p.tenant_id = c.tenant_id AND p.digest = c.manifest[c.length]
               WHERE c.tenant_id = :tenant_id AND c.step_id = :step_id AND c.turn = :turn"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "turn": turn},
    )
    row = rows.first()
    if row is None:
        raise CheckpointCorrupt(f"the last part of step {step_id}, turn {turn}, is missing")
    digest = bytes(row.digest)
    return _part({digest: bytes(row.body)}, digest, step_id)


async def share(tx: Transaction, tenant_id: TenantId, origin: StepId, step_id: StepId, *, turn: int) -> None:
    """Gives a new step the origin's checkpoints up to this turn: their lists of digests, of which no part is copied."""
    await tx.execute(
        text(
            """WITH shared AS (
                   INSERT INTO checkpoints (tenant_id, step_id, turn, checkpoint_id, manifest, head, length, metadata)
                   SELECT tenant_id, :step_id, turn, checkpoint_id, manifest, head, length, metadata FROM checkpoints
                   WHERE tenant_id = :tenant_id AND step_id = :origin AND turn <= :turn
                   RETURNING turn, head, length)
               UPDATE steps s SET checkpoint_head = shared.head, checkpoint_length = shared.length, turn = shared.turn
               FROM shared WHERE s.tenant_id = :tenant_id AND s.step_id = :step_id AND shared.turn = :turn"""
        ),
        {"tenant_id": tenant_id, "origin": origin, "step_id": step_id, "turn": turn},
    )


def _part(bodies: dict[bytes, bytes], digest: bytes, step_id: StepId) -> bytes:
    where = f"part {digest.hex()} of step {step_id}"
    if digest not in bodies:
        raise CheckpointCorrupt(f"{where} is missing")
    try:
        part = zlib.decompress(bodies[digest])
    except zlib.error as error:
        raise CheckpointCorrupt(f"{where} was changed: {error}") from error
    if hashlib.sha256(part).digest() != digest:
        raise CheckpointCorrupt(f"{where} was changed")
    return part
