"""Each fault of a definition's shape stands at a place that the definition has."""

from typing import Any

import pytest

from control_plane.definitions.tasks.reading import read_definition
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
        ([{**AGENT, "tools": [{"name": "code.python", "approve": 7}]}], "/steps/0/tools/0/approve", "text"),
        ([{**AGENT, "stop_when": [{"tool": "no"}]}], "/steps/0/stop_when/0/tool", "no"),
        ([{**AGENT, "stop_when": [7]}], "/steps/0/stop_when/0", "text"),
        ([{**AGENT, "output": {"schema": []}}], "/steps/0/output/schema", ""),
        ([{**AGENT, "output": {}}], "/steps/0/output/schema", "required"),
        ([{**NOOP, "when": 7}], "/steps/0/when", "written as a text"),
        ([{**NOOP, "foreach": [1]}], "/steps/0/foreach", "written as a text"),
        ([{"name": "1", "kind": "noop"}], "/steps/0/name", ""),
        ([{"kind": "noop"}], "/steps/0/name", "required"),
        ([{"name": "a"}], "/steps/0", "noop, tool, llm, agent"),
        ([{"name": "a", "kind": "jump"}], "/steps/0/kind", "noop, tool, llm, agent"),
        ([7], "/steps/0", ""),
        ({}, "/steps", "list"),
    ],
)
def test_a_fault_stands_where_its_author_finds_it(steps: Any, pointer: str, word: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": "t", "steps": steps})
    assert {fault.pointer for fault in refused.value.faults} == {pointer}
    assert all(word in fault.detail for fault in refused.value.faults)


def test_of_a_list_that_may_be_a_text_the_place_in_the_list_is_told_too() -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": "t", "steps": [{**AGENT, "files": [7]}]})
    assert {fault.pointer for fault in refused.value.faults} == {"/steps/0/files", "/steps/0/files/0"}


def test_a_fault_beside_the_steps_keeps_its_place() -> None:
    beside = {
        "budget": {"tokens": -1},
        "colour": "red",
        "secrets": [{"name": "A", "host": "a.example", "header": "host"}],
    }
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": "t", "steps": [NOOP], **beside})
    places = {"/budget/tokens", "/colour", "/secrets/0/name", "/secrets/0/header"}
    assert {fault.pointer for fault in refused.value.faults} == places


@pytest.mark.parametrize("name", ["a\nb", "a\x7f", "a\u202eb", "a\u200fb", "\u206aa", "   ", "\u3000"])
def test_a_task_s_name_is_seen_as_it_is(name: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": name, "steps": [NOOP]})
    assert [fault.pointer for fault in refused.value.faults] == ["/name"]


def test_all_faults_are_told_at_once_whatever_finds_them() -> None:
    """One step cannot be read, the graph is wrong, an expression too, and so is a budget: nobody asks four times."""
    steps = [
        {"name": "a", "kind": "llm", "max_tokens": 0},
        {"name": "b", "kind": "noop", "needs": ["nobody", "a"], "when": "${steps.c.output}"},
        {"name": "b", "kind": "noop", "when": "yes"},
    ]
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": "t\x7f", "steps": steps, "budget": {"tokens": -1}})
    assert {fault.pointer for fault in refused.value.faults} == {
        "/name",
        "/budget/tokens",
        "/steps/0/max_tokens",
        "/steps/0/prompt",
        "/steps/1/needs/0",
        "/steps/1/when",
        "/steps/2/name",
        "/steps/2/when",
    }


def test_what_stands_in_for_a_step_that_cannot_be_read_is_not_judged() -> None:
    steps = [{"name": "a", "kind": "jump", "needs": ["nobody"]}, {"name": "c", "kind": "noop", "needs": ["a"]}]
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": "t", "steps": steps})
    assert [fault.pointer for fault in refused.value.faults] == ["/steps/0/kind"]
