"""Invitations to a tenant: for an address, with a role, taken once."""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from foundation.domain.errors import Conflict
from foundation.domain.ids import ApiKeyId, InvitationId, TenantId, UserId
from foundation.domain.permissions import Grant
from foundation.storage.people.tenancy import grant_of
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row

_TOKEN = re.compile(r"lsi_([0-9a-f]{32})_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A row of `invitations` without its token's hash; `status` is as it stands now."""

    invitation_id: InvitationId
    email: str
    grant: Grant
    status: str
    invited_by: UserId | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: UserId | None
    revoked_at: datetime | None
    by_key: ApiKeyId | None


def new_token(tenant_id: TenantId) -> str:
    """It says whose invitation it is, so that nobody has to look for it across tenants."""
    return f"lsi_{tenant_id.hex}_{secrets.token_urlsafe(32)}"


def tenant_of_token(token: str) -> TenantId | None:
    """None when the text is no token of an invitation."""
    found = _TOKEN.fullmatch(token)
    return TenantId(UUID(found[1])) if found else None


def _digest(token: str) -> bytes:
    """Of 256 bits of chance: nobody finds the token of its hash."""
    return hashlib.sha256(token.encode()).digest()


_STATUS = """CASE WHEN i.accepted_at IS NOT NULL THEN 'accepted' WHEN i.revoked_at IS NOT NULL THEN 'revoked'
                  WHEN i.expires_at <= now() THEN 'expired' ELSE 'pending' END"""
_SELECT = f"""
    SELECT i.invitation_id, i.email, i.role, i.role_id, own.name AS role_name, own.permissions, i.invited_by,
           i.created_at, i.expires_at, i.accepted_at, i.accepted_by, i.revoked_at, i.by_key, {_STATUS} AS status
    FROM invitations i LEFT JOIN roles own USING (tenant_id, role_id)
    WHERE i.tenant_id = :tenant_id
"""  # noqa: S608  # of an expression that is written above


def _of(row: Row) -> Invitation:
    return Invitation(
        invitation_id=InvitationId(row.invitation_id),
        email=row.email,
        grant=grant_of(row),
        status=row.status,
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by,
        revoked_at=row.revoked_at,
        by_key=row.by_key,
    )


async def insert(
    tx: Transaction,
    tenant_id: TenantId,
    invitation_id: InvitationId,
    *,
    email: str,
    grant: Grant,
    token: str,
    seconds: int,
    by: UserId | None,
    by_key: ApiKeyId | None = None,
) -> None:
    """`Conflict` when the address is invited already; the transaction is lost then. What has expired makes room."""
    values = {
        "tenant_id": tenant_id,
        "invitation_id": invitation_id,
        "email": email,
        "role": grant.role,
        "role_id": grant.role_id,
        "digest": _digest(token),
        "seconds": seconds,
        "by": by,
        "by_key": by_key,
    }
    await tx.execute(
        text(
            """UPDATE invitations SET revoked_at = now() WHERE tenant_id = :tenant_id AND email = :email
               AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at <= now()"""
        ),
        values,
    )
    try:
        await tx.execute(
            text(
                """INSERT INTO invitations (tenant_id, invitation_id, email, role, role_id, digest, invited_by,
                                            by_key, expires_at)
                   VALUES (:tenant_id, :invitation_id, :email, :role, :role_id, :digest, :by,
                           :by_key, now() + :seconds * interval '1 second')"""
            ),
            values,
        )
    except UniqueViolation as error:
        remedy = "revoke the invitation that there is, and invite again"
        raise Conflict(f"{email} is invited already", remedy=remedy) from error


async def get(
    tx: Transaction, tenant_id: TenantId, invitation_id: InvitationId, *, lock: bool = False
) -> Invitation | None:
    """With `lock` as it is once nobody else accepts or revokes it, which nobody does until the transaction ends."""
    rows = await tx.execute(
        text(_SELECT, "AND i.invitation_id = :invitation_id", "FOR UPDATE OF i" if lock else ""),
        {"tenant_id": tenant_id, "invitation_id": invitation_id},
    )
    row = rows.first()
    return _of(row) if row else None


async def locked_by_token(tx: Transaction, tenant_id: TenantId, token: str) -> Invitation | None:
    rows = await tx.execute(
        text(_SELECT, "AND i.digest = :digest FOR UPDATE OF i"), {"tenant_id": tenant_id, "digest": _digest(token)}
    )
    row = rows.first()
    return _of(row) if row else None


async def accept(tx: Transaction, tenant_id: TenantId, invitation_id: InvitationId, *, by: UserId) -> None:
    await tx.execute(
        text(
            """UPDATE invitations SET accepted_at = now(), accepted_by = :by
               WHERE tenant_id = :tenant_id AND invitation_id = :invitation_id"""
        ),
        {"tenant_id": tenant_id, "invitation_id": invitation_id, "by": by},
    )


async def revoke(tx: Transaction, tenant_id: TenantId, invitation_id: InvitationId) -> bool:
    """False when it was taken, or revoked before."""
    changed = await tx.execute(
        text(
            """UPDATE invitations SET revoked_at = now() WHERE tenant_id = :tenant_id
               AND invitation_id = :invitation_id AND accepted_at IS NULL AND revoked_at IS NULL RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "invitation_id": invitation_id},
    )
    return changed.first() is not None


async def open_by_keys(tx: Transaction, tenant_id: TenantId, which: Collection[ApiKeyId]) -> list[Invitation]:
    """Those that were made with one of these keys and can be taken still, locked."""
    wanted = "AND i.by_key = ANY(:which) AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now()"
    rows = await tx.execute(
        text(_SELECT, wanted, "ORDER BY i.invitation_id FOR UPDATE OF i"),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return [_of(row) for row in rows]


async def members_by_keys(
    tx: Transaction, tenant_id: TenantId, which: Collection[ApiKeyId]
) -> list[tuple[UserId, str]]:
    """Who is a member by an invitation that was made with one of these keys, and the address that was invited."""
    rows = await tx.execute(
        text(
            """SELECT DISTINCT ON (m.user_id) m.user_id, i.email
               FROM invitations i JOIN memberships m ON m.tenant_id = i.tenant_id AND m.user_id = i.accepted_by
               WHERE i.tenant_id = :tenant_id AND i.by_key = ANY(:which) AND m.created_at >= i.accepted_at
               ORDER BY m.user_id, i.created_at DESC"""
        ),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return [(UserId(row.user_id), row.email) for row in rows]


async def of_first_owner(tx: Transaction, tenant_id: TenantId) -> Invitation | None:
    """The last one that an operator has made, locked."""
    newest = "AND i.invited_by IS NULL ORDER BY i.created_at DESC, i.invitation_id DESC LIMIT 1 FOR UPDATE OF i"
    row = (await tx.execute(text(_SELECT, newest), {"tenant_id": tenant_id})).first()
    return _of(row) if row else None


PAGES = Pages(
    _SELECT,
    orders=Orders({"created_at": by_age("created_at", "invitation_id", of="i")}, "-created_at"),
    filters={"status": f"{_STATUS} = :status", "email": "i.email = lower(:email)"},
)


async def page(
    tx: Transaction, tenant_id: TenantId, part: PagePart, *, status: str | None, email: str | None
) -> list[Invitation]:
    rows = await PAGES.read(tx, part, {"tenant_id": tenant_id}, status=status, email=email)
    return [_of(row) for row in rows]
