"""Rows of the audit: one with each change, in its own transaction; an operator's belong to no tenant.

`record` is called where something is done, because only there is known what was before. Calls that are refused, and
those that change nothing, are written by the door of the API (`control_plane/requests/calls/audited_calls.py`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote

from foundation.domain.ids import TenantId
from foundation.storage.audit.calls import current_call, facts
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text
from foundation.telemetry.traces import current_trace_id

DONE = "done"
SUBJECT = "subject:"
"""Before what the identity provider knows a person by, who acts in no tenant; only the platform's audit has it."""
_COLUMNS = "actor, action, target, detail, trace_id, outcome, status, operation, request_id, ip, user_agent"
_TYPES = """actor text, action text, target text, detail jsonb, trace_id text, outcome text, status int, operation text,
            request_id text, ip text, user_agent text"""
_FROM_ROWS = (
    "FROM ROWS FROM (jsonb_to_recordset(CAST(:rows AS jsonb)) AS (",
    _TYPES,
    ")) WITH ORDINALITY AS e(",
    _COLUMNS,
    ", place) ORDER BY place",
)
_OF_TENANT = text("INSERT INTO audit_log (tenant_id, ", _COLUMNS, ") SELECT :tenant_id, ", _COLUMNS, *_FROM_ROWS)
_OF_THE_PLATFORM = text("INSERT INTO platform_audit (", _COLUMNS, ") SELECT", _COLUMNS, *_FROM_ROWS)

_PLAIN = frozenset({"sort", "fields", "group_by", "status", "outcome", "action"})
"""Parameters whose values are words of the API."""
_NAMELESS = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9]{1,18}|[0-9]{4}-[0-9]{2}[-0-9T:.Z+ ]*|true|false"
)
_LEFT_OUT = "…"
_VALUES = "values"
"""Of a row on its way: what the path of the call has in the places of its parameters. It is no column."""

CallRow = Mapping[str, Any]
"""The columns of a row that are the same in whichever audit it stands."""


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
) -> None:
    """In the tenant's audit, or in the platform's where there is no tenant."""
    row = call_row(actor=actor, action=action, target=target, detail=detail, outcome=outcome)
    await write(tx, tenant_id, [row])
    if call := current_call():
        call.is_recorded = True


def call_row(
    *,
    actor: str,
    action: str,
    target: str,
    detail: dict[str, Any],
    outcome: str,
    status: int | None = None,
    values: Mapping[str, str] | None = None,
) -> CallRow:
    """A row about the call that is under way, if any; `values` are those that the path has which is its target."""
    return {
        _VALUES: values or {},
        "actor": actor,
        "action": action,
        "target": target,
        "detail": detail,
        "trace_id": current_trace_id(),
        "outcome": outcome,
        "status": status,
        **facts(),
    }


async def write(tx: Transaction, whose: TenantId | None, rows: Sequence[CallRow]) -> None:
    """Rows of one audit, in this order."""
    if whose is None:
        await tx.execute(_OF_THE_PLATFORM, {"rows": jsonb([_stored(_lasting(row)) for row in rows])})
    else:
        if any(str(row["actor"]).startswith(SUBJECT) for row in rows):
            raise ValueError("a tenant's audit names its people as user:<id>: the tenant reads it and takes it along")
        await tx.execute(_OF_TENANT, {"tenant_id": whose, "rows": jsonb([_stored(row) for row in rows])})


def _stored(row: CallRow) -> CallRow:
    return {name: value for name, value in row.items() if name != _VALUES}


def _lasting(row: CallRow) -> CallRow:
    """As the platform's audit has it, which outlives tenants: what was looked for may be a name or an address."""
    detail = dict(row["detail"])
    if (query := detail.get("query")) is not None:
        kept = (
            f"{quote(name)}={quote(value) if name in _PLAIN or _NAMELESS.fullmatch(value) else _LEFT_OUT}"
            for name, value in parse_qsl(query, keep_blank_values=True)
        )
        detail["query"] = "&".join(kept)
    names = {value for value in row[_VALUES].values() if not _NAMELESS.fullmatch(value)}
    target = (
        "/".join(_LEFT_OUT if part in names else part for part in row["target"].split("/")) if names else row["target"]
    )
    return {**row, "target": target, "detail": detail}
