"""Writes checkpoints: parts stored once by digest, a turn's manifest a list of digests chained by hash."""

import hashlib
from collections.abc import Sequence
from typing import Any

from foundation.domain.ids import StepId, TenantId
from foundation.storage.execution.checkpoints.bodies import packed
from foundation.storage.execution.checkpoints.chains import Manifest, chain
from foundation.storage.execution.checkpoints.unnamed import keep_parts
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text


async def write(
    tx: Transaction,
    tenant_id: TenantId,
    step_id: StepId,
    *,
    turn: int,
    checkpoint_id: str,
    parts: Sequence[bytes],
    metadata: dict[str, Any],
    mend_after: int | None = None,
) -> Manifest:
    """Stores the parts that are new, the turn's manifest, and its head on the step's row, which the caller holds.

    With `mend_after` the step goes on after this turn, as later checkpoints were refused: those are removed, and every
    part is stored anew, because a damaged one has the digest of the sound one.
    """
    await keep_parts(tx, tenant_id)
    digests = [hashlib.sha256(part).digest() for part in parts]
    manifest = Manifest(chain(digests), len(digests))
    if mend_after is not None:
        await _remove_after(tx, tenant_id, step_id, turn=mend_after)
    await _store_parts(tx, tenant_id, dict(zip(digests, parts, strict=True)), anew=mend_after is not None)
    row = {"turn": turn, "checkpoint_id": checkpoint_id, "metadata": jsonb(metadata)}
    await _name(tx, tenant_id, step_id, digests, manifest, row)
    return manifest


async def share(tx: Transaction, tenant_id: TenantId, origin: StepId, step_id: StepId, *, turn: int) -> None:
    """Gives a new step the origin's checkpoints up to this turn: their lists of digests, of which no part is copied.

    Should the one of this turn be damaged later, there is none before it to go on from: which of them belong to the
    same beginning of the origin is not known any more.
    """
    await keep_parts(tx, tenant_id)
    await tx.execute(
        text(
            """WITH shared AS (
                   INSERT INTO checkpoints (tenant_id, step_id, turn, checkpoint_id, manifest, head, length, metadata,
                                            link, deleted_at)
                   SELECT tenant_id, :step_id, turn, checkpoint_id, manifest, head, length, metadata, link, deleted_at
                   FROM checkpoints WHERE tenant_id = :tenant_id AND step_id = :origin AND turn <= :turn
                   RETURNING turn, head, length)
               UPDATE steps s SET checkpoint_head = shared.head, checkpoint_length = shared.length,
                                  checkpoint_first = shared.turn, turn = shared.turn
               FROM shared WHERE s.tenant_id = :tenant_id AND s.step_id = :step_id AND shared.turn = :turn"""
        ),
        {"tenant_id": tenant_id, "origin": origin, "step_id": step_id, "turn": turn},
    )


async def _name(
    tx: Transaction,
    tenant_id: TenantId,
    step_id: StepId,
    digests: Sequence[bytes],
    manifest: Manifest,
    row: dict[str, Any],
) -> None:
    await tx.execute(
        text(
            """WITH written AS (
                   INSERT INTO checkpoints (tenant_id, step_id, turn, checkpoint_id, manifest, head, length, metadata,
                                            link)
                   SELECT n.tenant_id, n.step_id, n.turn, n.checkpoint_id, :manifest, n.head, :length, n.metadata,
                          checkpoint_link((SELECT c.link FROM checkpoints c
                                           WHERE c.tenant_id = n.tenant_id AND c.step_id = n.step_id AND c.turn < n.turn
                                           ORDER BY c.turn DESC LIMIT 1),
                                          n.turn, n.head, n.checkpoint_id, n.metadata)
                   FROM (VALUES (CAST(:tenant_id AS uuid), CAST(:step_id AS uuid), CAST(:turn AS int),
                                 CAST(:checkpoint_id AS text), CAST(:head AS bytea), CAST(:metadata AS jsonb)))
                        AS n(tenant_id, step_id, turn, checkpoint_id, head, metadata))
               UPDATE steps
               SET checkpoint_head = :head, checkpoint_length = :length,
                   checkpoint_first = CASE WHEN checkpoint_head IS NULL THEN :turn
                                           ELSE LEAST(checkpoint_first, :turn) END
               WHERE tenant_id = :tenant_id AND step_id = :step_id"""
        ),
        {
            "tenant_id": tenant_id,
            "step_id": step_id,
            "manifest": list(digests),
            "head": manifest.head,
            "length": manifest.length,
            **row,
        },
    )


async def _remove_after(tx: Transaction, tenant_id: TenantId, step_id: StepId, *, turn: int) -> None:
    await tx.execute(
        text("DELETE FROM checkpoints WHERE tenant_id = :tenant_id AND step_id = :step_id AND turn > :turn"),
        {"tenant_id": tenant_id, "step_id": step_id, "turn": turn},
    )


async def _store_parts(tx: Transaction, tenant_id: TenantId, parts: dict[bytes, bytes], *, anew: bool) -> None:
    """Compresses and sends what is not there; of a long conversation that is the last turn's."""
    digests = list(parts)
    if not anew:
        known = await tx.execute(
            text("SELECT digest FROM message_parts WHERE tenant_id = :tenant_id AND digest = ANY(:digests)"),
            {"tenant_id": tenant_id, "digests": digests},
        )
        stored = {bytes(row.digest) for row in known}
        digests = [digest for digest in digests if digest not in stored]
    if not digests:
        return
    conflict = "DO UPDATE SET body = EXCLUDED.body, size = EXCLUDED.size" if anew else "DO NOTHING"
    await tx.execute(
        text(
            f"""INSERT INTO message_parts (tenant_id, digest, body, size)
                SELECT :tenant_id, p.digest, p.body, p.size
                FROM unnest(CAST(:digests AS bytea[]), CAST(:bodies AS bytea[]), CAST(:sizes AS int[]))
                     AS p(digest, body, size)
                ORDER BY p.digest
                ON CONFLICT (tenant_id, digest) {conflict}"""  # noqa: S608 - one of two fixed texts
        ),
        {
            "tenant_id": tenant_id,
            "digests": digests,
            "bodies": packed([parts[digest] for digest in digests]),
            "sizes": [len(parts[digest]) for digest in digests],
        },
    )
