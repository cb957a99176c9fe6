"""Dead letters that nobody can read, and that therefore belong to no tenant."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from foundation.domain.ids import MessageId, new_uuid
from foundation.storage.session.database import Transaction
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


async def page(tx: Transaction, *, limit: int, after: tuple[datetime, UUID] | None) -> list[UnreadableMessage]:
    """Newest first, beginning after the given (received_at, message_id); those that were discarded included."""
    rows = await tx.execute(
        text(
            """SELECT * FROM unreadable_messages
               WHERE (CAST(:after_at AS timestamptz) IS NULL OR (received_at, message_id) < (:after_at, :after_id))
               ORDER BY received_at DESC, message_id DESC LIMIT :limit"""
        ),
        {"limit": limit, "after_at": after[0] if after else None, "after_id": after[1] if after else None},
    )
    return [value_of(UnreadableMessage, row) for row in rows]


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
