"""The chain of an audit: each sealed row has a hash over its content and the hash of the row before.

Rows are written without it, so that calls of a busy tenant do not wait for each other. One process at a time seals what
is committed, in the order of the transactions, as soon as nothing older can be added: within seconds, or later while
some transaction is long open. The order of the chain is the order of sealing, and never changes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from foundation.domain.ids import TenantId
from foundation.storage.audit.books import Whose, book_of
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row

BEGINNING = 0
"""The position before the first row of a chain."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain."""

    position: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A place in the chain with what it seals; `content` is None where the row is gone."""

    link: Link
    audit_id: int
    content: str | None


def first_link(whose: Whose) -> Link:
    """What the first row of a chain is chained to, so that no chain can stand for another one's."""
    return Link(BEGINNING, hashlib.sha256(b"platform" if whose is None else whose.bytes).digest())


def hash_after(before: bytes, content: str) -> bytes:
    """The hash of a row with this content behind the row with that hash."""
    return hashlib.sha256(before + content.encode()).digest()


MEMBERS = (
    "audit_id",
    "written",
    "actor",
    "action",
    "target",
    "detail",
    "outcome",
    "status",
    "operation",
    "request_id",
    "ip",
    "user_agent",
    "trace_id",
)
"""What of a row is sealed, in this order; `written` and `detail` as PostgreSQL writes them."""
_CONTENT = """
    a.audit_id, CAST(extract(epoch FROM a.at) AS text) AS written, a.actor, a.action, a.target,
    CAST(a.detail AS text) AS detail, a.outcome, a.status, a.operation, a.request_id, a.ip, a.user_agent, a.trace_id
"""


def content_of(values: Sequence[object]) -> str:
    """A row in one text, always the same for the same row; `values` are those of `MEMBERS`."""
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def _content_of(row: Row) -> str:
    return content_of([getattr(row, name) for name in MEMBERS])


async def tenants_to_seal(tx: Transaction, since: int) -> tuple[list[TenantId], int]:
    """Whoever has committed rows of transactions from this one on, and the transaction from which to ask next time."""
    rows = await tx.execute(
        text("SELECT tenant_id, CAST(horizon AS text) AS horizon FROM audit_to_seal(CAST(:since AS text))"),
        {"since": str(since)},
    )
    found = list(rows)
    horizon = max((int(row.horizon) for row in found), default=since)
    return [TenantId(row.tenant_id) for row in found if row.tenant_id is not None], horizon


async def seal(tx: Transaction, whose: Whose, *, most: int) -> int:
    """Seals the oldest unsealed rows; how many. Nothing when another process is at it."""
    book = book_of(whose)
    locked = await tx.execute(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended('audit ' || CAST(:whose AS text), 0))"),
        {"whose": str(whose or "platform")},
    )
    if not locked.scalar_one():
        return 0
    rows = await tx.execute(
        text(
            f"""SELECT position, hash, CAST(xact AS text) AS xact, audit_id FROM {book.chain}
               WHERE {book.is_ours()} ORDER BY position DESC LIMIT 1"""  # noqa: S608  # of names that are written above
        ),
        {"tenant_id": whose},
    )
    last = rows.first()
    link = Link(last.position, bytes(last.hash)) if last else first_link(whose)
    unsealed = await tx.execute(
        text(
            f"""SELECT {_CONTENT}, CAST(a.xact AS text) AS xact FROM {book.log} a
               WHERE {book.is_ours("a")} AND a.xact < pg_snapshot_xmin(pg_current_snapshot())
                 AND (a.xact, a.audit_id) > (CAST(CAST(:xact AS text) AS xid8), :audit_id)
               ORDER BY a.xact, a.audit_id LIMIT :most"""  # noqa: S608  # of columns that are written above
        ),
        {
            "tenant_id": whose,
            "xact": last.xact if last else "0",
            "audit_id": last.audit_id if last else 0,
            "most": most,
        },
    )
    places: list[tuple[int, int, str, bytes]] = []
    for row in unsealed:
        link = Link(link.position + 1, hash_after(link.hash, _content_of(row)))
        places.append((link.position, row.audit_id, row.xact, link.hash))
    if places:
        positions, audit_ids, xacts, hashes = (list(column) for column in zip(*places, strict=True))
        await tx.execute(
            text(
                f"INSERT INTO {book.chain} ({book.columns('position', 'audit_id', 'xact', 'hash')})",
                f"SELECT {book.values('e.position', 'e.audit_id', 'CAST(e.xact AS xid8)', 'e.hash')}",
                "FROM unnest(CAST(:positions AS bigint[]), CAST(:audit_ids AS bigint[]), CAST(:xacts AS text[]),",
                "CAST(:hashes AS bytea[])) AS e(position, audit_id, xact, hash)",
            ),
            {"tenant_id": whose, "positions": positions, "audit_ids": audit_ids, "xacts": xacts, "hashes": hashes},
        )
    return len(places)


async def head(tx: Transaction, whose: Whose) -> Link:
    """The last sealed place."""
    book = book_of(whose)
    rows = await tx.execute(
        text(
            f"SELECT position, hash FROM {book.chain} WHERE {book.is_ours()} ORDER BY position DESC LIMIT 1"  # noqa: S608
        ),
        {"tenant_id": whose},
    )
    row = rows.first()
    return Link(row.position, bytes(row.hash)) if row else first_link(whose)


async def sealed_rows(tx: Transaction, whose: Whose, *, after: int, most: int) -> Sequence[SealedRow]:
    """Places behind this one, in order, with the content of their rows as it is now."""
    book = book_of(whose)
    rows = await tx.execute(
        text(
            f"""SELECT c.position, c.hash, c.audit_id AS sealed_id, {_CONTENT}
               FROM {book.chain} c LEFT JOIN {book.log} a USING ({book.columns("audit_id")})
               WHERE {book.is_ours("c")} AND c.position > :after ORDER BY c.position LIMIT :most"""  # noqa: S608
        ),
        {"tenant_id": whose, "after": after, "most": most},
    )
    return [
        SealedRow(
            Link(row.position, bytes(row.hash)),
            row.sealed_id,
            None if row.written is None else _content_of(row),
        )
        for row in rows
    ]


async def unsealed(tx: Transaction, whose: Whose, *, older_than_seconds: float) -> list[int]:
    """Rows without a place although they are older than this, oldest first, at most a hundred."""
    book = book_of(whose)
    rows = await tx.execute(
        text(
            f"""SELECT a.audit_id FROM {book.log} a
               WHERE {book.is_ours("a")} AND a.at < now() - :seconds * interval '1 second'
                 AND NOT EXISTS (SELECT FROM {book.chain} c WHERE {book.is_ours("c")} AND c.audit_id = a.audit_id)
               ORDER BY a.audit_id LIMIT 100"""  # noqa: S608  # of names that are written above
        ),
        {"tenant_id": whose, "seconds": older_than_seconds},
    )
    return [int(one) for one in rows.scalars()]


async def anchored(tx: Transaction, whose: Whose) -> tuple[int, int]:
    """How many anchors there are, and the position of the last one."""
    book = book_of(whose)
    rows = await tx.execute(
        text(
            f"SELECT count(*) AS anchors, COALESCE(max(position), 0) AS position FROM {book.anchors}",  # noqa: S608
            f"WHERE {book.is_ours()}",
        ),
        {"tenant_id": whose},
    )
    row = rows.one()
    return row.anchors, row.position


async def note_anchor(tx: Transaction, whose: Whose, *, number: int, position: int) -> None:
    """An anchor of this number was written; of several processes that try one does."""
    book = book_of(whose)
    await tx.execute(
        text(
            f"INSERT INTO {book.anchors} ({book.columns('number', 'position')})",
            f"VALUES ({book.values(':number', ':position')}) ON CONFLICT DO NOTHING",
        ),
        {"tenant_id": whose, "number": number, "position": position},
    )
