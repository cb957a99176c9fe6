"""The gateways that are alive: each writes a row and renews it every few seconds."""

from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


async def record_sign_of_life(tx: Transaction, instance_id: str) -> None:
    await tx.execute(
        text(
            "INSERT INTO gateway_instances (instance_id, seen_at) VALUES (:instance_id, now())"
            " ON CONFLICT (instance_id) DO UPDATE SET seen_at = now()"
        ),
        {"instance_id": instance_id},
    )


async def record_end_of_life(tx: Transaction, instance_id: str) -> None:
    """Forget a gateway that ended in order, so that no rebuild waits for it and no allowance is shared with it."""
    await tx.execute(
        text("DELETE FROM gateway_instances WHERE instance_id = :instance_id"), {"instance_id": instance_id}
    )


async def live_gateways(tx: Transaction, *, seconds: float) -> set[str]:
    """The gateways seen within the last `seconds`; rows older than a day are deleted on the way."""
    await tx.execute(text("DELETE FROM gateway_instances WHERE seen_at < now() - interval '1 day'"))
    rows = await tx.execute(
        text("SELECT instance_id FROM gateway_instances WHERE seen_at > now() - make_interval(secs => :seconds)"),
        {"seconds": seconds},
    )
    return set(rows.scalars())
