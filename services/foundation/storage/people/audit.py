"""Rows of the audit: one with each change, in its own transaction; an operator's belong to no tenant.

`record` is called where something is done, because only there is known what was before. Calls that are refused, and
those that change nothing, are written by the door of the API (`control_plane/requests/audited_calls.py`).
"""

from typing import Any

from foundation.domain.ids import TenantId
from foundation.storage.audit.calls import current_call, facts
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text
from foundation.telemetry.traces import current_trace_id

DONE = "done"
_COLUMNS = "actor, action, target, detail, trace_id, outcome, status, operation, request_id, ip, user_agent"
_VALUES = """:actor, :action, :target, CAST(:detail AS jsonb), :trace_id, :outcome, :status, :operation, :request_id,
             :ip, :user_agent"""


async def record(
    tx: Transaction, tenant_id: TenantId, *, actor: str, action: str, target: str, detail: dict[str, Any] | None = None
) -> None:
    """Something was done in the tenant, by what this transaction commits."""
    await record_call(tx, tenant_id, actor=actor, action=action, target=target, detail=detail or {}, outcome=DONE)


async def record_operator(tx: Transaction, *, actor: str, action: str, target: str, detail: dict[str, Any]) -> None:
    """Something was done to the platform."""
    await record_call(tx, None, actor=actor, action=action, target=target, detail=detail, outcome=DONE)


async def record_call(
    tx: Transaction,
    tenant_id: TenantId | None,
    *,
    actor: str,
    action: str,
    target: str,
    detail: dict[str, Any],
    outcome: str,
    status: int | None = None,
) -> None:
    """In the tenant's audit, or in the platform's where there is no tenant."""
    values = {
        "tenant_id": tenant_id,
        "actor": actor,
        "action": action,
        "target": target,
        "detail": jsonb(detail),
        "trace_id": current_trace_id(),
        "outcome": outcome,
        "status": status,
        **facts(),
    }
    if tenant_id is None:
        statement = text(f"INSERT INTO platform_audit ({_COLUMNS}) VALUES ({_VALUES})")  # noqa: S608  # written above
    else:
        statement = text(
            f"INSERT INTO audit_log (tenant_id, {_COLUMNS}) VALUES (:tenant_id, {_VALUES})"  # noqa: S608  # as above
        )
    await tx.execute(statement, values)
    if call := current_call():
        call.is_recorded = True
