"""Reads checkpoints back; whatever is read is verified, and what is damaged is refused and named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.contracts.accepted.sentences import first_of
from foundation.domain.ids import StepId, TenantId
from foundation.storage.execution.checkpoints.bodies import unpacked
from foundation.storage.execution.checkpoints.chains import CheckpointCorrupt, Manifest, chain
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row

_MOST_NAMED = 5
NOT_NAMED = "the step's row names another checkpoint as its last"
NOT_IN_ORDER = "it does not follow the checkpoint before it: one was changed, dropped or put into another order"
OTHER_MANIFEST = "its manifest is not the one that was recorded"


@dataclass(frozen=True, slots=True)
class Stored:
    """A turn's checkpoint read back, its parts in order and checked against the chain."""

    turn: int
    at: datetime
    head: bytes
    digests: list[bytes]
    parts: list[bytes]
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A checkpoint that is not used, and why; `turn` is None for one whose row is gone."""

    turn: int | None
    fault: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The last sound checkpoint, and the later ones that were refused, newest first."""

    stored: Stored
    refused: tuple[Refused, ...]


async def load(tx: Transaction, tenant_id: TenantId, step_id: StepId, *, expected: Manifest) -> Loaded:
    """The step's last checkpoint, or the last sound one before it.

    `CheckpointCorrupt` when there is none since the step last began from its beginning.
    """
    refused: list[Refused] = []
    below: int | None = None
    while (row := await _row_below(tx, tenant_id, step_id, below)) is not None:
        if below is None and (row.head, row.length) != (expected.head, expected.length) and row.in_order:
            refused.append(Refused(None, NOT_NAMED))
        try:
            return Loaded(await _stored_in_order(tx, tenant_id, row), tuple(refused))
        except CheckpointCorrupt as error:
            refused.append(Refused(row.turn, error.detail))
        below = row.turn
    shown = first_of(list(map(_words, refused)), most=_MOST_NAMED) or "its row names one, and there is none"
    raise CheckpointCorrupt(
        f"step {step_id} has no checkpoint left to go on from: {shown}; a retry that names the step in `from` begins it"
        " from its beginning"
    )


async def at_turn(tx: Transaction, tenant_id: TenantId, step_id: StepId, *, turn: int) -> Stored | None:
    """The checkpoint after this turn, verified; None when there is none, or it was deleted."""
    row = (
        await tx.execute(
            text(
                """SELECT turn, created_at, head, length, manifest, metadata FROM checkpoints
                   WHERE tenant_id = :tenant_id AND step_id = :step_id AND turn = :turn AND deleted_at IS NULL"""
            ),
            {"tenant_id": tenant_id, "step_id": step_id, "turn": turn},
        )
    ).first()
    if row is None:
        return None
    try:
        return await _stored(tx, tenant_id, row)
    except CheckpointCorrupt as error:
        raise CheckpointCorrupt(f"turn {turn}: {error.detail}") from error


async def turns_of(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> list[int]:
    """The numbers of turns after which the step has a checkpoint, rising."""
    rows = await tx.execute(
        text(
            """SELECT turn FROM checkpoints
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND deleted_at IS NULL ORDER BY turn"""
        ),
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
    return unpacked(bytes(row.body), bytes(row.digest))


async def _row_below(tx: Transaction, tenant_id: TenantId, step_id: StepId, below: int | None) -> Row | None:
    """The newest row before this turn, of those since the step last began from its beginning."""
    rows = await tx.execute(
        text(
            """SELECT c.turn, c.created_at, c.head, c.length, c.manifest, c.metadata,
                      c.link = checkpoint_link(
                          (SELECT b.link FROM checkpoints b
                           WHERE b.tenant_id = c.tenant_id AND b.step_id = c.step_id AND b.turn < c.turn
                           ORDER BY b.turn DESC LIMIT 1),
                          c.turn, c.head, c.checkpoint_id, c.metadata) AS in_order
               FROM checkpoints c JOIN steps s ON s.tenant_id = c.tenant_id AND s.step_id = c.step_id
               WHERE c.tenant_id = :tenant_id AND c.step_id = :step_id AND c.deleted_at IS NULL
                 AND c.turn >= s.checkpoint_first AND (CAST(:below AS int) IS NULL OR c.turn < :below)
               ORDER BY c.turn DESC LIMIT 1"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "below": below},
    )
    return rows.first()


async def _stored_in_order(tx: Transaction, tenant_id: TenantId, row: Row) -> Stored:
    if not row.in_order:
        raise CheckpointCorrupt(NOT_IN_ORDER)
    return await _stored(tx, tenant_id, row)


async def _stored(tx: Transaction, tenant_id: TenantId, row: Row) -> Stored:
    digests = [bytes(digest) for digest in row.manifest]
    if len(digests) != row.length or chain(digests) != row.head:
        raise CheckpointCorrupt(OTHER_MANIFEST)
    bodies = await bodies_of(tx, tenant_id, digests)
    return Stored(row.turn, row.created_at, row.head, digests, [_part(bodies, one) for one in digests], row.metadata)


async def bodies_of(tx: Transaction, tenant_id: TenantId, digests: Sequence[bytes]) -> dict[bytes, bytes]:
    """The stored bodies of those parts that are there."""
    rows = await tx.execute(
        text("SELECT digest, body FROM message_parts WHERE tenant_id = :tenant_id AND digest = ANY(:digests)"),
        {"tenant_id": tenant_id, "digests": list(digests)},
    )
    return {bytes(row.digest): bytes(row.body) for row in rows}


def _part(bodies: dict[bytes, bytes], digest: bytes) -> bytes:
    if digest not in bodies:
        raise CheckpointCorrupt(f"part {digest.hex()} is missing")
    return unpacked(bodies[digest], digest)


def _words(refused: Refused) -> str:
    return refused.fault if refused.turn is None else f"turn {refused.turn}: {refused.fault}"
