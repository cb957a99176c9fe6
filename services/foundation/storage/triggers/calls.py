"""Calls of triggers that were signed well: each id of a message starts one run."""

from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import RunId, TenantId, TriggerCallId, TriggerId
from foundation.domain.starts.triggers import CallStatus, RefusalReason
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class TriggerCall:
    """A call as it is kept; `digest` is the SHA-256 of its body."""

    call_id: TriggerCallId
    message_id: str
    digest: bytes
    status: CallStatus
    reason: RefusalReason | None
    detail: str | None
    run_id: RunId | None
    received_at: datetime


_COLUMNS = "call_id, message_id, digest, status, reason, detail, run_id, received_at"
_OF_TRIGGER = "WHERE tenant_id = :tenant_id AND trigger_id = :trigger_id"


async def insert(tx: Transaction, tenant_id: TenantId, trigger_id: TriggerId, call: TriggerCall) -> None:
    """The trigger's row is held, so that no other call of it is decided meanwhile."""
    await tx.execute(
        text(
            """INSERT INTO trigger_calls (tenant_id, trigger_id, call_id, message_id, digest, status, reason, detail,
                                          run_id, received_at)
               VALUES (:tenant_id, :trigger_id, :call_id, :message_id, :digest, :status, :reason, :detail, :run_id,
                       :received_at)"""
        ),
        {
            "tenant_id": tenant_id,
            "trigger_id": trigger_id,
            "call_id": call.call_id,
            "message_id": call.message_id,
            "digest": call.digest,
            "status": call.status,
            "reason": call.reason,
            "detail": call.detail,
            "run_id": call.run_id,
            "received_at": call.received_at,
        },
    )


async def started_by(
    tx: Transaction, tenant_id: TenantId, trigger_id: TriggerId, message_id: str
) -> TriggerCall | None:
    """The call under this id that has started a run."""
    row = (
        await tx.execute(
            text(
                "SELECT",
                _COLUMNS,
                "FROM trigger_calls",
                _OF_TRIGGER,
                "AND message_id = :message_id AND run_id IS NOT NULL",
            ),
            {"tenant_id": tenant_id, "trigger_id": trigger_id, "message_id": message_id},
        )
    ).first()
    return value_of(TriggerCall, row) if row else None


async def since(tx: Transaction, tenant_id: TenantId, trigger_id: TriggerId, moment: datetime) -> list[datetime]:
    """When calls came after a moment, oldest first."""
    rows = await tx.execute(
        text("SELECT received_at FROM trigger_calls", _OF_TRIGGER, "AND received_at > :moment ORDER BY received_at"),
        {"tenant_id": tenant_id, "trigger_id": trigger_id, "moment": moment},
    )
    return [row.received_at for row in rows]


PAGES = Pages(
    "SELECT",
    _COLUMNS,
    "FROM trigger_calls",
    _OF_TRIGGER,
    orders=Orders({"received_at": by_age("received_at", "call_id")}, "-received_at"),
    filters={"status": "status = :status"},
)


async def page(
    tx: Transaction, tenant_id: TenantId, trigger_id: TriggerId, part: PagePart, *, status: CallStatus | None
) -> list[TriggerCall]:
    rows = await PAGES.read(tx, part, {"tenant_id": tenant_id, "trigger_id": trigger_id}, status=status)
    return [value_of(TriggerCall, row) for row in rows]


async def forget_old(tx: Transaction, *, days: int, most: int) -> int:
    """Removes calls of all tenants that came so long ago; how many they were."""
    rows = await tx.execute(
        text("SELECT forget_trigger_calls(CAST(:days AS int) * interval '1 day', :most) AS gone"),
        {"days": days, "most": most},
    )
    return int(rows.scalar_one())
