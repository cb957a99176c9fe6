"""Puts together why a run is where it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from control_plane.insight.explanations.blocked import blocked_by_failures, blocked_steps
from control_plane.insight.explanations.schemas import Doing, Explanation, ResumePoint
from control_plane.insight.explanations.summary import summary_of_ended, summary_of_open
from control_plane.insight.explanations.waits import Asked, waits_of
from foundation.contracts.run_events import RunPaused, StepRetrying
from foundation.domain.ids import StepId
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
    at which it hangs, `doubts` the tools about which people decide, `failed` the last failed attempts of steps that are
    tried again, `unnamed` the steps that a retry does not run again unless it names them, `doings` what agents and
    crews do.
    """

    run: Run
    steps: Sequence[StepRow]
    paused: Dated[RunPaused] | None = None
    requests: Sequence[Approval] = ()
    stalls: Sequence[Stall] = ()
    doubts: Sequence[DoubtfulJob] = ()
    failed: Mapping[StepId, StepRetrying] = field(default_factory=dict)
    unnamed: Collection[str] = ()
    doings: Mapping[StepId, Doing] = field(default_factory=dict)


def explain(known: Known) -> Explanation:
    run, steps = known.run, known.steps
    if run.status.is_terminal:
        points = _resume_points(known)
        return Explanation(
            status=run.status,
            summary=summary_of_ended(run, steps, points),
            stuck=False,
            waits=[],
            blocked=blocked_by_failures(run, steps),
            resume_from=points,
        )
    asked = Asked.of(known.requests, known.doubts, known.failed, known.doings)
    waits = waits_of(run, steps, asked, paused=known.paused)
    blocked = blocked_steps(steps, waits, known.stalls)
    return Explanation(
        status=run.status,
        summary=summary_of_open(run, steps, waits, known.stalls),
        stuck=bool(known.stalls),
        waits=waits,
        blocked=blocked,
        resume_from=[],
    )


def _resume_points(known: Known) -> list[ResumePoint]:
    """The steps with which a retry would begin, and those that it would have to name; none of a run that completed."""
    if known.run.status is RunStatus.COMPLETED:
        return []
    standing = [step.standing() for step in known.steps]
    again = steps_to_retry(standing, named=())
    begins, named = first_again(standing, again), again.keys() & set(known.unnamed)
    return [
        ResumePoint(step=step.name, turn=_kept(step), must_be_named=step.name in named)
        for step in known.steps
        if step.name in begins or step.name in named
    ]


def _kept(step: StepRow) -> int:
    """The turns that a step which goes on does not take again."""
    return step.turn if step.kind is StepKind.AGENT else 0
