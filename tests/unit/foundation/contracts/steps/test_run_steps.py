"""What a step that starts a run refuses, and where."""

from typing import Any

import pytest

from foundation.contracts.steps.run import RunStep


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({}, None),
        ({"input": "${item}"}, None),
        ({"input": {"text": "a ${item}"}}, None),
        ({"input": "plain"}, "/steps/3/input"),
        ({"input": "a ${item}"}, "/steps/3/input"),
        ({"task": "${input.task}"}, "/steps/3/task"),
        ({"resources": {"browser": 1}}, "/steps/3/resources"),
    ],
)
def test_a_step_that_starts_a_run(changed: dict[str, Any], pointer: str | None) -> None:
    step = RunStep.model_validate({"name": "below", "kind": "run", "task": "other", **changed})
    assert [fault.pointer for fault in step.faults(("steps", 3))] == ([] if pointer is None else [pointer])


def test_its_own_clock_is_that_of_starting_alone() -> None:
    step = RunStep.model_validate({"name": "below", "kind": "run", "task": "other", "timeout_seconds": 7})
    longer = RunStep.model_validate({"name": "below", "kind": "run", "task": "other", "timeout_seconds": 100_000})
    assert step.clock_seconds == 7
    assert 7 < longer.clock_seconds < 100_000
