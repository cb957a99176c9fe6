"""The audit rows of what jobs asked of their proxy."""

from foundation.contracts.egress.records import EgressRecord, EgressReport, EgressVerdict
from foundation.domain.ids import JobId
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.people.audit import DONE
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text
from foundation.telemetry.traces import current_trace_id

_REFUSED = "refused"


async def record(tx: Transaction, claim: StepClaim, job_id: JobId, report: EgressReport, *, tool: str) -> None:
    """One row for each request, whose target is what it asked for; a last one counts refusals that have none."""
    whose = {
        "run_id": str(claim.dispatch.run_id),
        "step_id": str(claim.dispatch.step_id),
        "job_id": str(job_id),
        "tool": tool,
    }
    rows = [
        {
            "action": f"egress.{entry.verdict}",
            "outcome": _REFUSED if entry.verdict is EgressVerdict.REFUSED else DONE,
            "target": _target(entry),
            "detail": {
                **whose,
                # The row's own moment is the database's: when it was written, after the job's end.
                "asked_at": entry.at.isoformat(),
                **entry.model_dump(mode="json", exclude={"at", "host", "port", "target", "verdict"}, exclude_none=True),
            },
        }
        for entry in report.records
    ]
    if report.refusals_left_out:
        rows.append(
            {
                "action": "egress.refused",
                "outcome": _REFUSED,
                "target": "",
                "detail": {**whose, "count": report.refusals_left_out},
            }
        )
    await tx.execute(
        text(
            """INSERT INTO audit_log (tenant_id, actor, action, target, detail, outcome, trace_id)
               SELECT :tenant_id, :actor, e.action, e.target, e.detail, e.outcome, :trace_id
               FROM jsonb_to_recordset(CAST(:rows AS jsonb))
                    AS e(action text, target text, detail jsonb, outcome text)"""
        ),
        {
            "tenant_id": claim.dispatch.tenant_id,
            "actor": f"step {claim.name} of run {claim.dispatch.run_id}",
            "trace_id": current_trace_id(),
            "rows": jsonb(rows),
        },
    )


def _target(entry: EgressRecord) -> str:
    return f"{entry.host}:{entry.port}" if entry.host else entry.target
