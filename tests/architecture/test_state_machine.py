"""The Maps of the state machine run the same branch, also the Map of a step's items below it."""

import json
from typing import Any

import pytest

from architecture.sources import ROOT
from foundation.domain.plan import EVENTS_PER_EXPANSION, EVENTS_PER_TICK

_MACHINE = json.loads((ROOT / "statemachines" / "run.asl.json").read_text(encoding="utf-8"))


def _map(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _MACHINE["States"][name]
    assert found["Type"] == "Map"
    return found


def test_both_maps_run_the_same_branch() -> None:
    inline, distributed = (_map(name)["ItemProcessor"] for name in ("Steps", "ManySteps"))
    assert inline["StartAt"] == distributed["StartAt"]
    assert inline["States"] == distributed["States"]


def test_both_maps_give_their_items_the_same_input_and_end_alike() -> None:
    inline, distributed = _map("Steps"), _map("ManySteps")
    for field in ("ItemsPath", "ItemSelector", "ResultPath", "Catch", "Next"):
        assert inline[field] == distributed[field], field
    assert inline["ResultPath"] is None, "results would count against the limit of a state's size"


@pytest.mark.parametrize("name", ["Steps", "ManySteps"])
def test_nobody_polls(name: str) -> None:
    states = _map(name)["ItemProcessor"]["States"]
    assert {state["Type"] for state in states.values()} <= {"Task", "Choice", "Pass", "Map"}
    tasks = [state["Resource"] for state in states.values() if state["Type"] == "Task"]
    assert tasks == ["arn:aws:states:::sqs:sendMessage.waitForTaskToken"]
    assert "HeartbeatSeconds" not in states["EnqueueStep"], "the lease in PostgreSQL is the heartbeat"


@pytest.mark.parametrize("name", ["Steps", "ManySteps"])
def test_a_tick_takes_as_many_events_of_the_history_as_plans_are_reckoned_with(name: str) -> None:
    """On the way back to the next tick, and on the way out."""
    events = {"Task": 6, "Choice": 2, "Pass": 2}
    states = _map(name)["ItemProcessor"]["States"]
    choice = states["Branch"]["Choices"][0]
    for way in (["EnqueueStep", "Branch", choice["Next"]], ["EnqueueStep", "Branch", states["Branch"]["Default"]]):
        assert sum(events[states[state]["Type"]] for state in way) == EVENTS_PER_TICK
    assert states[choice["Next"]]["Next"] == "EnqueueStep"


@pytest.mark.parametrize("name", ["Steps", "ManySteps"])
def test_an_items_branch_is_the_steps_own_but_that_it_does_not_expand_again(name: str) -> None:
    processor = _map(name)["ItemProcessor"]
    own, items = processor["States"], processor["States"]["Items"]
    assert items["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    inner = items["ItemProcessor"]["States"]
    expand = {"Variable": "$.answer.next", "StringEquals": "expand", "Next": "Items"}
    assert own["Branch"]["Choices"] == [*inner["Branch"]["Choices"], expand]
    assert {name: state for name, state in inner.items() if name != "Branch"} == {
        name: state for name, state in own.items() if name not in {"Branch", "Items"}
    }
    assert items["ItemSelector"] == _map(name)["ItemSelector"]
    assert (items["ResultPath"], items["Next"]) == (None, "NextTick")


@pytest.mark.parametrize("name", ["Steps", "ManySteps"])
def test_a_step_that_expands_takes_no_more_events_than_plans_are_reckoned_with(name: str) -> None:
    """Its first tick without the state that follows, the Map (its own four, two of its Map Run), and a second tick."""
    states = _map(name)["ItemProcessor"]["States"]
    first, of_the_map, back = 6 + 2, 4 + 2, 2
    assert states["Items"]["Next"] == "NextTick"
    assert first + of_the_map + back + EVENTS_PER_TICK <= EVENTS_PER_EXPANSION
