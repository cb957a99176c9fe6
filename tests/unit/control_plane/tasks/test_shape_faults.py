"""Each fault of a definition's shape stands at a place that the definition has."""

from typing import Any

import pytest

from control_plane.tasks.service import read_definition
from foundation.domain.errors import InvalidDefinition

NOOP = {"name": "a", "kind": "noop"}
AGENT = {"name": "b", "kind": "agent", "instructions": "x"}


@pytest.mark.parametrize(
    ("steps", "pointer", "word"),
    [
        ([{**NOOP, "foo": 1}], "/steps/0/foo", ""),
        ([NOOP, {"name": "b", "kind": "llm"}], "/steps/1/prompt", "required"),
        ([{"name": "b", "kind": "llm", "prompt": "x", "max_tokens": 0}], "/steps/0/max_tokens", "1"),
        ([{"name": "b", "kind": "tool", "tool": "code.cobol"}], "/steps/0/tool", "code.cobol"),
        ([{"name": "b", "kind": "agent", "instructions": "x", "tools": ["no"]}], "/steps/0/tools/0", "no"),
        ([{"name": "b", "kind": "agent", "instructions": "x", "files": 7}], "/steps/0/files", ""),
        ([{**AGENT, "tools": [{"name": "no"}]}], "/steps/0/tools/0/name", "no"),
        ([{**AGENT, "tools": [{"name": "code.python", "approve": {"wen": "x"}}]}], "/steps/0/tools/0/approve/wen", ""),
        ([{**AGENT, "tools": [{"name": "code.python", "approve": 7}]}], "/steps/0/tools/0/approve", "string"),
        ([{**AGENT, "stop_when": [{"tool": "no"}]}], "/steps/0/stop_when/0/tool", "no"),
        ([{**AGENT, "stop_when": [7]}], "/steps/0/stop_when/0", "string"),
        ([{**AGENT, "output": {"schema": []}}], "/steps/0/output/schema", ""),
        ([{**AGENT, "output": {}}], "/steps/0/output/schema", "required"),
        ([{"name": "1", "kind": "noop"}], "/steps/0/name", ""),
        ([{"kind": "noop"}], "/steps/0/name", "required"),
        ([{"name": "a"}], "/steps/0", "noop, tool, llm, agent"),
        ([{"name": "a", "kind": "jump"}], "/steps/0/kind", "noop, tool, llm, agent"),
        ([7], "/steps/0", ""),
        ({}, "/steps", "array"),
    ],
)
def test_a_fault_stands_where_its_author_finds_it(steps: Any, pointer: str, word: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": "t", "steps": steps})
    assert {fault.pointer for fault in refused.value.faults} == {pointer}
    assert all(word in fault.detail for fault in refused.value.faults)


def test_a_fault_beside_the_steps_keeps_its_place() -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": "t", "steps": [NOOP], "budget": {"tokens": -1}, "colour": "red"})
    assert {fault.pointer for fault in refused.value.faults} == {"/budget/tokens", "/colour"}


@pytest.mark.parametrize("name", ["a\nb", "a\x7f", "a\u202eb", "a\u200fb", "\u206aa", "   ", "\u3000"])
def test_a_task_s_name_is_seen_as_it_is(name: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": name, "steps": [NOOP]})
    assert [fault.pointer for fault in refused.value.faults] == ["/name"]
