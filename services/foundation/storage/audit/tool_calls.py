"""The audit rows of calls of tools: those that were refused before anything ran, and those that met a limit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.contracts.tool_job import JobStatus, ToolResult
from foundation.contracts.tools.calls.told_refusals import told_refusal_of
from foundation.contracts.tools.mcp.listing import MCP_LIST
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text
from foundation.telemetry.spans.record import shown
from foundation.telemetry.traces import current_trace_id

REFUSED, LIMITED = "tool.refused", "tool.limited"
_ENDED = frozenset({JobStatus.KILLED, JobStatus.TIMED_OUT})
_SHOWN_NAME, _SHOWN_DETAIL = 128, 500
_FILES_LEFT_OUT, _TOOLS_LEFT_OUT = "files_left_out", "tools_left_out"


@dataclass(frozen=True, slots=True)
class RefusedCall:
    """A call that was not made. `name` is what its model or its definition wrote, which may be no tool's."""

    name: str
    turn: int
    call_id: str
    detail: str


async def record_refused(tx: Transaction, claim: StepClaim, calls: Iterable[RefusedCall]) -> None:
    """One row for each, whose target is the name that was called."""
    rows = [
        {
            "target": shown(call.name, _SHOWN_NAME),
            "turn": call.turn,
            "call_id": shown(call.call_id, _SHOWN_NAME),
            "detail": shown(call.detail, _SHOWN_DETAIL),
        }
        for call in calls
    ]
    await _write(tx, claim, REFUSED, rows)


async def record_limited(tx: Transaction, claim: StepClaim, result: ToolResult, *, tool: str) -> None:
    """One row where a job was ended by a limit, or its tool refused what it met; one where its files were not kept."""
    job_id, rows = str(result.job_id), list[dict[str, Any]]()
    if result.status in _ENDED:
        detail = shown(result.detail or "", _SHOWN_DETAIL)
        rows.append({"target": tool, "job_id": job_id, "reason": result.reason, "detail": detail})
    if told := told_refusal_of(tool, result):
        rows.append(
            {"target": tool, "job_id": job_id, "reason": told.code, "detail": shown(told.detail, _SHOWN_DETAIL)}
        )
    if left_out := _tools_left_out(result, tool):
        names = shown(", ".join(str(one.get("name")) for one in left_out), _SHOWN_DETAIL)
        rows.append(
            {"target": tool, "job_id": job_id, "reason": _TOOLS_LEFT_OUT, "count": len(left_out), "detail": names}
        )
    if result.skipped:
        rows.append({"target": tool, "job_id": job_id, "reason": _FILES_LEFT_OUT, "count": len(result.skipped)})
    await _write(tx, claim, LIMITED, rows)


def _tools_left_out(result: ToolResult, tool: str) -> list[dict[str, Any]]:
    """What a server shows as tools and is none, by the program that has read it, which is ours."""
    told = result.result.get("left_out") if tool == MCP_LIST.name and isinstance(result.result, dict) else None
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


async def _write(tx: Transaction, claim: StepClaim, action: str, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    whose = {"run_id": str(claim.dispatch.run_id), "step_id": str(claim.dispatch.step_id)}
    await tx.execute(
        text(
            """INSERT INTO audit_log (tenant_id, actor, action, target, detail, outcome, trace_id)
               SELECT :tenant_id, :actor, :action, e.value ->> 'target',
                      CAST(:whose AS jsonb) || (e.value - 'target'), 'refused', :trace_id
               FROM jsonb_array_elements(CAST(:rows AS jsonb)) WITH ORDINALITY AS e(value, place) ORDER BY e.place"""
        ),
        {
            "tenant_id": claim.dispatch.tenant_id,
            "actor": f"step {claim.name} of run {claim.dispatch.run_id}",
            "action": action,
            "whose": jsonb(whose),
            "rows": jsonb(list(rows)),
            "trace_id": current_trace_id(),
        },
    )
