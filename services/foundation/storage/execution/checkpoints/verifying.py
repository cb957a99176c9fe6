"""Verifies all checkpoints of a step, and names each row that was changed, dropped or put into another order."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from foundation.domain.ids import StepId, TenantId
from foundation.storage.execution.checkpoints.bodies import unpacked
from foundation.storage.execution.checkpoints.chains import CheckpointCorrupt, Manifest, chain
from foundation.storage.execution.checkpoints.reading import NOT_IN_ORDER, NOT_NAMED, OTHER_MANIFEST
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row

_ROWS_AT_ONCE = 50
_PARTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class RowFault:
    """A damaged row: `checkpoints/<turn>`, `message_parts/<digest>` or `steps/<name>`, and what is wrong with it."""

    row: str
    fault: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How many checkpoints and distinct parts were looked at, and what is wrong with them, in the order of turns."""

    checkpoints: int
    parts: int
    faults: list[RowFault]


async def verify(
    tx: Transaction, tenant_id: TenantId, step_id: StepId, *, name: str, named: Manifest | None
) -> Verified:
    """Reads every checkpoint of the step and every part; `named` is the head that stands on the step's row."""
    faults: list[RowFault] = []
    seen: set[bytes] = set()
    turns: list[int] = []
    newest: Row | None = None
    async for row in _rows(tx, tenant_id, step_id):
        faults.extend(RowFault(f"checkpoints/{row.turn}", fault) for fault in _faults_of(row))
        unseen = [digest for digest in map(bytes, row.manifest) if digest not in seen]
        seen.update(unseen)
        faults.extend(await _damaged(tx, tenant_id, unseen))
        turns.append(row.turn)
        newest = row
    if named is not None and (newest is None or (newest.head, newest.length) != (named.head, named.length)):
        faults.append(RowFault(f"steps/{name}", NOT_NAMED))
    if named is not None and not await _begins_at_one_of(tx, tenant_id, step_id, turns):
        faults.append(RowFault(f"steps/{name}", "the turn of its first checkpoint has none"))
    return Verified(len(turns), len(seen), faults)


def _faults_of(row: Row) -> list[str]:
    faults = [] if row.in_order else [NOT_IN_ORDER]
    digests = [bytes(digest) for digest in row.manifest]
    if row.deleted_at is not None:
        if digests:
            faults.append("it was deleted, and has parts")
    elif len(digests) != row.length or chain(digests) != row.head:
        faults.append(OTHER_MANIFEST)
    return faults


async def _rows(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> AsyncIterator[Row]:
    after = -1
    while True:
        rows = (
            await tx.execute(
                text(
                    """SELECT c.turn, c.head, c.length, c.manifest, c.deleted_at,
                              c.link = checkpoint_link(
                                  (SELECT b.link FROM checkpoints b
                                   WHERE b.tenant_id = c.tenant_id AND b.step_id = c.step_id AND b.turn < c.turn
                                   ORDER BY b.turn DESC LIMIT 1),
                                  c.turn, c.head, c.checkpoint_id, c.metadata) AS in_order
                       FROM checkpoints c
                       WHERE c.tenant_id = :tenant_id AND c.step_id = :step_id AND c.turn > :after
                       ORDER BY c.turn LIMIT :limit"""
                ),
                {"tenant_id": tenant_id, "step_id": step_id, "after": after, "limit": _ROWS_AT_ONCE},
            )
        ).all()
        for row in rows:
            yield row
        if len(rows) < _ROWS_AT_ONCE:
            return
        after = rows[-1].turn


async def _damaged(tx: Transaction, tenant_id: TenantId, digests: Sequence[bytes]) -> list[RowFault]:
    faults: list[RowFault] = []
    for begin in range(0, len(digests), _PARTS_AT_ONCE):
        some = list(digests[begin : begin + _PARTS_AT_ONCE])
        rows = await tx.execute(
            text("SELECT digest, body, size FROM message_parts WHERE tenant_id = :tenant_id AND digest = ANY(:some)"),
            {"tenant_id": tenant_id, "some": some},
        )
        found = {bytes(row.digest): row for row in rows}
        faults.extend(
            RowFault(f"message_parts/{digest.hex()}", fault)
            for digest in some
            if (fault := _fault_of_part(digest, found.get(digest))) is not None
        )
    return faults


def _fault_of_part(digest: bytes, row: Row | None) -> str | None:
    if row is None:
        return "it is missing"
    try:
        part = unpacked(bytes(row.body), digest)
    except CheckpointCorrupt:
        return "it was changed"
    return None if len(part) == row.size else f"its size is {len(part)}, and {row.size} stands there"


async def _begins_at_one_of(tx: Transaction, tenant_id: TenantId, step_id: StepId, turns: Sequence[int]) -> bool:
    rows = await tx.execute(
        text("SELECT checkpoint_first FROM steps WHERE tenant_id = :tenant_id AND step_id = :step_id"),
        {"tenant_id": tenant_id, "step_id": step_id},
    )
    return rows.scalar_one() in turns
