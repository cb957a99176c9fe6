"""Memberships as the doors need them: who somebody is in a tenant, and what they may do there."""

from collections.abc import Collection
from dataclasses import dataclass

from foundation.domain.ids import ApiKeyId, RoleId, TenantId, UserId
from foundation.domain.permissions import Grant, Role, known_permissions
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row


@dataclass(frozen=True, slots=True)
class Member:
    """A user of a tenant, with what they may do there."""

    tenant_id: TenantId
    user_id: UserId
    grant: Grant


GRANTED = "m.role, m.role_id, own.name AS role_name, own.permissions"
"""The columns of `grant_of`, of memberships `m` and the tenant's own roles `own`."""

_OF_ANY = f"""
    SELECT m.user_id, {GRANTED}
    FROM memberships m JOIN users u USING (user_id) JOIN tenants t USING (tenant_id)
    LEFT JOIN roles own USING (tenant_id, role_id)
    WHERE m.tenant_id = :tenant_id
"""  # noqa: S608  # of columns that are written above
_NOT_SUSPENDED = "AND t.suspended_at IS NULL"
_SELECT = f"{_OF_ANY} {_NOT_SUSPENDED}"


def grant_of(row: Row) -> Grant:
    """What a membership's row grants; its columns are those of `GRANTED`."""
    if row.role is not None:
        return Grant.built_in(Role(row.role))
    return Grant(None, RoleId(row.role_id), row.role_name, known_permissions(row.permissions))


async def member_by_subject(
    tx: Transaction, tenant_id: TenantId, subject: str, *, even_suspended: bool = False
) -> Member | None:
    """The membership of the identity provider's subject in this tenant; of one that is suspended only if asked for."""
    select = (_OF_ANY,) if even_suspended else (_OF_ANY, _NOT_SUSPENDED)
    rows = await tx.execute(text(*select, "AND u.subject = :subject"), {"tenant_id": tenant_id, "subject": subject})
    row = rows.first()
    return Member(tenant_id, UserId(row.user_id), grant_of(row)) if row else None


async def member_by_id(tx: Transaction, tenant_id: TenantId, user_id: UserId) -> Member | None:
    rows = await tx.execute(text(_SELECT, "AND m.user_id = :user_id"), {"tenant_id": tenant_id, "user_id": user_id})
    row = rows.first()
    return Member(tenant_id, UserId(row.user_id), grant_of(row)) if row else None


async def suspended_for(tx: Transaction, tenant_id: TenantId, subject: str) -> str | None:
    """Why this tenant is suspended, for who is a member of it; None where it is not, and for everybody else."""
    rows = await tx.execute(
        text(
            """SELECT COALESCE(t.suspended_reason, '') AS reason
               FROM memberships m JOIN users u USING (user_id) JOIN tenants t USING (tenant_id)
               WHERE m.tenant_id = :tenant_id AND u.subject = :subject AND t.suspended_at IS NOT NULL"""
        ),
        {"tenant_id": tenant_id, "subject": subject},
    )
    reason: str | None = rows.scalar_one_or_none()
    return reason


async def suspension_of(tx: Transaction, tenant_id: TenantId) -> str | None:
    """Why the tenant is suspended, for its own keys; None where it is not."""
    rows = await tx.execute(
        text("SELECT suspended_reason FROM tenants WHERE tenant_id = :tenant_id AND suspended_at IS NOT NULL"),
        {"tenant_id": tenant_id},
    )
    row = rows.first()
    return None if row is None else row.suspended_reason


async def held_grant(tx: Transaction, tenant_id: TenantId, user_id: UserId) -> Grant | None:
    """What a member may do, which nobody takes from them until the transaction ends; None of who is no member."""
    rows = await tx.execute(
        text(_SELECT, "AND m.user_id = :user_id FOR SHARE OF m"), {"tenant_id": tenant_id, "user_id": user_id}
    )
    row = rows.first()
    return grant_of(row) if row else None


async def grant_now(
    tx: Transaction, tenant_id: TenantId, user_id: UserId, *, key: tuple[ApiKeyId, Collection[bytes]] | None
) -> Grant | None:
    """What the membership grants; None without it, and where this key, with a text of one of the hashes, has ended.

    Also of a tenant that is suspended.
    """
    rows = await tx.execute(
        text(
            _OF_ANY,
            """AND m.user_id = :user_id
               AND (CAST(:api_key_id AS uuid) IS NULL OR EXISTS (
                   SELECT FROM api_keys k
                   WHERE k.tenant_id = m.tenant_id AND k.user_id = m.user_id AND k.api_key_id = :api_key_id
                     AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
                     AND (k.hash = ANY(CAST(:hashes AS bytea[]))
                          OR (k.previous_hash = ANY(CAST(:hashes AS bytea[])) AND k.previous_until > now()))))""",
        ),
        {
            "tenant_id": tenant_id,
            "user_id": user_id,
            "api_key_id": key and key[0],
            "hashes": list(key[1]) if key else [],
        },
    )
    row = rows.first()
    return grant_of(row) if row else None


async def grants_of(tx: Transaction, tenant_id: TenantId, user_ids: Collection[UserId]) -> dict[UserId, Grant]:
    """What those of these users may do who are members of the tenant."""
    rows = await tx.execute(
        text(_SELECT, "AND m.user_id = ANY(CAST(:users AS uuid[]))"),
        {"tenant_id": tenant_id, "users": list(user_ids)},
    )
    return {UserId(row.user_id): grant_of(row) for row in rows}
