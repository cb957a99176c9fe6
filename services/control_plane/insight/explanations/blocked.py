"""Which steps cannot move, and the root causes of each: followed through the steps that they need."""

from collections.abc import Iterable, Sequence

from control_plane.insight.explanations.schemas import BlockedStep, EndedBy, RootCause, Wait
from control_plane.insight.explanations.waits import is_met
from foundation.domain.states import RunStatus, StepStatus, WaitReason
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
from foundation.workflow.stalls.causes import Stall
from foundation.workflow.stalls.words import detail_of, remedy_of

SHOWN_CAUSES = 20
_STOPS_ALL = frozenset({WaitReason.PAUSE, WaitReason.BUDGET})


def blocked_steps(steps: Sequence[StepRow], waits: Sequence[Wait], stalls: Sequence[Stall]) -> list[BlockedStep]:
    """The steps of an open run that hang or wait for others, in the plan's order; then the run, where it hangs itself.

    A paused run has one wait, its own, which blocks all of it.
    """
    hanging: dict[str | None, list[RootCause]] = {}
    for stall in stalls:
        hanging.setdefault(_step_of_plan(stall), []).append(_cause_of_stall(stall))
    own = {wait.step: _cause_of_wait(wait) for wait in waits}
    by_name = {step.name: step for step in steps}
    roots: dict[str, list[RootCause]] = {}
    for step in steps:
        if step.status.is_terminal:
            continue
        if causes := hanging.get(step.name):
            roots[step.name] = causes
        elif step.unmet_needs > 0:
            unmet = [need for need in step.needs if need in by_name and not is_met(by_name[need])]
            roots[step.name] = _distinct(cause for need in unmet for cause in roots.get(need, []))
        elif step.name in own:
            roots[step.name] = [own[step.name]]
    of_run = hanging.get(None, [])
    if not of_run and None in own and own[None].cause in _STOPS_ALL:
        of_run = [own[None]]
    shown = [name for name in roots if name in hanging or by_name[name].unmet_needs > 0]
    blocked = [_blocked(name, roots[name] or of_run) for name in shown]
    return [*blocked, _blocked(None, of_run)] if of_run else blocked


def blocked_by_failures(run: Run, steps: Sequence[StepRow]) -> list[BlockedStep]:
    """The skipped and cancelled steps of an ended run, with the failures above them or what stopped the run."""
    roots: dict[str, list[RootCause]] = {}
    blocked = []
    for step in steps:
        above = _distinct(cause for need in step.needs for cause in roots.get(need, []))
        if step.status is StepStatus.FAILED and not step.excused:
            roots[step.name] = [_cause_of_failure(step)]
        elif step.status in {StepStatus.SKIPPED, StepStatus.CANCELLED} and not step.excused:
            roots[step.name] = above
            blocked.append(_blocked(step.name, above or [_cause_of_end(run)]))
    return blocked


def _step_of_plan(stall: Stall) -> str | None:
    """The step of the plan at which a run hangs: of an item, the step that it belongs to."""
    return None if stall.step is None else stall.step.split("[")[0]


def _blocked(step: str | None, causes: Sequence[RootCause]) -> BlockedStep:
    return BlockedStep(step=step, causes=list(causes[:SHOWN_CAUSES]), more=max(len(causes) - SHOWN_CAUSES, 0))


def _distinct(causes: Iterable[RootCause]) -> list[RootCause]:
    """Each cause once, in order. One that many steps share is the same object at all of them."""
    return list({id(cause): cause for cause in causes}.values())


def _cause_of_stall(stall: Stall) -> RootCause:
    return RootCause(
        cause=stall.cause,
        step=stall.step,
        since=stall.since,
        detail=detail_of(stall),
        remedy=remedy_of(stall),
        error=None,
    )


def _cause_of_wait(wait: Wait) -> RootCause:
    return RootCause(cause=wait.for_, step=wait.step, since=wait.since, detail=wait.detail, remedy=None, error=None)


def _cause_of_failure(step: StepRow) -> RootCause:
    error = step.error or {}
    detail = str(error.get("detail", "it failed"))
    return RootCause(
        cause=EndedBy.FAILED, step=step.name, since=step.ended_at, detail=detail, remedy=None, error=step.error
    )


def _cause_of_end(run: Run) -> RootCause:
    """Where the run failed with a step, that one is named: it may be beside those that were stopped by it."""
    detail = str((run.error or {}).get("detail", ENDED_IN_WORDS[run.status]))
    failed = failed_step(run)
    return RootCause(
        cause=EndedBy.STOPPED, step=failed, since=run.ended_at, detail=detail, remedy=None, error=run.error
    )


def failed_step(run: Run) -> str | None:
    """The step whose failure the run's error is."""
    return (run.error or {}).get("step") if run.status is RunStatus.FAILED else None


ENDED_IN_WORDS = {
    RunStatus.COMPLETED: "the run completed",
    RunStatus.FAILED: "the run failed",
    RunStatus.BUDGET_EXCEEDED: "the run ran out of budget",
    RunStatus.CANCELLED: "the run was cancelled",
    RunStatus.TIMED_OUT: "the run ran out of time",
}
