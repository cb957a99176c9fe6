"""Stored answers of model calls, encrypted, by tenant and call key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class SealedAnswer:
    """A stored answer: its encrypted bytes are in `body`, or in S3 under `object_key`."""

    call_key: str
    fingerprint: bytes
    event_id: UUID
    http_status: int
    headers: Mapping[str, Any]
    body: bytes | None
    object_key: str | None
    size: int
    sha256: bytes
    expires_at: datetime | None = None


async def find_answer(tx: Transaction, call_key: str) -> SealedAnswer | None:
    """The tenant's stored answer to a call."""
    rows = await tx.execute(
        text(
            "SELECT call_key, fingerprint, event_id, http_status, headers, body, object_key, size, sha256"
            " FROM llm_replays WHERE tenant_id = current_tenant() AND call_key = :call_key"
            " AND (expires_at IS NULL OR expires_at > now())"
        ),
        {"call_key": call_key},
    )
    found = rows.mappings()
    return SealedAnswer(**found[0]) if found else None


async def tenant_salt(tx: Transaction) -> bytes:
    """The salt from which the key that encrypts the tenant's answers is derived."""
    rows = await tx.execute(text("SELECT replay_salt FROM tenants WHERE tenant_id = current_tenant()"))
    return bytes(rows.scalar_one())


async def forget_expired(tx: Transaction, *, most: int) -> list[str | None]:
    """Delete expired answers of all tenants; returns their object keys, None for those whose bytes were in the row."""
    rows = await tx.execute(text("SELECT object_key FROM forget_expired_answers(:most)"), {"most": most})
    return list(rows.scalars())


async def store_answer(tx: Transaction, tenant_id: TenantId, answer: SealedAnswer) -> bool:
    """Store an answer; False when its call has another one already, which is kept. It may be stored again."""
    done = await tx.execute(
        text(
            "INSERT INTO llm_replays (tenant_id, call_key, fingerprint, event_id, http_status, headers, body,"
            " object_key,"
            " size, sha256, expires_at) VALUES (:tenant_id, :call_key, :fingerprint, :event_id, :http_status,"
            " CAST(:headers AS jsonb), :body, :object_key, :size, :sha256, :expires_at)"
            " ON CONFLICT (tenant_id, call_key) DO NOTHING"
        ),
        {
            "tenant_id": tenant_id,
            "call_key": answer.call_key,
            "fingerprint": answer.fingerprint,
            "event_id": answer.event_id,
            "http_status": answer.http_status,
            "headers": jsonb(dict(answer.headers)),
            "body": answer.body,
            "object_key": answer.object_key,
            "size": answer.size,
            "sha256": answer.sha256,
            "expires_at": answer.expires_at,
        },
    )
    if done.rowcount:
        return True
    stored = await tx.execute(
        text("SELECT event_id FROM llm_replays WHERE tenant_id = :tenant_id AND call_key = :call_key"),
        {"tenant_id": tenant_id, "call_key": answer.call_key},
    )
    return [row["event_id"] for row in stored.mappings()] == [answer.event_id]
