"""Calls that made something under an Idempotency-Key: each once, with what it was answered, for a day.

A key that has started a run stands in the run's own row, for as long as the run exists. Both are keys of one tenant, of
which each means one call: so whoever looks for one in either place first holds it, and then looks in the other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from foundation.domain.errors import IdempotencyConflict
from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

KEPT_HOURS = 24


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A row of `keyed_calls` or `operator_keyed_calls`; `answer` is None where it held a secret, which is not kept."""

    request_digest: bytes
    status: int
    headers: Mapping[str, str]
    answer: Any


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whose a key is: within one holder a key means one call. Made by `of_tenant` and `of_operator` alone."""

    table: str
    column: str
    holder: TenantId | str

    @classmethod
    def of_tenant(cls, tenant_id: TenantId) -> Self:
        """Of whoever of the tenant sends it."""
        return cls("keyed_calls", "tenant_id", tenant_id)

    @classmethod
    def of_operator(cls, actor: str) -> Self:
        """Of one operator, who belongs to no tenant."""
        return cls("operator_keyed_calls", "operator", actor)

    @property
    def is_this(self) -> str:
        """The condition that a row is the key's; its parameters are `holder` and `key`."""
        return f"{self.column} = :holder AND idempotency_key = :key"

    async def enter(self, tx: Transaction) -> None:
        """Has PostgreSQL show the transaction an operator's own calls, whatever tenant it is for."""
        if self.column == "operator":
            await tx.execute(text("SELECT set_config('lockstep.operator', :operator, true)"), {"operator": self.holder})


def reused() -> IdempotencyConflict:
    """Of a key that has another call already."""
    return IdempotencyConflict(
        "this Idempotency-Key was used for another request", remedy="use a new key for a new request"
    )


async def hold(tx: Transaction, holder: KeyHolder, key: str) -> None:
    """Others who come with the key wait until this transaction has ended."""
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('key of ' || CAST(:holder AS text) || ' ' || :key, 0))"),
        {"holder": str(holder.holder), "key": key},
    )


async def is_claimed(tx: Transaction, tenant_id: TenantId, key: str) -> bool:
    """Whether a call that made something else than a run has the key, and its day is not over."""
    rows = await tx.execute(
        text(
            """SELECT EXISTS (SELECT FROM keyed_calls WHERE tenant_id = :tenant_id AND idempotency_key = :key
                              AND called_at >= now() - CAST(:hours AS int) * interval '1 hour') AS is_claimed"""
        ),
        {"tenant_id": tenant_id, "key": key, "hours": KEPT_HOURS},
    )
    return bool(rows.scalar_one())


async def claim(tx: Transaction, holder: KeyHolder, key: str, digest: bytes) -> AnsweredCall | None:
    """None where the key is this transaction's from now on; else the call that had it first.

    Another transaction that has claimed the key and has not ended yet is waited for.
    """
    await holder.enter(tx)
    await hold(tx, holder, key)
    named = {"holder": holder.holder, "key": key}
    await tx.execute(
        text(
            f"DELETE FROM {holder.table} WHERE {holder.is_this}"  # noqa: S608 - of names that are written above
            " AND called_at < now() - CAST(:hours AS int) * interval '1 hour'"
        ),
        {**named, "hours": KEPT_HOURS},
    )
    made = await tx.execute(
        text(
            f"""INSERT INTO {holder.table} ({holder.column}, idempotency_key, request_digest)
                VALUES (:holder, :key, :digest)
                ON CONFLICT ({holder.column}, idempotency_key) DO NOTHING RETURNING 1 AS made"""  # noqa: S608 - as above
        ),
        {**named, "digest": digest},
    )
    if made.mappings():
        return None
    rows = await tx.execute(
        text(f"SELECT request_digest, status, headers, answer FROM {holder.table} WHERE {holder.is_this}"),  # noqa: S608
        named,
    )
    found = rows.mappings()
    if not found:
        # The row of the first call has just lapsed.
        return await claim(tx, holder, key, digest)
    [row] = found
    return AnsweredCall(bytes(row["request_digest"]), row["status"], row["headers"], row["answer"])


async def keep(
    tx: Transaction, holder: KeyHolder, key: str, *, status: int, headers: Mapping[str, str], answer: Any
) -> None:
    """Keeps what the call that has claimed the key is answered; None for an answer that holds a secret."""
    await tx.execute(
        text(
            f"""UPDATE {holder.table} SET status = :status, headers = CAST(:headers AS jsonb),
                                          answer = CAST(:answer AS jsonb)
                WHERE {holder.is_this}"""  # noqa: S608 - of names that are written above
        ),
        {
            "holder": holder.holder,
            "key": key,
            "status": status,
            "headers": json.dumps(dict(headers)),
            "answer": None if answer is None else json.dumps(answer),
        },
    )


async def forget_old(tx: Transaction, *, most: int) -> int:
    """Removes calls of all tenants, and of operators, whose day is over; how many they were of whom there were more."""
    rows = await tx.execute(
        text(
            """SELECT greatest(forget_keyed_calls(CAST(:hours AS int) * interval '1 hour', :most),
                               forget_operator_keyed_calls(CAST(:hours AS int) * interval '1 hour', :most)) AS gone"""
        ),
        {"hours": KEPT_HOURS, "most": most},
    )
    return int(rows.scalar_one())
