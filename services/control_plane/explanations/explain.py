"""Puts together why a run is where it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from control_plane.explanations.blocked import blocked_by_failures, blocked_steps
from control_plane.explanations.schemas import Explanation, ResumePoint
from control_plane.explanations.summary import summary_of_ended, summary_of_open
from control_plane.explanations.waits import waits_of
from foundation.contracts.run_events import RunPaused
from foundation.domain.reruns import first_again, steps_to_retry
from foundation.domain.states import RunStatus, StepKind
from foundation.storage.execution.approvals import Approval
from foundation.storage.execution.doubtful_jobs import DoubtfulJob
from foundation.storage.execution.run_events import Dated
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
from foundation.workflow.stalls.causes import Stall


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows say of a run.

    `steps` is its timeline; `paused` the event of its last pause, `requests` are its open ones, `stalls` are the places
    at which it hangs, `doubts` the tools about which people decide.
    """

    run: Run
    steps: Sequence[StepRow]
    paused: Dated[RunPaused] | None = None
    requests: Sequence[Approval] = ()
    stalls: Sequence[Stall] = ()
    doubts: Sequence[DoubtfulJob] = ()


def explain(known: Known) -> Explanation:
    run, steps = known.run, known.steps
    if run.status.is_terminal:
        points = _resume_points(run, steps)
        return Explanation(
            status=run.status,
            summary=summary_of_ended(run, steps, points),
            stuck=False,
            waits=[],
            blocked=blocked_by_failures(run, steps),
            resume_from=points,
        )
    waits = waits_of(run, steps, paused=known.paused, approvals=known.requests, doubts=known.doubts)
    blocked = blocked_steps(steps, waits, known.stalls)
    return Explanation(
        status=run.status,
        summary=summary_of_open(run, steps, waits, known.stalls),
        stuck=bool(known.stalls),
        waits=waits,
        blocked=blocked,
        resume_from=[],
    )


def _resume_points(run: Run, steps: Sequence[StepRow]) -> list[ResumePoint]:
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
