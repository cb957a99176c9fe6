"""The audit log: each mutating call adds one row in its own transaction; an operator's rows belong to no tenant."""

from typing import Any

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text
from foundation.telemetry.traces import current_trace_id


async def record(
    tx: Transaction, tenant_id: TenantId, *, actor: str, action: str, target: str, detail: dict[str, Any] | None = None
) -> None:
    await tx.execute(
        text(
            """INSERT INTO audit_log (tenant_id, actor, action, target, detail, trace_id)
               VALUES (:tenant_id, :actor, :action, :target, CAST(:detail AS jsonb), :trace_id)"""
        ),
        {
            "tenant_id": tenant_id,
            "actor": actor,
            "action": action,
            "target": target,
            "detail": jsonb(detail or {}),
            "trace_id": current_trace_id(),
        },
    )


async def record_operator(tx: Transaction, *, actor: str, action: str, target: str, detail: dict[str, Any]) -> None:
    await tx.execute(
        text(
            """INSERT INTO platform_audit (actor, action, target, detail, trace_id)
               VALUES (:actor, :action, :target, CAST(:detail AS jsonb), :trace_id)"""
        ),
        {
            "actor": actor,
            "action": action,
            "target": target,
            "detail": jsonb(detail),
            "trace_id": current_trace_id(),
        },
    )
