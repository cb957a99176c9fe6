"""Verifies an audit: every hash of its chain, every row that should have one, and every anchor outside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from control_plane.governance.audit.anchors import Anchor, AuditAnchors
from foundation.domain.ids import TenantId
from foundation.storage.audit import chain, log
from foundation.storage.audit.books import Whose, opened
from foundation.storage.audit.chain import Link, SealedRow, first_link, hash_after
from foundation.storage.leaving import deletions
from foundation.storage.leaving.deletions import DeletionPhase, DeletionStatus
from foundation.storage.people import tenants
from foundation.storage.session.database import Database, Transaction

GAP_SECONDS = 60.0
"""How old a row may be without a place: it is sealed within seconds, but while a transaction is long open."""
_BATCH = 1000


@dataclass(slots=True)
class AuditVerdict:
    """What was looked at, and what is wrong; the first fault is that of the oldest place."""

    whose: Whose
    rows: int = 0
    anchors: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.faults

    def note_unsealed(self, audit_ids: Sequence[int]) -> None:
        """Rows that should have a place by now; the first one is named."""
        self.faults += [
            f"row {audit_id}: it is older than {GAP_SECONDS:g} s and has no place" for audit_id in audit_ids[:1]
        ]


async def verify(database: Database, anchors: AuditAnchors, whose: Whose) -> AuditVerdict:
    """The chain is read in batches, each at its own moment: what is sealed never changes.

    Of a tenant whose deletion has come to its rows nothing is verified: its audit goes with it.
    """
    verdict = AuditVerdict(whose)
    erased = whose is not None and await _was_erased(database, whose)
    async with opened(database, whose) as tx:
        if whose is not None and await _is_going(tx, whose):
            return verdict
        # Before those in the bucket are read, as each is written there first.
        known, last = await chain.anchored(tx, whose)
    written = [anchor async for anchor in anchors.written(whose)]
    anchored = {anchor.link.position: anchor for anchor in written}
    untold = known > len(written) or last > max(anchored, default=0)
    link = first_link(whose)
    while not verdict.faults:
        async with opened(database, whose) as tx:
            rows = await chain.sealed_rows(tx, whose, after=link.position, most=_BATCH)
        link = follow(verdict, rows, link, anchored)
        if not rows:
            break
    if not verdict.faults and anchored:
        position = min(anchored)
        verdict.faults.append(
            f"place {position}: anchor {anchored[position].number} says that it was there, and it is not"
        )
    async with opened(database, whose) as tx:
        unsealed = await chain.unsealed(tx, whose, older_than_seconds=GAP_SECONDS)
    verdict.note_unsealed(unsealed)
    if untold:
        verdict.faults.append(f"anchor {len(written) + 1}: the database says that it was written, and it is not there")
    if erased:
        verdict.faults.append("place 1: the platform's audit says that rows of the tenant were removed, and it lives")
    return verdict


async def _was_erased(database: Database, tenant_id: TenantId) -> bool:
    async with database.across_tenants(reason="what was done to tenants stands in the platform's audit") as tx:
        return await log.rows_were_unlocked(tx, tenant_id)


async def _is_going(tx: Transaction, tenant_id: TenantId) -> bool:
    deletion = await deletions.get(tx, tenant_id)
    if deletion is None:
        return False
    if deletion.status is DeletionStatus.DELETED:
        return await tenants.get(tx, tenant_id) is None
    return deletion.phase in {DeletionPhase.ROWS, DeletionPhase.VERIFYING}


def follow(verdict: AuditVerdict, rows: Iterable[SealedRow], link: Link, anchored: dict[int, Anchor]) -> Link:
    """The last place that is sound behind this one; what is wrong at the next is noted. Anchors that were met go."""
    for row in rows:
        if fault := _fault(row, position=link.position + 1, before=link.hash):
            verdict.faults.append(fault)
            break
        link = row.link
        verdict.rows += 1
        anchor = anchored.pop(link.position, None)
        if anchor is not None and anchor.link.hash != link.hash:
            verdict.faults.append(f"place {link.position}: it is not what anchor {anchor.number} says")
            break
        verdict.anchors += anchor is not None
    return link


def _fault(row: SealedRow, *, position: int, before: bytes) -> str | None:
    if row.link.position != position:
        return f"place {position}: it is missing; the next one is {row.link.position}"
    if row.content is None:
        return f"place {position}: its row {row.audit_id} is gone"
    if hash_after(before, row.content) != row.link.hash:
        return f"place {position}: its row {row.audit_id} is not what was sealed"
    return None
