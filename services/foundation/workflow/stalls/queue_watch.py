"""When workers last looked at a queue, and when they last saw nothing waiting in it."""

from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

STEPS = "steps"
LINES = "lines"
"""Not a queue of SQS: the steps that wait in the database for a slot."""


async def record_look(tx: Transaction, queue: str, *, waiting: int) -> None:
    """Notes that a worker saw so many messages waiting just now."""
    await tx.execute(
        text(
            """INSERT INTO queue_watch AS w (queue, looked_at, empty_at)
               VALUES (:queue, now(), CASE WHEN :waiting = 0 THEN now() END)
               ON CONFLICT (queue) DO UPDATE
               SET looked_at = now(), empty_at = COALESCE(EXCLUDED.empty_at, w.empty_at)"""
        ),
        {"queue": queue, "waiting": waiting},
    )
