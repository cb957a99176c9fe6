"""API keys as both doors look them up: by their hashes, with what their members may do now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from foundation.domain.ids import ApiKeyId, TenantId, UserId
from foundation.domain.people.admission import TenantSuspended
from foundation.domain.people.api_keys import KeyDigest, Peppers
from foundation.domain.permissions import ApiKeyScope, Grant, known_permissions
from foundation.storage.people.tenancy import grant_of, suspension_of
from foundation.storage.session.database import Database, Transaction
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that may be used now: for its scopes, by its user, with what the membership and the key both permit."""

    tenant_id: TenantId
    api_key_id: ApiKeyId
    user_id: UserId
    scopes: frozenset[ApiKeyScope]
    grant: Grant
    usable_until: datetime | None
    """When this text of the key ends; None: when somebody says so."""
    usable_seconds: float | None
    """The same from now on, by the clock of the database."""


async def usable_key(database: Database, peppers: Peppers, key: str) -> ApiKey | None:
    """The key of this text, of whatever tenant; None when it is unknown, revoked or expired.

    `TenantSuspended`, with the reason, when all that is in its way is that its tenant is suspended.
    """
    async with database.across_tenants(reason="a key's tenant is not known before it is found") as tx:
        found = await find_usable_key(tx, peppers, key)
    if not isinstance(found, UUID):
        return found
    async with database.tenant(TenantId(found)) as tx:
        raise TenantSuspended(await suspension_of(tx, TenantId(found)))


async def find_usable_key(tx: Transaction, peppers: Peppers, key: str) -> ApiKey | TenantId | None:
    """The same in one transaction; of a tenant that is suspended its id, as only the tenant's own transactions see why.

    A key's tenant is not known before it is found, so two functions of the database look across tenants. The second one
    writes down that the key was used, at most once a minute, and stores the hash anew where another pepper made it. The
    caller checks the key's scope.
    """
    candidates = peppers.candidates(key)
    rows = await tx.execute(
        text(
            """SELECT found.*, live, LEAST(expires_at, until) AS usable_until,
                      extract(epoch FROM LEAST(expires_at, until) - now()) AS usable_seconds
               FROM unnest(CAST(:hashes AS bytea[])) AS asked(hash)
               CROSS JOIN LATERAL api_key_by_hash(asked.hash) AS found
               CROSS JOIN LATERAL (
                   SELECT found.revoked_at IS NULL
                      AND (found.expires_at IS NULL OR found.expires_at > now()) AS live) AS one
               LIMIT 1"""
        ),
        {"hashes": [one.hash for one in candidates]},
    )
    row = rows.first()
    if row is None or not row.live:
        return None
    if row.suspended_at is not None:
        return TenantId(row.tenant_id)
    [seen] = [one for one in candidates if one.hash == bytes(row.hash)]
    await _used(tx, seen, peppers.digest(key))
    return ApiKey(
        tenant_id=TenantId(row.tenant_id),
        api_key_id=ApiKeyId(row.api_key_id),
        user_id=UserId(row.user_id),
        scopes=frozenset(ApiKeyScope(scope) for scope in row.scopes),
        grant=_narrowed(grant_of(row), row.key_permissions),
        usable_until=row.usable_until,
        usable_seconds=None if row.usable_seconds is None else float(row.usable_seconds),
    )


async def _used(tx: Transaction, seen: KeyDigest, current: KeyDigest) -> None:
    await tx.execute(
        text("SELECT api_key_used(:seen, :current, :pepper)"),
        {"seen": seen.hash, "current": current.hash, "pepper": current.pepper},
    )


def _narrowed(grant: Grant, key_permissions: list[str] | None) -> Grant:
    if key_permissions is None:
        return grant
    held = grant.permissions & known_permissions(key_permissions)
    return Grant(grant.role, grant.role_id, f"this key, of a member with the role {grant.name},", held)
