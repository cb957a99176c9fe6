"""Dead letters that nobody can read, and that therefore belong to no tenant."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import MessageId, new_uuid
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text

HEAD_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class UnreadableMessage:
    """The beginning of a message as far as it is text, how long it is in bytes, and how often it was received."""

    message_id: MessageId
    head: str
    size: int
    receive_count: int
    received_at: datetime
    discarded_at: datetime | None
    discarded_by: str | None
    reason: str | None


async def keep(tx: Transaction, body: str, *, receive_count: int) -> None:
    """Keeps the message; one that is there already, because it could not be deleted, is not kept twice."""
    raw = body.encode("utf-8", "replace")
    await tx.execute(
        text(
            """INSERT INTO unreadable_messages (message_id, sha256, head, size, receive_count)
               VALUES (:message_id, :sha256, :head, :size, :receive_count)
               ON CONFLICT (sha256) WHERE discarded_at IS NULL DO UPDATE
               SET receive_count = GREATEST(unreadable_messages.receive_count, excluded.receive_count),
                   received_at = now()"""
        ),
        {
            "message_id": new_uuid(),
            "sha256": hashlib.sha256(raw).digest(),
            "head": raw.decode("utf-8", "replace").replace("\0", "\ufffd")[:HEAD_CHARACTERS],
            "size": len(raw),
            "receive_count": receive_count,
        },
    )


PAGES = Pages(
    "SELECT * FROM unreadable_messages WHERE true",
    orders=Orders({"received_at": by_age("received_at", "message_id")}, "-received_at"),
)


async def page(tx: Transaction, part: PagePart) -> list[UnreadableMessage]:
    """Those that were discarded included."""
    return [value_of(UnreadableMessage, row) for row in await PAGES.read(tx, part, {})]


async def discard(tx: Transaction, message_id: MessageId, *, by: str, reason: str) -> bool:
    """False when there is no such message, or it was discarded before."""
    rows = await tx.execute(
        text(
            """UPDATE unreadable_messages SET discarded_at = now(), discarded_by = :by, reason = :reason
               WHERE message_id = :message_id AND discarded_at IS NULL RETURNING 1"""
        ),
        {"message_id": message_id, "by": by, "reason": reason},
    )
    return rows.first() is not None


async def get(tx: Transaction, message_id: MessageId) -> UnreadableMessage | None:
    rows = await tx.execute(
        text("SELECT * FROM unreadable_messages WHERE message_id = :message_id"), {"message_id": message_id}
    )
    row = rows.first()
    return value_of(UnreadableMessage, row) if row else None
