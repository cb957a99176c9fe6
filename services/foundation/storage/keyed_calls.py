"""Calls that made something under an Idempotency-Key: each once, with what it was answered, for a day."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

KEPT_HOURS = 24


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A row of `keyed_calls`; `answer` is None where it held a secret, which is not kept."""

    request_digest: bytes
    status: int
    headers: Mapping[str, str]
    answer: Any


async def claim(tx: Transaction, tenant_id: TenantId, key: str, digest: bytes) -> AnsweredCall | None:
    """None where the key is this transaction's from now on; else the call that had it first.

    Another transaction that has claimed the key and has not ended yet is waited for.
    """
    named = {"tenant_id": tenant_id, "key": key}
    await tx.execute(
        text(
            "DELETE FROM keyed_calls WHERE tenant_id = :tenant_id AND idempotency_key = :key"
            " AND called_at < now() - CAST(:hours AS int) * interval '1 hour'"
        ),
        {**named, "hours": KEPT_HOURS},
    )
    made = await tx.execute(
        text(
            """INSERT INTO keyed_calls (tenant_id, idempotency_key, request_digest) VALUES (:tenant_id, :key, :digest)
               ON CONFLICT (tenant_id, idempotency_key) DO NOTHING RETURNING 1 AS made"""
        ),
        {**named, "digest": digest},
    )
    if made.mappings():
        return None
    rows = await tx.execute(
        text(
            """SELECT request_digest, status, headers, answer FROM keyed_calls
               WHERE tenant_id = :tenant_id AND idempotency_key = :key"""
        ),
        named,
    )
    found = rows.mappings()
    if not found:
        # The row of the first call has just lapsed.
        return await claim(tx, tenant_id, key, digest)
    [row] = found
    return AnsweredCall(bytes(row["request_digest"]), row["status"], row["headers"], row["answer"])


async def keep(
    tx: Transaction, tenant_id: TenantId, key: str, *, status: int, headers: Mapping[str, str], answer: Any
) -> None:
    """Keeps what the call that has claimed the key is answered; None for an answer that holds a secret."""
    await tx.execute(
        text(
            """UPDATE keyed_calls SET status = :status, headers = CAST(:headers AS jsonb),
                                      answer = CAST(:answer AS jsonb)
               WHERE tenant_id = :tenant_id AND idempotency_key = :key"""
        ),
        {
            "tenant_id": tenant_id,
            "key": key,
            "status": status,
            "headers": json.dumps(dict(headers)),
            "answer": None if answer is None else json.dumps(answer),
        },
    )


async def forget_old(tx: Transaction, *, most: int) -> int:
    """Removes calls of all tenants whose day is over; how many they were."""
    rows = await tx.execute(
        text("SELECT forget_keyed_calls(CAST(:hours AS int) * interval '1 hour', :most) AS gone"),
        {"hours": KEPT_HOURS, "most": most},
    )
    return int(rows.scalar_one())
