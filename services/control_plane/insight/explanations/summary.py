"""A run's state in a few sentences, for people."""

from collections import Counter
from collections.abc import Sequence

from control_plane.insight.explanations.blocked import ENDED_IN_WORDS, failed_step
from control_plane.insight.explanations.schemas import ResumePoint, Wait
from foundation.domain.failures import FailureCode
from foundation.domain.states import RunStatus, StepStatus, WaitReason
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
from foundation.workflow.stalls.causes import Stall
from foundation.workflow.stalls.words import detail_of, remedy_of

_SHOWN = 3


def summary_of_open(run: Run, steps: Sequence[StepRow], waits: Sequence[Wait], stalls: Sequence[Stall]) -> str:
    """How far the run is, and where it hangs or what it waits for first."""
    sentences = [_progress(steps)] if steps else []
    if stalls:
        first = stalls[0]
        where = f"The run hangs at step {first.step}" if first.step else "The run hangs"
        sentences += [f"{where}: {detail_of(first)}.", f"What ends it: {remedy_of(first)}."]
        if len(stalls) > 1:
            sentences.append(f"It hangs at {len(stalls)} places; see `blocked`.")
        return " ".join(sentences)
    if run.status is RunStatus.PAUSED:
        return " ".join([*sentences, f"The run is paused: {waits[0].detail}."])
    roots = [wait for wait in waits if wait.for_ != WaitReason.DEPENDENCY]
    sentences += [f"Step {wait.step}: {wait.detail}." if wait.step else f"{wait.detail}." for wait in roots[:_SHOWN]]
    if (further := len(roots) - _SHOWN) > 0:
        sentences.append(f"{further} more {'waits' if further == 1 else 'wait'} for something of their own.")
    if behind := len(waits) - len(roots):
        sentences.append(f"{_steps(behind)} {'waits' if behind == 1 else 'wait'} for these.")
    return " ".join(sentences)


def summary_of_ended(run: Run, steps: Sequence[StepRow], points: Sequence[ResumePoint]) -> str:
    """How the run ended and by what, how its steps ended, and where a retry goes on."""
    words = ENDED_IN_WORDS[run.status]
    how = words[0].upper() + words[1:]
    detail = (run.error or {}).get("detail")
    if detail and (step := failed_step(run)) and not str(detail).startswith("step "):
        detail = f"step {step}: {detail}"
    sentences = [f"{how}: {str(detail).rstrip('.')}." if detail else f"{how}."]
    if steps:
        sentences.append(_ended(steps))
    if points:
        sentences.append(_goes_on(run, steps, points))
    if named := [point.step for point in points if point.must_be_named]:
        sentences.append(f"It must name {_listed(named)} in `from`, as it would repeat what was done or paid.")
    return " ".join(sentences)


def _goes_on(run: Run, steps: Sequence[StepRow], points: Sequence[ResumePoint]) -> str:
    """Where the run goes on, and what is to be changed for that, as it would end by the same again."""
    begins = [point.step for point in points]
    at = _listed(begins)
    codes = {step.name: (step.error or {}).get("code") for step in steps}
    if names := [name for name in begins if codes[name] == FailureCode.TURNS_EXHAUSTED]:
        return (
            f"No turns are left for {_listed(names)}: fork the run from there with a higher `max_turns` in `overrides`."
        )
    if run.status is RunStatus.BUDGET_EXCEEDED:
        return f"A retry with a higher `budget` goes on at {at}."
    return f"A retry goes on at {at}."


def _progress(steps: Sequence[StepRow]) -> str:
    ended = sum(step.status.is_terminal for step in steps)
    return f"{ended} of {_steps(len(steps))} {'has' if 1 in (ended, len(steps)) else 'have'} ended."


def _ended(steps: Sequence[StepRow]) -> str:
    counts = Counter(step.status for step in steps)
    words = {
        StepStatus.SUCCESS: "succeeded",
        StepStatus.FAILED: "failed",
        StepStatus.SKIPPED: "skipped",
        StepStatus.CANCELLED: "cancelled",
    }
    told = [f"{counts[status]} {word}" for status, word in words.items() if counts[status]]
    return f"Of {_steps(len(steps))}: {', '.join(told)}."


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
