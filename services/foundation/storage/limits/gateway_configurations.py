"""What operators publish over the gateway's files: proposed by one of them, and served once another has approved it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from foundation.domain.states import ConfigurationStatus
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages, Portion
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text

MAX_DOCUMENT_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class GatewayConfiguration:
    """One version. `based_on` is the one that was served when it was proposed; None: the gateway's files alone."""

    version: int
    document: str
    note: str
    based_on: int | None
    status: ConfigurationStatus
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


PAGES = Pages(
    """SELECT version, CASE WHEN :with_document THEN document ELSE '' END AS document, note, based_on, status,
              proposed_by, proposed_at, decided_by, decided_at, reason
       FROM gateway_configurations WHERE true""",
    orders=Orders({"version": (Column("version", Kind.NUMBER, "version"),)}, "-version"),
    large={"document": "document"},
)


async def page(tx: Transaction, part: PagePart) -> Portion[GatewayConfiguration]:
    """Documents that are not read are empty."""
    return await PAGES.portion(tx, part, {}, partial(value_of, GatewayConfiguration))


async def get(tx: Transaction, version: int) -> GatewayConfiguration | None:
    rows = await tx.execute(text("SELECT * FROM gateway_configurations WHERE version = :version"), {"version": version})
    row = rows.first()
    return value_of(GatewayConfiguration, row) if row else None


async def active_version(tx: Transaction) -> int | None:
    """The one that gateways serve; None while they serve their files alone."""
    rows = await tx.execute(text("SELECT version FROM gateway_configurations WHERE status = 'active'"))
    version: int | None = rows.scalar_one_or_none()
    return version


async def document_of(tx: Transaction, version: int) -> str:
    """Of a version that there is; it never changes."""
    rows = await tx.execute(
        text("SELECT document FROM gateway_configurations WHERE version = :version"), {"version": version}
    )
    document: str = rows.scalar_one()
    return document


async def propose(tx: Transaction, *, document: str, note: str, by: str) -> GatewayConfiguration:
    rows = await tx.execute(
        text(
            """INSERT INTO gateway_configurations (document, note, based_on, proposed_by)
               VALUES (:document, :note,
                       (SELECT version FROM gateway_configurations WHERE status = 'active'), :by)
               RETURNING *"""
        ),
        {"document": document, "note": note, "by": by},
    )
    return value_of(GatewayConfiguration, rows.one())


async def approve(tx: Transaction, version: int, *, by: str, reason: str | None) -> bool:
    """Whether it is served from now, in place of the one that it is based on.

    False where it is decided, is the approver's own, or something else has been approved since it was proposed.
    """
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('gateway configurations', 0))"))
    values = {"version": version, "by": by, "reason": reason}
    rows = await tx.execute(
        text(
            """SELECT 1 FROM gateway_configurations proposed
               WHERE version = :version AND status = 'proposed' AND proposed_by <> :by
                 AND based_on IS NOT DISTINCT FROM
                     (SELECT version FROM gateway_configurations WHERE status = 'active')
               FOR UPDATE"""
        ),
        values,
    )
    if rows.first() is None:
        return False
    await tx.execute(text("UPDATE gateway_configurations SET status = 'superseded' WHERE status = 'active'"))
    await tx.execute(_DECIDE, {**values, "status": ConfigurationStatus.ACTIVE})
    return True


async def reject(tx: Transaction, version: int, *, by: str, reason: str) -> bool:
    """False where it is decided; who has proposed it may take it back."""
    values = {"version": version, "by": by, "reason": reason, "status": ConfigurationStatus.REJECTED}
    return (await tx.execute(_DECIDE, values)).first() is not None


_DECIDE = text(
    """UPDATE gateway_configurations SET status = :status, decided_by = :by, decided_at = now(), reason = :reason
       WHERE version = :version AND status = 'proposed' RETURNING 1"""
)
