"""Says of an open run what it waits for, since when, and what will end the wait; of an ended one, where it goes on."""

from datetime import timedelta

from control_plane.runs.schemas import Explanation, ResumePoint, Wait
from foundation.contracts.run_events import RunPaused
from foundation.domain.reruns import first_again, steps_to_retry
from foundation.domain.states import PauseReason, RunStatus, StepKind, StepStatus, WaitReason
from foundation.storage.execution.run_events import Dated
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow


def explain(run: Run, steps: list[StepRow], *, paused: Dated[RunPaused] | None = None) -> Explanation:
    """Every open step has a wait; a run without open steps waits itself, or has ended.

    `paused` is the event of the run's last pause.
    """
    if run.status.is_terminal:
        return Explanation(status=run.status, waits=[], resume_from=_resume_points(run, steps))
    return Explanation(status=run.status, waits=_waits(run, steps, paused), resume_from=[])


def _resume_points(run: Run, steps: list[StepRow]) -> list[ResumePoint]:
    """The steps with which a retry would begin; none of a run that completed."""
    if run.status is RunStatus.COMPLETED:
        return []
    standing = [step.standing() for step in steps]
    again = steps_to_retry(standing, named=())
    by_name = {step.name: step for step in steps}
    return [ResumePoint(step=name, turn=_kept(by_name[name])) for name in first_again(standing, again)]


def _kept(step: StepRow) -> int:
    """The turns that a step which goes on does not take again."""
    return step.turn if step.kind is StepKind.AGENT else 0


def _waits(run: Run, steps: list[StepRow], paused: Dated[RunPaused] | None) -> list[Wait]:
    if run.status is RunStatus.PAUSED:
        if run.pause_reason is PauseReason.BUDGET:
            return [_budget_wait(run, paused)]
        return [_run_wait(run, WaitReason.PAUSE, "until somebody resumes it")]
    waits = [_step_wait(step, run, steps) for step in steps if not step.status.is_terminal]
    if not waits:
        detail = "Step Functions opens the run" if not steps else "Step Functions closes the run"
        waits = [_run_wait(run, WaitReason.CALLBACK, detail)]
    return waits


def _budget_wait(run: Run, paused: Dated[RunPaused] | None) -> Wait:
    """Which budget had no room, and when the run is tried again, whether or not it has some by then."""
    event = paused.event if paused else RunPaused(reason=PauseReason.BUDGET)
    again = event.again_in_seconds
    detail = f"{event.detail or 'the budget has no room'}; tried again by then, at once when somebody resumes it"
    if event.resets_at:
        detail = f"{detail}; the budget is reset at {event.resets_at}"
    return Wait(
        step=None,
        for_=WaitReason.BUDGET.value,
        since=paused.at if paused else run.progressed_at,
        ends_by=None if again is None else run.progressed_at + timedelta(seconds=again),
        detail=detail,
    )


def _run_wait(run: Run, reason: WaitReason, detail: str) -> Wait:
    return Wait(step=None, for_=reason.value, since=run.progressed_at, ends_by=run.hard_deadline, detail=detail)


def _is_met(need: StepRow) -> bool:
    return need.status is StepStatus.SUCCESS or need.excused


def _step_wait(step: StepRow, run: Run, steps: list[StepRow]) -> Wait:
    since = step.waiting_since or step.started_at or step.created_at
    by_name = {other.name: other for other in steps}
    match step.status:
        case StepStatus.RUNNING if step.wait_reason == WaitReason.SLOT:
            detail = f"worker {step.worker_id} has it, and waits for a place at the tool runtime"
            reason, until = WaitReason.SLOT, run.hard_deadline
        case StepStatus.RUNNING:
            reason, detail, until = WaitReason.WORKER, f"worker {step.worker_id} runs it", step.deadline_at
        case StepStatus.RETRYING:
            reason, detail, until = WaitReason.RETRY, f"attempt {step.attempt + 1} comes next", step.retry_at
        case StepStatus.OUTCOME_UNKNOWN:
            reason, detail, until = WaitReason.DECISION, "a person decides what happened", run.hard_deadline
        case _ if step.unmet_needs > 0:
            unmet = [need for need in step.needs if not _is_met(by_name[need])]
            reason, detail, until = WaitReason.DEPENDENCY, f"needs {', '.join(unmet)}", run.hard_deadline
        case _ if step.wait_reason == WaitReason.SLOT:
            reason, detail, until = (
                WaitReason.SLOT,
                "its tenant has its share of the slots; one becomes free",
                run.hard_deadline,
            )
        case _ if step.tick > 0 and not step.has_token:
            reason, detail, until = WaitReason.CALLBACK, "Step Functions enqueues its next tick", run.hard_deadline
        case _:
            reason, detail, until = WaitReason.WORKER, "a worker takes it from the queue", run.hard_deadline
    return Wait(step=step.name, for_=reason.value, since=since, ends_by=until, detail=detail)
