"""API keys as their owners see and change them; of a key's text only hashes are kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import ApiKeyId, TenantId, UserId
from foundation.domain.people.api_keys import KeyDigest
from foundation.domain.permissions import ApiKeyScope, Permission
from foundation.storage.people import tenants
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
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
    known_to: ApiKeyId | None
    """The key that has made it, or was the last to rotate it, and so has seen its text."""
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    previous_until: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """Keys that one may have led to, and those of them of which it, and what it led to, has no text any more."""

    keys: list[KeyRecord]
    parted: set[ApiKeyId]


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
    known_to: ApiKeyId | None


_SELECT = """
    SELECT api_key_id, user_id, name, hint, scopes, permissions, created_at, created_by, known_to, expires_at,
           revoked_at, last_used_at, version,
           CASE WHEN previous_until > now() AND (expires_at IS NULL OR expires_at > now())
                THEN LEAST(previous_until, expires_at) END AS previous_until
    FROM api_keys WHERE tenant_id = :tenant_id
"""


async def insert(tx: Transaction, tenant_id: TenantId, key: NewKeyRecord) -> None:
    await tx.execute(
        text(
            """INSERT INTO api_keys (tenant_id, api_key_id, user_id, name, hash, pepper, hint, scopes, permissions,
                                     expires_at, created_by, known_to)
               VALUES (:tenant_id, :api_key_id, :user_id, :name, :hash, :pepper, :hint, CAST(:scopes AS text[]),
                       CAST(:permissions AS text[]), :expires_at, :created_by, :known_to)"""
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
            "known_to": key.known_to,
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


async def rename(tx: Transaction, tenant_id: TenantId, api_key_id: ApiKeyId, *, name: str) -> None:
    await tx.execute(
        text(
            """UPDATE api_keys SET name = :name, version = version + 1
               WHERE tenant_id = :tenant_id AND api_key_id = :api_key_id"""
        ),
        {"tenant_id": tenant_id, "api_key_id": api_key_id, "name": name},
    )


async def revoke(tx: Transaction, tenant_id: TenantId, which: Collection[ApiKeyId]) -> None:
    """The rows stay, for the bill and the audit; what was rotated away dies with them."""
    await tx.execute(
        text(
            """UPDATE api_keys SET revoked_at = now(), version = version + 1
               WHERE tenant_id = :tenant_id AND api_key_id = ANY(:which) AND revoked_at IS NULL"""
        ),
        {"tenant_id": tenant_id, "which": list(which)},
    )


async def known_through(tx: Transaction, tenant_id: TenantId, api_key_id: ApiKeyId) -> KnownKeys:
    """Keys, also those that were revoked before, that the holder of this one may have in hand.

    Such are those that were ever made or rotated with it or with one of those, and those of service accounts made so:
    a link is never taken away, as what was made with a key while its text was known leads on from it. Of a key in
    `KnownKeys.parted` nobody among those has a text any more.
    """
    await tenants.hold(tx, tenant_id)
    rows = await tx.execute(
        text(
            """WITH RECURSIVE known AS (
                   SELECT CAST(:api_key_id AS uuid) AS api_key_id
                   UNION
                   SELECT made.api_key_id FROM known CROSS JOIN LATERAL (
                       SELECT k.api_key_id FROM api_keys k
                       WHERE k.tenant_id = :tenant_id AND k.known_to = known.api_key_id
                       UNION ALL
                       SELECT k.api_key_id FROM api_keys k
                       WHERE k.tenant_id = :tenant_id AND k.known_before IS NOT NULL
                         AND known.api_key_id = ANY(k.known_before)
                       UNION ALL
                       SELECT k.api_key_id FROM service_accounts s JOIN api_keys k USING (tenant_id, user_id)
                       WHERE s.tenant_id = :tenant_id AND s.by_key = known.api_key_id) made)""",
            _SELECT,
            """AND api_key_id <> :api_key_id AND api_key_id IN (SELECT api_key_id FROM known)
               ORDER BY api_key_id FOR NO KEY UPDATE""",
        ),
        {"tenant_id": tenant_id, "api_key_id": api_key_id},
    )
    keys = [value_of(KeyRecord, row) for row in rows]
    which = {api_key_id, *(key.api_key_id for key in keys)}
    parted = await tx.execute(
        text(
            """SELECT api_key_id FROM api_keys k WHERE tenant_id = :tenant_id AND api_key_id = ANY(:which)
                 AND parted_at <= now() AND (known_to IS NULL OR known_to <> ALL(:which))
                 AND NOT EXISTS (SELECT FROM service_accounts s WHERE s.tenant_id = :tenant_id
                                 AND s.user_id = k.user_id AND s.by_key = ANY(:which))"""
        ),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return KnownKeys(keys, set(parted.scalars()))


async def rotate(
    tx: Transaction,
    tenant_id: TenantId,
    api_key_id: ApiKeyId,
    *,
    digest: KeyDigest,
    hint: str,
    overlap_seconds: int,
    known_to: ApiKeyId | None,
    by_itself: bool,
) -> None:
    """Gives the key a new text, which the holder of `known_to` gets, or the key itself where `by_itself`.

    The one that it had lives on for the overlap, no longer than the key, and one of before that ends now. Who knew it
    before stays written down. While they have a text they may be who rotates the key by itself, and so have the next.
    """
    await tx.execute(
        text(
            """UPDATE api_keys SET previous_hash = hash,
                      previous_until = LEAST(now() + :overlap * interval '1 second', expires_at),
                      hash = :hash, pepper = :pepper, hint = :hint, known_to = :known_to, version = version + 1,
                      known_before = CASE WHEN known_to IS NULL OR known_to IS NOT DISTINCT FROM :known_to
                                               OR known_to = ANY(COALESCE(known_before, '{}')) THEN known_before
                                          ELSE array_append(known_before, known_to) END,
                      parted_at = CASE WHEN NOT :by_itself THEN now() + :overlap * interval '1 second'
                                       WHEN parted_at <= now() THEN parted_at END
               WHERE tenant_id = :tenant_id AND api_key_id = :api_key_id"""
        ),
        {
            "tenant_id": tenant_id,
            "api_key_id": api_key_id,
            "hash": digest.hash,
            "pepper": digest.pepper,
            "hint": hint,
            "overlap": overlap_seconds,
            "known_to": known_to,
            "by_itself": by_itself,
        },
    )


_CAN_BE_USED = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())"
PAGES = Pages(
    _SELECT,
    orders=Orders({"created_at": by_age("created_at", "api_key_id")}, "-created_at"),
    filters={"user_id": "user_id = :user_id", "usable": f":usable = ({_CAN_BE_USED})"},
)


async def page(
    tx: Transaction, tenant_id: TenantId, part: PagePart, *, user_id: UserId | None, usable: bool | None
) -> list[KeyRecord]:
    """Of one member where one is named, and only those that can (not) be used now."""
    rows = await PAGES.read(tx, part, {"tenant_id": tenant_id}, user_id=user_id, usable=usable)
    return [value_of(KeyRecord, row) for row in rows]
