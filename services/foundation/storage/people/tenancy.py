"""Memberships: the users of a tenant and their roles."""

from collections.abc import Collection
from dataclasses import dataclass

from foundation.domain.ids import TenantId, UserId
from foundation.domain.permissions import Role
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Member:
    """A user of a tenant with the role that they have there."""

    tenant_id: TenantId
    user_id: UserId
    role: Role


async def member_by_subject(tx: Transaction, tenant_id: TenantId, subject: str) -> Member | None:
    """The membership of the identity provider's subject in this tenant, unless the tenant is suspended."""
    row = (
        await tx.execute(
            text(
                """SELECT m.user_id, m.role
                   FROM memberships m JOIN users u USING (user_id) JOIN tenants t USING (tenant_id)
                   WHERE m.tenant_id = :tenant_id AND u.subject = :subject AND t.suspended_at IS NULL"""
            ),
            {"tenant_id": tenant_id, "subject": subject},
        )
    ).first()
    return Member(tenant_id, row.user_id, Role(row.role)) if row else None


async def member_by_id(tx: Transaction, tenant_id: TenantId, user_id: UserId) -> Member | None:
    row = (
        await tx.execute(
            text(
                """SELECT m.user_id, m.role FROM memberships m JOIN tenants t USING (tenant_id)
                   WHERE m.tenant_id = :tenant_id AND m.user_id = :user_id AND t.suspended_at IS NULL"""
            ),
            {"tenant_id": tenant_id, "user_id": user_id},
        )
    ).first()
    return Member(tenant_id, row.user_id, Role(row.role)) if row else None


async def roles_of(tx: Transaction, tenant_id: TenantId, user_ids: Collection[UserId]) -> dict[UserId, Role]:
    """The roles of those of these users who are members of the tenant."""
    rows = await tx.execute(
        text(
            """SELECT user_id, role FROM memberships
               WHERE tenant_id = :tenant_id AND user_id = ANY(CAST(:users AS uuid[]))"""
        ),
        {"tenant_id": tenant_id, "users": list(user_ids)},
    )
    return {UserId(row.user_id): Role(row.role) for row in rows}
