"""Divides a step's time, from its creation to its end, into parts that touch and do not overlap."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from foundation.domain.run_events import RunEventType
from foundation.domain.states import StepKind, WaitReason
from foundation.storage.execution.times.step_stamps import Span, StepMark, TimedStep


class Part(StrEnum):
    """What a moment of a step's time was for."""

    NEEDS = "needs"
    """Another step that it needs had not ended."""
    QUEUE = "queue"
    """It could run, and no worker had it."""
    WAIT = "wait"
    """It waited for people, its items, the run that it started, or its next attempt; or its run was paused."""
    MODEL = "model"
    """A worker had it, and a model was asked; no tool ran."""
    TOOL = "tool"
    """A worker had it, and a tool ran or waited for its place."""
    PLATFORM = "platform"
    """A worker had it, and neither."""


_HELD = "held"
_Standing = Part | str

_AFTER: dict[RunEventType, _Standing] = {
    RunEventType.STEP_RUNNING: _HELD,
    RunEventType.STEP_TURN: Part.QUEUE,
    RunEventType.STEP_GIVEN_BACK: Part.QUEUE,
    RunEventType.STEP_POSTPONED: Part.QUEUE,
    RunEventType.STEP_OUTCOME_DECIDED: Part.QUEUE,
    RunEventType.STEP_DECIDED: Part.QUEUE,
    RunEventType.STEP_EXPANDED: Part.WAIT,
    RunEventType.STEP_RETRYING: Part.WAIT,
    RunEventType.STEP_OUTCOME_UNKNOWN: Part.WAIT,
    # An end that is not the last one: the run was retried later.
    RunEventType.STEP_SUCCESS: Part.WAIT,
    RunEventType.STEP_FAILED: Part.WAIT,
    RunEventType.STEP_SKIPPED: Part.WAIT,
    RunEventType.STEP_CANCELLED: Part.WAIT,
}
"""How a step stands from such an event on; one that is not named changes nothing."""
_ON_WAITING: dict[WaitReason | None, _Standing] = {
    WaitReason.SLOT: Part.QUEUE,
    WaitReason.RESOURCE: Part.QUEUE,
}
_GOES_ON = frozenset({RunEventType.RUN_GENERATION_OPENED, RunEventType.RUN_RUNNING})


@dataclass(frozen=True, slots=True)
class Interval:
    """A time in which nothing about the step changed."""

    part: Part
    began_at: datetime
    ended_at: datetime


class _Cover:
    """Times that may overlap, as those that are covered by any of them; a moment is looked up by halving."""

    def __init__(self, spans: Sequence[tuple[datetime, datetime]]) -> None:
        self.spans: list[tuple[datetime, datetime]] = []
        for began, ended in sorted(span for span in spans if span[0] < span[1]):
            if self.spans and began <= self.spans[-1][1]:
                self.spans[-1] = (self.spans[-1][0], max(ended, self.spans[-1][1]))
            else:
                self.spans.append((began, ended))
        self._begins = [began for began, _ in self.spans]

    def __contains__(self, at: datetime) -> bool:
        place = bisect_right(self._begins, at)
        return place > 0 and at < self.spans[place - 1][1]


def intervals(
    step: TimedStep,
    marks: Sequence[StepMark],
    run_marks: Sequence[tuple[datetime, RunEventType]],
    models: Sequence[Span],
    tools: Sequence[Span],
) -> list[Interval]:
    """The parts of the step's time in order; the first begins with the step, the last ends with it, or now."""
    end = step.ended_at or step.read_at
    standing = list(_standing(step, marks, end))
    begins = [one.began_at for one in standing]
    paused, asked, ran = (
        _Cover(spans)
        for spans in (_pauses(run_marks, end), _closed(models, standing, end), _closed(tools, standing, end))
    )
    stamps = [
        step.created_at,
        end,
        *begins,
        *(at for cover in (paused, asked, ran) for one in cover.spans for at in one),
    ]
    found: list[Interval] = []
    for began, ended in pairwise(sorted({min(max(at, step.created_at), end) for at in stamps})):
        stood = standing[max(bisect_right(begins, began) - 1, 0)].how
        part = _part(stood, is_paused=began in paused, asks=began in asked, runs=began in ran)
        if found and found[-1].part is part:
            found[-1] = Interval(part, found[-1].began_at, ended)
        else:
            found.append(Interval(part, began, ended))
    return found


def _part(stood: _Standing, *, is_paused: bool, asks: bool, runs: bool) -> Part:
    if stood == _HELD:
        # An agent's answer is recorded with what its tools gave, so that its question spans them.
        return Part.TOOL if runs else Part.MODEL if asks else Part.PLATFORM
    return Part.WAIT if is_paused else Part(stood)


@dataclass(frozen=True, slots=True)
class _Stood:
    how: _Standing
    began_at: datetime
    ended_at: datetime


def _standing(step: TimedStep, marks: Sequence[StepMark], end: datetime) -> Iterator[_Stood]:
    changes: list[tuple[datetime, _Standing]] = [(step.created_at, Part.NEEDS if step.has_needs else Part.QUEUE)]
    could_run = step.needs_ended_at
    if step.has_needs and could_run is not None:
        changes.append((max(could_run, step.created_at), Part.QUEUE))
    for mark in marks:
        if mark.type is RunEventType.STEP_WAITING:
            if mark.waits_for is not WaitReason.DEPENDENCY:
                changes.append((mark.at, _ON_WAITING.get(mark.waits_for, Part.WAIT)))
        elif mark.type in _AFTER and not _keeps_its_worker(step, mark):
            changes.append((mark.at, _AFTER[mark.type]))
    changes.sort(key=lambda change: change[0])
    for (began, how), (ended, _) in pairwise([*changes, (max(end, changes[-1][0]), Part.QUEUE)]):
        yield _Stood(how, began, ended)


def _keeps_its_worker(step: TimedStep, mark: StepMark) -> bool:
    """All turns of a crew are of one dispatch, while an agent's message goes back to the queue after them."""
    return step.kind is StepKind.CREW and mark.type is RunEventType.STEP_TURN


def _pauses(run_marks: Sequence[tuple[datetime, RunEventType]], end: datetime) -> list[tuple[datetime, datetime]]:
    found, since = [], None
    for at, kind in run_marks:
        if kind is RunEventType.RUN_PAUSED:
            since = since or at
        elif kind in _GOES_ON and since is not None:
            found.append((since, at))
            since = None
    return [*found, (since, end)] if since is not None else found


def _closed(spans: Sequence[Span], standing: Sequence[_Stood], end: datetime) -> list[tuple[datetime, datetime]]:
    """The spans with an end each: what was never recorded ended with the hold in which it began."""
    ends = [one.ended_at for one in standing]

    def end_of(span: Span) -> datetime:
        place = bisect_right(ends, span.began_at)
        return ends[place] if place < len(ends) else end

    return [(span.began_at, span.ended_at or end_of(span)) for span in spans]
