"""Memberships as they are listed and changed, and people across the tenants that they belong to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from psycopg.errors import UniqueViolation

from foundation.domain.errors import Conflict
from foundation.domain.ids import TenantId, UserId, new_uuid
from foundation.domain.people.admission import NotAMember
from foundation.domain.permissions import Grant, Role
from foundation.storage.people import tenants
from foundation.storage.people.tenancy import GRANTED, grant_of
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row


@dataclass(frozen=True, slots=True)
class Membership:
    """A row of `memberships` with what is known of its user; `is_person` is false for service accounts."""

    user_id: UserId
    email: str | None
    name: str | None
    is_person: bool
    grant: Grant
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class OwnMembership:
    """A tenant that somebody belongs to, as they see it."""

    user_id: UserId
    email: str | None
    tenant_id: TenantId
    tenant_name: str
    suspended_at: datetime | None
    grant: Grant
    is_active: bool
    created_at: datetime


_SELECT = f"""
    SELECT m.user_id, m.created_at, m.version, u.email, u.subject IS NOT NULL AS is_person, s.name, {GRANTED}
    FROM memberships m JOIN users u USING (user_id)
    LEFT JOIN service_accounts s ON s.tenant_id = m.tenant_id AND s.user_id = m.user_id
    LEFT JOIN roles own ON own.tenant_id = m.tenant_id AND own.role_id = m.role_id
    WHERE m.tenant_id = :tenant_id
"""  # noqa: S608  # of columns that are written beside `grant_of`


def _of(row: Row) -> Membership:
    return Membership(
        user_id=UserId(row.user_id),
        email=row.email,
        name=row.name,
        is_person=row.is_person,
        grant=grant_of(row),
        created_at=row.created_at,
        version=row.version,
    )


async def get(tx: Transaction, tenant_id: TenantId, user_id: UserId) -> Membership | None:
    rows = await tx.execute(text(_SELECT, "AND m.user_id = :user_id"), {"tenant_id": tenant_id, "user_id": user_id})
    row = rows.first()
    return _of(row) if row else None


async def names(tx: Transaction, tenant_id: TenantId, which: Collection[str]) -> list[tuple[UserId, str]]:
    """Of those who are members: the name of a service account, the address of a person, or their id."""
    rows = await tx.execute(
        text(
            """SELECT m.user_id, COALESCE(s.name, u.email, m.user_id::text) AS name
               FROM memberships m JOIN users u USING (user_id)
               LEFT JOIN service_accounts s ON s.tenant_id = m.tenant_id AND s.user_id = m.user_id
               WHERE m.tenant_id = :tenant_id AND m.user_id::text = ANY(:which) ORDER BY m.user_id"""
        ),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return [(UserId(row.user_id), row.name) for row in rows]


PAGES = Pages(
    _SELECT,
    orders=Orders({"created_at": by_age("created_at", "user_id", of="m")}, "-created_at"),
    filters={
        "role": "m.role = :role OR m.role_id::text = lower(:role)",
        "email": "lower(u.email) = lower(:email)",
    },
)


async def page(
    tx: Transaction, tenant_id: TenantId, part: PagePart, *, role: str | None = None, email: str | None = None
) -> list[Membership]:
    """With this role (a built-in one's word, or an id), or with this address, where one is given."""
    rows = await PAGES.read(tx, part, {"tenant_id": tenant_id}, role=role, email=email)
    return [_of(row) for row in rows]


async def hold_owners(tx: Transaction, tenant_id: TenantId) -> int:
    """How many people own the tenant; nobody becomes one or ceases to be one until the transaction ends."""
    await tenants.hold(tx, tenant_id)
    rows = await tx.execute(
        text(
            """SELECT count(*) FROM memberships m JOIN users u USING (user_id)
               WHERE m.tenant_id = :tenant_id AND m.role = :owner AND u.subject IS NOT NULL"""
        ),
        {"tenant_id": tenant_id, "owner": Role.OWNER},
    )
    return int(rows.scalar_one())


async def set_role(tx: Transaction, tenant_id: TenantId, user_id: UserId, grant: Grant) -> None:
    await tx.execute(
        text(
            """UPDATE memberships SET role = :role, role_id = :role_id, version = version + 1
               WHERE tenant_id = :tenant_id AND user_id = :user_id"""
        ),
        {"tenant_id": tenant_id, "user_id": user_id, "role": grant.role, "role_id": grant.role_id},
    )


async def delete(tx: Transaction, tenant_id: TenantId, user_id: UserId) -> int:
    """Whoever is a member no longer has no keys there either, and what they did stays under their id.

    Their invitations that nobody has taken are revoked, as one of them could be for themselves; how many these were.
    """
    # Before the membership: `invitations.accept` locks both in this order.
    revoked = await tx.execute(
        text(
            """UPDATE invitations SET revoked_at = now() WHERE tenant_id = :tenant_id AND invited_by = :user_id
               AND accepted_at IS NULL AND revoked_at IS NULL RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "user_id": user_id},
    )
    await tx.execute(
        text("DELETE FROM memberships WHERE tenant_id = :tenant_id AND user_id = :user_id"),
        {"tenant_id": tenant_id, "user_id": user_id},
    )
    return len(revoked.all())


async def keep(tx: Transaction, tenant_id: TenantId, user_id: UserId) -> None:
    """Nobody removes the member until the transaction ends, which makes something that starts runs as them.

    `NotAMember` where somebody just has.
    """
    # Before the membership: who removes a member locks both in this order.
    await tenants.hold(tx, tenant_id)
    held = await tx.execute(
        text("SELECT 1 AS held FROM memberships WHERE tenant_id = :tenant_id AND user_id = :user_id FOR SHARE"),
        {"tenant_id": tenant_id, "user_id": user_id},
    )
    if held.first() is None:
        raise NotAMember


def already_a_member() -> Conflict:
    """For whoever accepts an invitation to where they belong."""
    return Conflict("you are a member of this tenant already", remedy="choose it: PUT /api/v1/users/me/active-tenant")


async def insert(tx: Transaction, tenant_id: TenantId, user_id: UserId, grant: Grant) -> None:
    """`Conflict` when they are a member already; the transaction is lost then."""
    try:
        await tx.execute(
            text(
                """INSERT INTO memberships (tenant_id, user_id, role, role_id)
                   VALUES (:tenant_id, :user_id, :role, :role_id)"""
            ),
            {"tenant_id": tenant_id, "user_id": user_id, "role": grant.role, "role_id": grant.role_id},
        )
    except UniqueViolation as error:
        raise already_a_member() from error


async def user_of_subject(tx: Transaction, subject: str, *, email: str) -> UserId:
    """The user whom the identity provider knows by this subject, made now where there was none."""
    rows = await tx.execute(
        text("SELECT user_of_subject(:subject, :fresh, :email)"),
        {"subject": subject, "fresh": new_uuid(), "email": email},
    )
    return UserId(rows.scalar_one())


async def of_subject(tx: Transaction, subject: str) -> list[OwnMembership]:
    """Every tenant that somebody belongs to, by name: by a function of the database that looks across tenants."""
    rows = await tx.execute(text("SELECT * FROM memberships_of_subject(:subject)"), {"subject": subject})
    return [
        OwnMembership(
            user_id=UserId(row.user_id),
            email=row.email,
            tenant_id=TenantId(row.tenant_id),
            tenant_name=row.tenant_name,
            suspended_at=row.suspended_at,
            grant=grant_of(row),
            is_active=row.is_active,
            created_at=row.created_at,
        )
        for row in rows
    ]


async def choose_tenant(tx: Transaction, tenant_id: TenantId, subject: str) -> UserId | None:
    """Makes the tenant the one of the subject's next tokens; who they are in it, or None when they are no member."""
    changed = await tx.execute(
        text(
            """UPDATE users u SET active_tenant_id = m.tenant_id FROM memberships m
               WHERE m.tenant_id = :tenant_id AND m.user_id = u.user_id AND u.subject = :subject RETURNING u.user_id"""
        ),
        {"tenant_id": tenant_id, "subject": subject},
    )
    row = changed.first()
    return UserId(row.user_id) if row else None
