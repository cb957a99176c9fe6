"""What an agent or a crew does now is told in words and as data."""

from datetime import timedelta
from typing import Any

import pytest

from control_plane.insight.explanations.doing import doing, in_words
from control_plane.insight.explanations.schemas import DoingNow
from control_plane.insight.explanations.waits import Asked, waits_of
from fixtures.running.rows import NOON, a_run, a_step
from foundation.contracts.moments import told
from foundation.domain.states import StepKind, StepStatus
from foundation.storage.execution.turns import TurnStanding

LATER = NOON + timedelta(seconds=30)
CREW = {"max_turns": 60, "tasks": [{"name": "find"}, {"name": "tell"}]}
AGENT = {"max_turns": 12}


def standing(**members: Any) -> TurnStanding:
    values: dict[str, Any] = {
        "step_id": a_step().step_id,
        "number": 7,
        "agent": None,
        "task": None,
        "asked_at": NOON,
        "answered_at": None,
        "tool": None,
        "tool_of_turn": False,
        "tool_status": None,
        "tool_since": None,
    }
    return TurnStanding(**values | members)


def a_tool(status: str, *, of_turn: bool = True) -> dict[str, Any]:
    return {"tool": "code.python", "tool_status": status, "tool_since": LATER, "tool_of_turn": of_turn}


@pytest.mark.parametrize(
    ("kind", "definition", "members", "now", "words"),
    [
        (
            StepKind.CREW,
            CREW,
            {"task": "tell", "agent": "writer", **a_tool("SUCCEEDED", of_turn=False)},
            DoingNow.MODEL,
            (
                "its task tell (2 of 2), its agent writer, turn 7 of at most 60: its model was asked at {noon};"
                " its last tool, code.python, succeeded"
            ),
        ),
        (
            StepKind.CREW,
            CREW,
            {"task": "find", "answered_at": LATER},
            DoingNow.ITSELF,
            "its task find (1 of 2), its manager, turn 7 of at most 60: it goes on since {later}",
        ),
        (
            StepKind.CREW,
            CREW,
            {"task": "find", "agent": "finder", "answered_at": LATER, **a_tool("STARTED")},
            DoingNow.TOOL,
            "its task find (1 of 2), its agent finder, turn 7 of at most 60: tool code.python runs since {later}",
        ),
        (StepKind.AGENT, AGENT, {}, DoingNow.MODEL, "turn 7 of at most 12: its model was asked at {noon}"),
        (
            StepKind.AGENT,
            AGENT,
            a_tool("FAILED"),
            DoingNow.ITSELF,
            "turn 7 of at most 12: it goes on since {later}; its last tool, code.python, failed",
        ),
    ],
)
def test_a_running_one_is_told_with_what_it_waits_for(
    kind: StepKind, definition: dict[str, Any], members: dict[str, Any], now: DoingNow, words: str
) -> None:
    step = a_step(kind=kind, status=StepStatus.RUNNING, worker_id="w1")
    does = doing(step, definition, standing(**members))
    assert does.waits_for is now
    expected = words.format(noon=told(NOON, timespec="seconds"), later=told(LATER, timespec="seconds"))
    assert in_words(does) == expected
    [wait] = waits_of(a_run(), [step], Asked.of(doings={step.step_id: does}), paused=None)
    assert (wait.detail, wait.doing) == (f"worker w1 runs it: {expected}", does)


def test_one_that_no_worker_has_is_told_how_far_it_is() -> None:
    step = a_step(kind=StepKind.AGENT, status=StepStatus.QUEUED, tick=3, turn=3, has_token=False)
    does = doing(step, AGENT, standing(number=3, answered_at=NOON))
    assert (does.turn, does.max_turns, does.waits_for, does.since) == (3, 12, None, None)
    assert in_words(does) == "turn 3 of at most 12"


def test_a_turn_that_was_stored_before_turns_had_a_number_is_counted_on() -> None:
    step = a_step(kind=StepKind.CREW, status=StepStatus.RUNNING, turns=4)
    assert doing(step, CREW, standing(number=None)).turn == 5
