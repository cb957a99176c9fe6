"""A definition that is wrong in one step is told of that step's own fault, whatever its kind is."""

from typing import Any

import pytest

from lockstep_client.generated.models import TaskDefinition

GOOD: list[dict[str, Any]] = [
    {"name": "a", "kind": "noop"},
    {"name": "b", "kind": "tool", "tool": "http", "arguments": {"url": "https://shop.example/"}},
    {"name": "c", "kind": "llm", "model": "m", "prompt": "hello"},
]


def test_steps_of_all_kinds_are_read() -> None:
    read = TaskDefinition.from_dict({"name": "t", "steps": GOOD})
    assert [type(step).__name__ for step in read.steps] == ["NoopStep", "ToolStep", "LlmStep"]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"name": "a", "kind": "tool"}, "'tool'"),
        ({"kind": "tool", "tool": "http"}, "'name'"),
        ({"name": "a", "kind": "robot"}, "kind must match const 'tool', got 'robot'"),
        ("noop", "another type is expected than str"),
    ],
)
def test_what_is_wrong_in_a_step_is_said_of_its_own_kind(step: object, words: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)) as raised:
        TaskDefinition.from_dict({"name": "t", "steps": [*GOOD, step]})
    assert words in str(raised.value)
    assert "const 'run', got 'tool'" not in str(raised.value)
