"""Takes a decision about an unknown outcome, once, by somebody who may decide."""

import json
from collections.abc import Mapping

from control_plane.execution.outcomes.schemas import NewOutcome, OutcomeView
from control_plane.execution.runs import missing_steps, read
from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.accepted.shown_text import hidden_in_lines
from foundation.contracts.tool_job import RESULT_BYTES
from foundation.domain.errors import BadRequest, Conflict, Fault
from foundation.domain.ids import RunId
from foundation.domain.states import StepStatus
from foundation.domain.tools import OutcomeDecision
from foundation.storage.execution import doubtful_jobs
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.workflow.unknown_outcomes import deciding
from foundation.workflow.unknown_outcomes.deciding import LockedStep, OutcomeVerdict


class NoOutcomeToDecide(Conflict):
    """The step waits for no decision, or not any more; `outcome` is how it and its run stand, and what was decided."""

    code = "no_outcome_to_decide"
    usual_remedy = "nothing is left to decide; how the step stands is in `outcome`"

    def __init__(self, detail: str, *, outcome: Mapping[str, object]) -> None:
        super().__init__(detail)
        self.outcome = dict(outcome)

    def data(self) -> Mapping[str, object]:
        return {"outcome": self.outcome}


async def decide(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str, wanted: NewOutcome) -> OutcomeView:
    """The decision, taken; `NoOutcomeToDecide` when the step waits for none or its run has ended.

    `StepNotThereYet` before the step is there.
    """
    _require_plain(wanted)
    step = await deciding.lock_step(tx, caller.tenant_id, run_id, name)
    if step is None:
        raise await missing_steps.missing(tx, caller, await read.get(tx, caller, run_id), {name: None})
    verdict = OutcomeVerdict(wanted.decision, by=caller.user_id, comment=wanted.comment, result=wanted.result)
    job_id = None if step.run_status.is_terminal else await deciding.decide(tx, step, verdict)
    if job_id is None:
        raise await _closed(tx, step)
    detail = {"step": name, "job_id": str(job_id), "comment": wanted.comment}
    await audit.record(
        tx,
        caller.tenant_id,
        actor=caller.actor,
        action=f"outcome.{wanted.decision}",
        target=str(run_id),
        detail=detail,
    )
    return OutcomeView(
        run_id=run_id,
        step_id=step.step_id,
        step=name,
        status=StepStatus.QUEUED,
        job_id=job_id,
        decision=wanted.decision,
    )


async def _closed(tx: Transaction, step: LockedStep) -> NoOutcomeToDecide:
    decided = await doubtful_jobs.last_decision(tx, step.tenant_id, step.run_id, step.step_id)
    outcome = {"step": step.name, "status": step.status.value, "run_status": step.run_status.value, **(decided or {})}
    if step.run_status.is_terminal:
        return NoOutcomeToDecide(f"the run is {step.run_status}", outcome=outcome)
    said = f"; {decided['decision']} was decided already" if decided else ""
    return NoOutcomeToDecide(f"the step is {step.status} and waits for no decision{said}", outcome=outcome)


def _require_plain(wanted: NewOutcome) -> None:
    faults = []
    if wanted.comment is not None and (why := hidden_in_lines(wanted.comment)) is not None:
        faults.append(Fault("/body/comment", why))
    if "result" in wanted.model_fields_set and wanted.decision is not OutcomeDecision.ACCEPT:
        faults.append(Fault("/body/result", "only a call that is accepted has a result; leave it out"))
    if len(json.dumps(wanted.result)) > RESULT_BYTES:
        faults.append(Fault("/body/result", f"a tool's result has at most {RESULT_BYTES} bytes"))
    if faults:
        raise BadRequest(f"the decision cannot be taken: {first_of(faults, most=3)}", faults=tuple(faults))
