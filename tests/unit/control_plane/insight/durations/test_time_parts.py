"""A step's time is divided without a hole and without an overlap, whatever its stamps are."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from control_plane.insight.durations.parts import Part, intervals
from control_plane.insight.durations.schemas import StepTimes
from foundation.domain.ids import StepId, new_uuid
from foundation.domain.run_events import RunEventType
from foundation.domain.states import StepKind, StepStatus, WaitReason
from foundation.storage.execution.times.step_stamps import Span, StepMark, TimedStep

STEP = StepId(new_uuid())
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def a_step(
    *,
    needs_end: float | None = None,
    has_needs: bool = False,
    ends: float | None = 100,
    kind: StepKind = StepKind.AGENT,
) -> TimedStep:
    return TimedStep(
        step_id=STEP,
        name="s",
        kind=kind,
        status=StepStatus.SUCCESS,
        position=0,
        has_needs=has_needs,
        is_copied=False,
        created_at=BEGAN,
        ended_at=None if ends is None else at(ends),
        needs_ended_at=None if needs_end is None else at(needs_end),
        read_at=at(200),
    )


def mark(seconds: float, kind: RunEventType, waits_for: WaitReason | None = None) -> StepMark:
    return StepMark(STEP, at(seconds), kind, waits_for)


def span(began: float, ended: float | None) -> Span:
    return Span(STEP, at(began), None if ended is None else at(ended))


def seconds(step: TimedStep, *stamps: object) -> list[tuple[str, float]]:
    found = intervals(step, *stamps)  # type: ignore[arg-type]
    return [(one.part.value, (one.ended_at - one.began_at).total_seconds()) for one in found]


def test_a_turn_of_a_crew_leaves_it_with_its_worker() -> None:
    marks = [
        mark(12, RunEventType.STEP_RUNNING),
        mark(40, RunEventType.STEP_TURN),
        mark(100, RunEventType.STEP_SUCCESS),
    ]
    found = seconds(a_step(kind=StepKind.CREW), marks, [], [span(30, 40), span(60, 70)], [span(45, 55)])
    expected = [("queue", 12), ("platform", 18), ("model", 10), ("platform", 5), ("tool", 10), ("platform", 5)]
    assert found == [*expected, ("model", 10), ("platform", 30)]


def test_the_tools_of_a_turn_are_no_time_of_its_model() -> None:
    """An agent's answer is recorded with what its tools gave."""
    marks = [mark(10, RunEventType.STEP_RUNNING), mark(100, RunEventType.STEP_SUCCESS)]
    found = seconds(a_step(), marks, [], [span(10, 90)], [span(20, 80)])
    assert found == [("queue", 10), ("model", 10), ("tool", 60), ("model", 10), ("platform", 10)]


def test_a_step_that_asks_a_model_and_a_tool_and_comes_back_for_another_turn() -> None:
    marks = [
        mark(12, RunEventType.STEP_RUNNING),
        mark(40, RunEventType.STEP_TURN),
        mark(45, RunEventType.STEP_RUNNING),
        mark(100, RunEventType.STEP_SUCCESS),
    ]
    models, tools = [span(13, 20), span(46, 90)], [span(21, 39)]
    assert seconds(a_step(has_needs=True, needs_end=10), marks, [], models, tools) == [
        ("needs", 10),
        ("queue", 2),
        ("platform", 1),
        ("model", 7),
        ("platform", 1),
        ("tool", 18),
        ("platform", 1),
        ("queue", 5),
        ("platform", 1),
        ("model", 44),
        ("platform", 10),
    ]


def test_waits_for_people_and_pauses_are_waits_and_what_runs_on_in_a_pause_is_not() -> None:
    marks = [
        mark(1, RunEventType.STEP_RUNNING),
        mark(2, RunEventType.STEP_WAITING, WaitReason.APPROVAL),
        mark(50, RunEventType.STEP_DECIDED),
        mark(80, RunEventType.STEP_RUNNING),
    ]
    paused = [(at(55), RunEventType.RUN_PAUSED), (at(70), RunEventType.RUN_GENERATION_OPENED)]
    assert seconds(a_step(), marks, paused, [], []) == [
        ("queue", 1),
        ("platform", 1),
        ("wait", 48),
        ("queue", 5),
        ("wait", 15),
        ("queue", 10),
        ("platform", 20),
    ]


def test_a_call_that_was_lost_with_its_worker_ends_with_that_hold() -> None:
    marks = [
        mark(1, RunEventType.STEP_RUNNING),
        mark(46, RunEventType.STEP_RETRYING),
        mark(50, RunEventType.STEP_RUNNING),
    ]
    assert seconds(a_step(), marks, [], [span(2, None)], []) == [
        ("queue", 1),
        ("platform", 1),
        ("model", 44),
        ("wait", 4),
        ("platform", 50),
    ]


def test_of_a_step_that_goes_on_the_time_until_now_is_told() -> None:
    assert seconds(a_step(ends=None, has_needs=True), [], [], [], []) == [("needs", 200)]


TIMES = st.integers(-20, 220)


@given(
    st.lists(st.tuples(TIMES, st.sampled_from(sorted(RunEventType)), st.none() | st.sampled_from(sorted(WaitReason)))),
    st.lists(st.tuples(TIMES, st.sampled_from([RunEventType.RUN_PAUSED, RunEventType.RUN_RUNNING]))),
    st.lists(st.tuples(TIMES, st.none() | TIMES)),
    st.lists(st.tuples(TIMES, st.none() | TIMES)),
    st.none() | TIMES,
    st.none() | st.integers(0, 200),
)
def test_parts_touch_do_not_overlap_and_add_up(
    marked: list[tuple[int, RunEventType, WaitReason | None]],
    run: list[tuple[int, RunEventType]],
    asked: list[tuple[int, int | None]],
    ran: list[tuple[int, int | None]],
    needs_end: int | None,
    ends: int | None,
) -> None:
    step = a_step(has_needs=needs_end is not None, needs_end=needs_end, ends=ends)
    marks = [mark(when, kind, reason) for when, kind, reason in sorted(marked, key=lambda one: one[0])]
    run_marks = [(at(when), kind) for when, kind in sorted(run)]
    found = intervals(step, marks, run_marks, [span(*one) for one in asked], [span(*one) for one in ran])
    end = step.ended_at or step.read_at
    if end == step.created_at:
        assert found == []
        return
    assert (found[0].began_at, found[-1].ended_at) == (step.created_at, end)
    assert all(one.ended_at == other.began_at for one, other in pairwise(found))
    shown = StepTimes.of(step, found)
    assert shown.parts is not None
    assert sum(getattr(shown.parts, part.value) for part in Part) == shown.wall_ms
