"""What a fork changes is checked like a definition, and each fault is told at its place in the request."""

from typing import Any

import pytest

from control_plane.execution.reruns.overrides import check_overrides
from foundation.contracts.definition import TaskDefinition
from foundation.domain.errors import InvalidDefinition

DEFINITION = TaskDefinition.model_validate(
    {
        "name": "brief",
        "budget": {"cost_usd": "1.50"},
        "steps": [
            {"name": "gather", "kind": "tool", "tool": "code.python", "arguments": {"code": "1"}},
            {"name": "write", "kind": "llm", "prompt": "${steps.gather.output.stdout}", "needs": ["gather"]},
            {"name": "beside", "kind": "noop"},
        ],
    }
)
ALL = {"gather", "write", "beside"}


@pytest.mark.parametrize(
    "overrides",
    [{}, {"write": {"model": "fast", "prompt": "Again: ${input.topic}"}}, {"gather": {"arguments": {"code": "2"}}}],
)
def test_what_a_definition_may_say_is_accepted(overrides: dict[str, Any]) -> None:
    check_overrides(DEFINITION, overrides, running=ALL)


@pytest.mark.parametrize(
    ("overrides", "pointer", "word"),
    [
        ({"nowhere": {"prompt": "x"}}, "/body/overrides/nowhere", "no step"),
        ({"gather": {"prompt": "x"}}, "/body/overrides/gather/prompt", "not known here"),
        ({"write": {"model": ""}}, "/body/overrides/write/model", "at least 1"),
        ({"write": {"prompt": "${steps.beside.output}"}}, "/body/overrides/write/prompt", "'beside'"),
        ({"write": {"prompt": "${input."}}, "/body/overrides/write/prompt", ""),
        ({"gather": {"arguments": {}}}, "/body/overrides/gather/arguments", "'code'"),
    ],
)
def test_a_fault_is_told_at_its_place(overrides: dict[str, Any], pointer: str, word: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        check_overrides(DEFINITION, overrides, running=ALL)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert word in refused.value.faults[0].detail


def test_a_step_that_is_taken_over_cannot_be_changed() -> None:
    with pytest.raises(InvalidDefinition) as refused:
        check_overrides(DEFINITION, {"gather": {"arguments": {"code": "2"}}}, running={"write"})
    [fault] = refused.value.faults
    assert (fault.pointer, "does not run" in fault.detail) == ("/body/overrides/gather", True)
