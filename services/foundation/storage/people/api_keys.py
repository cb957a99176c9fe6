"""API keys of members, looked up by their SHA-256, as the keys themselves are not stored."""

import hashlib
from dataclasses import dataclass

from foundation.domain.ids import ApiKeyId, TenantId, UserId
from foundation.domain.permissions import ApiKeyScope
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that may be used now, by its user and for its scopes."""

    tenant_id: TenantId
    api_key_id: ApiKeyId
    user_id: UserId
    scopes: frozenset[ApiKeyScope]


def digest_of_key(key: str) -> bytes:
    """By which a key is looked up, and the only thing that is stored of it."""
    return hashlib.sha256(key.encode()).digest()


async def find_usable_key(tx: Transaction, digest: bytes) -> ApiKey | None:
    """The key with this SHA-256, of whatever tenant, unless it has expired or was revoked; the caller checks its scope.

    A key's tenant is not known before it is found, so one function of the database looks across tenants.
    """
    rows = await tx.execute(
        text(
            """SELECT tenant_id, api_key_id, user_id, scopes FROM api_key_by_hash(:digest)
               WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())"""
        ),
        {"digest": digest},
    )
    row = rows.first()
    if row is None:
        return None
    return ApiKey(row.tenant_id, row.api_key_id, row.user_id, frozenset(ApiKeyScope(scope) for scope in row.scopes))
