"""Says of an open run what it waits for, since when, and what will end the wait; of an ended one, where it goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from control_plane.execution.runs.lacks import lack_in_words
from control_plane.insight.explanations.doing import in_words
from control_plane.insight.explanations.schemas import Doing, Wait
from foundation.contracts.moments import told
from foundation.contracts.run_events import RunPaused, StepRetrying
from foundation.domain.ids import StepId
from foundation.domain.permissions import Role, deciders
from foundation.domain.states import ExpiryPolicy, PauseReason, RunStatus, StepStatus, WaitReason
from foundation.storage.execution.approvals import Approval
from foundation.storage.execution.doubtful_jobs import DoubtfulJob
from foundation.storage.execution.run_events import Dated
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow


def waits_of(
    run: Run,
    steps: Sequence[StepRow],
    asked_about: "Asked",
    *,
    paused: Dated[RunPaused] | None,
) -> list[Wait]:
    """Every open step has a wait; an open run without open steps waits itself.

    `paused` is the event of the run's last pause.
    """
    if run.status is RunStatus.PAUSED:
        asked = [_step_wait(step, run, steps, asked_about) for step in steps if asked_about.has(step)]
        if run.pause_reason is PauseReason.BUDGET:
            return [_budget_wait(run, paused), *asked]
        if run.pause_reason is PauseReason.PARENT:
            until = f"until run {run.parent_run_id}, which stands above it, is resumed"
            return [_run_wait(run, WaitReason.PAUSE, until), *asked]
        if run.pause_reason is PauseReason.KILL_SWITCH:
            why = paused.event.detail if paused and paused.event.detail else "a kill switch is engaged"
            return [_run_wait(run, WaitReason.PAUSE, f"until it is lifted: {why}"), *asked]
        return [_run_wait(run, WaitReason.PAUSE, "until somebody resumes it"), *asked]
    waits = [_step_wait(step, run, steps, asked_about) for step in steps if not step.status.is_terminal]
    if not waits:
        detail = "Step Functions opens the run" if not steps else "Step Functions closes the run"
        waits = [_run_wait(run, WaitReason.CALLBACK, detail)]
    return waits


@dataclass(frozen=True, slots=True)
class Asked:
    """What people are asked: requests for approval by their steps, tools in doubt by the names of theirs.

    `failed` are the last failed attempts of steps that are tried again, `doings` what agents and crews do.
    """

    requests: Mapping[StepId, Sequence[Approval]] = field(default_factory=dict)
    doubts: Mapping[str, DoubtfulJob] = field(default_factory=dict)
    failed: Mapping[StepId, StepRetrying] = field(default_factory=dict)
    doings: Mapping[StepId, Doing] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        approvals: Sequence[Approval] = (),
        doubts: Sequence[DoubtfulJob] = (),
        failed: Mapping[StepId, StepRetrying] | None = None,
        doings: Mapping[StepId, Doing] | None = None,
    ) -> "Asked":
        """Of several requests of a step the one that expires first comes first."""
        requests: dict[StepId, list[Approval]] = {}
        for approval in sorted(approvals, key=lambda one: one.expires_at):
            requests.setdefault(approval.step_id, []).append(approval)
        return cls(requests, {doubt.step: doubt for doubt in doubts}, failed or {}, doings or {})

    def has(self, step: StepRow) -> bool:
        return step.step_id in self.requests or step.name in self.doubts


def _items_in_words(step: StepRow, asked: Asked) -> str:
    """How far the items are, and the first of those about which a person decides."""
    ended = f"{step.items_ended} of its {step.items} items have ended"
    doubted = sorted(name for name in asked.doubts if name.startswith(f"{step.name}["))
    return f"{ended}, and {_doubt_in_words(asked.doubts[doubted[0]])}" if doubted else ended


def _decision_wait(step: StepRow, run: Run, asked: Asked) -> Wait:
    doubt = asked.doubts.get(step.name)
    since = (doubt.doubted_at if doubt else None) or step.started_at or step.created_at
    detail = _doubt_in_words(doubt) if doubt else "a person decides what happened"
    return Wait(
        step=step.name,
        for_=WaitReason.DECISION,
        since=since,
        ends_by=run.deadline_at,
        detail=detail,
        doing=asked.doings.get(step.step_id),
    )


def _doubt_in_words(doubt: DoubtfulJob) -> str:
    started = told(doubt.started_at, timespec="seconds")
    return (
        f"somebody who may decide says what {doubt.tool} did, which was started at {started} as job {doubt.job_id}:"
        f" POST /runs/{{id}}/steps/{doubt.step}/outcome"
    )


def _budget_wait(run: Run, paused: Dated[RunPaused] | None) -> Wait:
    """Which budget had no room, and when the run is tried again, whether or not it has some by then."""
    event = paused.event if paused else RunPaused(reason=PauseReason.BUDGET)
    again = event.again_in_seconds
    ends_by = None if again is None else run.progressed_at + timedelta(seconds=again)
    by = "" if ends_by is None else f" by {told(ends_by, timespec='seconds')} at the latest, and"
    detail = f"{event.detail or 'the budget has no room'}; tried again{by} at once when somebody resumes it"
    if event.resets_at:
        detail = f"{detail}; the budget is reset at {event.resets_at}"
    return Wait(
        step=None,
        for_=WaitReason.BUDGET,
        since=paused.at if paused else run.progressed_at,
        ends_by=ends_by,
        detail=detail,
    )


def _run_wait(run: Run, reason: WaitReason, detail: str) -> Wait:
    return Wait(step=None, for_=reason, since=run.progressed_at, ends_by=run.deadline_at, detail=detail)


def is_met(need: StepRow) -> bool:
    """Whether those that need this step count it as ended."""
    return need.status is StepStatus.SUCCESS or need.excused


def _approval_wait(requests: Sequence[Approval], run: Run) -> tuple[str, datetime]:
    """Who may decide and what comes if nobody does, and when the wait ends at the latest; of several, of the first."""
    approval, *more = requests
    roles = [Role(role) for role in approval.roles]
    who = deciders(roles=roles, users=approval.users)
    at_the_end = {
        ExpiryPolicy.APPROVE: "it is approved",
        ExpiryPolicy.REJECT: "it is rejected",
        ExpiryPolicy.FAIL: "the step fails",
    }[approval.on_expiry]
    detail = f"{who} decides request {approval.approval_id}; if nobody does, {at_the_end}"
    if more:
        detail = f"{detail}; and {len(more)} more requests"
    return detail, min(approval.expires_at, run.deadline_at or approval.expires_at)


def _retry_in_words(step: StepRow, failed: StepRetrying | None) -> str:
    """Which attempt comes, and why there has to be one."""
    coming = f"attempt {step.attempt + 1} comes next"
    return coming if failed is None else f"{coming}; the last one failed: {failed.error.get('detail')}"


def _step_wait(step: StepRow, run: Run, steps: Sequence[StepRow], asked: Asked) -> Wait:
    if step.status is StepStatus.OUTCOME_UNKNOWN:
        return _decision_wait(step, run, asked)
    since = step.waiting_since or step.started_at or step.created_at
    by_name = {other.name: other for other in steps}
    doing = asked.doings.get(step.step_id)
    match step.status:
        case StepStatus.RUNNING if step.wait_reason == WaitReason.SLOT:
            detail = f"worker {step.worker_id} has it, and waits for a place at the tool runtime"
            reason, until = WaitReason.SLOT, run.deadline_at
        case StepStatus.RUNNING:
            reason, until = WaitReason.WORKER, step.deadline_at
            detail = f"worker {step.worker_id} runs it" + (f": {in_words(doing)}" if doing else "")
        case StepStatus.RETRYING:
            reason, until = WaitReason.RETRY, step.retry_at
            detail = _retry_in_words(step, asked.failed.get(step.step_id))
        case StepStatus.WAITING if step.wait_reason == WaitReason.APPROVAL and step.step_id in asked.requests:
            reason = WaitReason.APPROVAL
            detail, until = _approval_wait(asked.requests[step.step_id], run)
        case StepStatus.WAITING if step.wait_reason == WaitReason.RUN:
            detail = f"run {step.child_run_id} ends; ask its own explanation what it waits for"
            reason, until = WaitReason.RUN, run.deadline_at
        case _ if step.unmet_needs > 0:
            unmet = [need for need in step.needs if not is_met(by_name[need])]
            reason, detail, until = WaitReason.DEPENDENCY, f"needs {', '.join(unmet)}", run.deadline_at
        case _ if step.wait_reason == WaitReason.SLOT:
            reason, detail, until = (
                WaitReason.SLOT,
                "its tenant has its share of the slots; one becomes free",
                run.deadline_at,
            )
        case _ if step.wait_reason == WaitReason.RESOURCE:
            reason, detail, until = WaitReason.RESOURCE, lack_in_words(step.wait_for), run.deadline_at
        case _ if step.wait_reason == WaitReason.ITEMS:
            reason, detail, until = WaitReason.ITEMS, _items_in_words(step, asked), run.deadline_at
        case _ if step.tick > 0 and not step.has_token:
            reason, detail, until = WaitReason.CALLBACK, "Step Functions enqueues its next tick", run.deadline_at
        case _:
            reason, detail, until = WaitReason.WORKER, "a worker takes it from the queue", run.deadline_at
    return Wait(step=step.name, for_=reason, since=since, ends_by=until, detail=detail, doing=doing)
