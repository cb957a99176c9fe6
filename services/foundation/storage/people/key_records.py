"""API keys as their owners see and change them; of a key's text only hashes are kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from foundation.domain.ids import ApiKeyId, TenantId, UserId
from foundation.domain.people.api_keys import KeyDigest
from foundation.domain.permissions import ApiKeyScope, Permission
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A row of `api_keys` without its hashes."""

    api_key_id: ApiKeyId
    user_id: UserId
    name: str
    hint: str
    scopes: list[str]
    permissions: list[str] | None
    created_at: datetime
    created_by: UserId | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    previous_until: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class NewKeyRecord:
    """What is written of a new key."""

    api_key_id: ApiKeyId
    user_id: UserId
    name: str
    hint: str
    digest: KeyDigest
    scopes: Collection[ApiKeyScope]
    permissions: Collection[Permission] | None
    expires_at: datetime | None
    created_by: UserId


_SELECT = """
    SELECT api_key_id, user_id, name, hint, scopes, permissions, created_at, created_by, expires_at, revoked_at,
           last_used_at, CASE WHEN previous_until > now() THEN previous_until END AS previous_until, version
    FROM api_keys WHERE tenant_id = :tenant_id
"""


async def insert(tx: Transaction, tenant_id: TenantId, key: NewKeyRecord) -> None:
    await tx.execute(
        text(
            """INSERT INTO api_keys (tenant_id, api_key_id, user_id, name, hash, pepper, hint, scopes, permissions,
                                     expires_at, created_by)
               VALUES (:tenant_id, :api_key_id, :user_id, :name, :hash, :pepper, :hint, CAST(:scopes AS text[]),
                       CAST(:permissions AS text[]), :expires_at, :created_by)"""
        ),
        {
            "tenant_id": tenant_id,
            "api_key_id": key.api_key_id,
            "user_id": key.user_id,
            "name": key.name,
            "hash": key.digest.hash,
            "pepper": key.digest.pepper,
            "hint": key.hint,
            "scopes": sorted(key.scopes),
            "permissions": None if key.permissions is None else sorted(key.permissions),
            "expires_at": key.expires_at,
            "created_by": key.created_by,
        },
    )


async def count(tx: Transaction, tenant_id: TenantId, user_id: UserId) -> int:
    """How many usable keys the member has. The membership is locked, so that two that begin at once are counted."""
    await tx.execute(
        text("SELECT FROM memberships WHERE tenant_id = :tenant_id AND user_id = :user_id FOR NO KEY UPDATE"),
        {"tenant_id": tenant_id, "user_id": user_id},
    )
    rows = await tx.execute(
        text(
            """SELECT count(*) FROM api_keys WHERE tenant_id = :tenant_id AND user_id = :user_id
               AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())"""
        ),
        {"tenant_id": tenant_id, "user_id": user_id},
    )
    return int(rows.scalar_one())


async def get(tx: Transaction, tenant_id: TenantId, api_key_id: ApiKeyId, *, lock: bool = False) -> KeyRecord | None:
    rows = await tx.execute(
        text(_SELECT, "AND api_key_id = :api_key_id", "FOR NO KEY UPDATE" if lock else ""),
        {"tenant_id": tenant_id, "api_key_id": api_key_id},
    )
    row = rows.first()
    return value_of(KeyRecord, row) if row else None


async def revoke(tx: Transaction, tenant_id: TenantId, api_key_id: ApiKeyId) -> None:
    """The row stays, for the bill and the audit; what was rotated away dies with it."""
    await tx.execute(
        text(
            """UPDATE api_keys SET revoked_at = now(), version = version + 1
               WHERE tenant_id = :tenant_id AND api_key_id = :api_key_id AND revoked_at IS NULL"""
        ),
        {"tenant_id": tenant_id, "api_key_id": api_key_id},
    )


async def rotate(
    tx: Transaction, tenant_id: TenantId, api_key_id: ApiKeyId, *, digest: KeyDigest, hint: str, overlap_seconds: int
) -> None:
    """Gives the key a new text; the one that it had lives on for the overlap, and one of before that ends now."""
    await tx.execute(
        text(
            """UPDATE api_keys SET previous_hash = hash, previous_until = now() + :overlap * interval '1 second',
                      hash = :hash, pepper = :pepper, hint = :hint, version = version + 1
               WHERE tenant_id = :tenant_id AND api_key_id = :api_key_id"""
        ),
        {
            "tenant_id": tenant_id,
            "api_key_id": api_key_id,
            "hash": digest.hash,
            "pepper": digest.pepper,
            "hint": hint,
            "overlap": overlap_seconds,
        },
    )


async def page(
    tx: Transaction,
    tenant_id: TenantId,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None,
    user_id: UserId | None,
    usable: bool | None,
) -> list[KeyRecord]:
    """Newest first; of one member where one is named, and only those that can (not) be used now."""
    values: dict[str, Any] = {
        "tenant_id": tenant_id,
        "limit": limit,
        "user_id": user_id,
        "usable": usable,
        "after_at": after[0] if after else None,
        "after_id": after[1] if after else None,
    }
    rows = await tx.execute(
        text(
            _SELECT,
            """AND (CAST(:user_id AS uuid) IS NULL OR user_id = CAST(:user_id AS uuid))
               AND (CAST(:usable AS boolean) IS NULL
                    OR CAST(:usable AS boolean) = (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())))
               AND (CAST(:after_at AS timestamptz) IS NULL OR (created_at, api_key_id) < (:after_at, :after_id))
               ORDER BY created_at DESC, api_key_id DESC LIMIT :limit""",
        ),
        values,
    )
    return [value_of(KeyRecord, row) for row in rows]
