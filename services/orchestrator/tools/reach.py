"""What a job may reach; and for the audit: what it asked its proxy, what ended it, and calls that were refused."""

from collections import Counter
from typing import Any

from foundation.contracts.egress.policy import NetworkPolicy, ceiling_of
from foundation.contracts.egress.records import EgressRecord, EgressReport, EgressVerdict
from foundation.contracts.egress.secrets import SealedSecret, TaskSecret
from foundation.contracts.run_events import StepEgress
from foundation.contracts.tool_job import ToolResult
from foundation.domain.failures import FailureCode
from foundation.storage import egress, secrets
from foundation.storage.audit.tool_calls import RefusedCall, record_limited, record_refused
from foundation.storage.execution import run_events
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.people import tenant_settings
from foundation.storage.session.database import Database, Transaction
from orchestrator.tools.tool_call import ToolCall
from orchestrator.work import TickFailed

SHOWN = 50
"""Lines of one event, each of requests that are alike."""


async def network_of(database: Database, claim: StepClaim) -> NetworkPolicy:
    """What the step's tools may reach as things stand now. A policy that cannot be read allows nothing.

    Raises `TickFailed` when a secret that the task names is gone.
    """
    if not claim.egress:
        return NetworkPolicy()
    named = [TaskSecret.model_validate(secret) for secret in claim.secrets or ()]
    async with database.tenant(claim.dispatch.tenant_id) as tx:
        stored = (await tenant_settings.read(tx, claim.dispatch.tenant_id)).get("egress")
        sealed = await secrets.sealed_values(tx, claim.dispatch.tenant_id, {one.name for one in named})
    if missing := sorted({one.name for one in named} - sealed.keys()):
        raise TickFailed(
            FailureCode.SECRET_MISSING,
            f"the tool was not called, as the tenant has no secret {', '.join(missing)} any more;"
            " PUT /api/v1/secrets/{name} stores one",
        )
    return NetworkPolicy(
        hosts=claim.egress,
        ceiling=ceiling_of(stored),
        secrets=tuple(SealedSecret(**one.model_dump(), sealed=sealed[one.name]) for one in named),
    )


async def audit_refusal(database: Database, claim: StepClaim, call: ToolCall, detail: str) -> None:
    """Of a call that was not made; an attempt that begins anew and is refused again is told again."""
    async with database.tenant(claim.dispatch.tenant_id) as tx:
        await record_refused(tx, claim, [RefusedCall(call.tool, call.turn, call.call_id, detail)])


async def audit_job(tx: Transaction, claim: StepClaim, result: ToolResult, *, tool: str, is_late: bool = False) -> None:
    """Writes an audit row for each limit that the job met and each of its requests, of which one event tells as well.

    A late result is that of a job whose step has ended before: the step's events are complete, and get no further one.
    """
    await record_limited(tx, claim, result, tool=tool)
    if not result.egress.records:
        return
    await egress.record(tx, claim, result.job_id, result.egress, tool=tool)
    if not is_late:
        event = _event(claim, result, tool=tool)
        await run_events.append(tx, claim.dispatch.tenant_id, claim.dispatch.run_id, [event])


def _event(claim: StepClaim, result: ToolResult, *, tool: str) -> StepEgress:
    lines = requests_of(result.egress)
    told = Counter(record.verdict for record in result.egress.records)
    return StepEgress(
        step_id=claim.dispatch.step_id,
        name=claim.name,
        job_id=result.job_id,
        tool=tool,
        allowed=told[EgressVerdict.ALLOWED],
        cut=told[EgressVerdict.CUT],
        refused=told[EgressVerdict.REFUSED] + result.egress.refusals_left_out,
        requests=lines[:SHOWN],
        left_out=sum(line["count"] for line in lines[SHOWN:]) + result.egress.refusals_left_out,
    )


def requests_of(report: EgressReport) -> list[dict[str, Any]]:
    """Requests that are alike as one line with their number and their bytes, in the order in which they came first."""
    lines: dict[tuple[object, ...], dict[str, Any]] = {}
    for record in report.records:
        line = lines.setdefault(_kind(record), {**_shown(record), "count": 0, "up": 0, "down": 0})
        line["count"] += 1
        line["up"] += record.up
        line["down"] += record.down
    return list(lines.values())


def _kind(record: EgressRecord) -> tuple[object, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in _shown(record).values())


def _shown(record: EgressRecord) -> dict[str, Any]:
    return record.model_dump(mode="json", include={"method", "host", "port", "target", "verdict", "reason", "secrets"})
