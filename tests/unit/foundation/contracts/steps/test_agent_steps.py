"""Which agents and which forms of their answers a definition may describe."""

from typing import Any

import pytest

from foundation.contracts.definition import TaskDefinition, definition_faults

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}, "id": {"pattern": "^[a-z]${1}"}}}


def faults(kind: str = "agent", **members: Any) -> list[tuple[str, str]]:
    own = {"instructions": "Go.", "tools": ["code.python"]} if kind == "agent" else {"prompt": "Go."}
    step = {"name": "first", "kind": kind, **own, **members}
    definition = TaskDefinition.model_validate({"name": "task", "steps": [step]})
    again = TaskDefinition.model_validate(definition.model_dump(mode="json"))
    assert again == definition, "a definition is stored, and read again as it was"
    return [(fault.pointer, fault.detail) for fault in definition_faults(definition)]


@pytest.mark.parametrize("kind", ["agent", "llm"])
def test_a_form_is_a_schema_whose_texts_are_its_own(kind: str) -> None:
    assert faults(kind, output={"schema": SCHEMA}) == []
    [(pointer, _)] = faults(kind, output={"schema": {**SCHEMA, "properties": {"n": {"typ": "integer"}}}})
    assert pointer == "/steps/0/output/schema/properties/n/typ"


@pytest.mark.parametrize("corrections", [-1, 6, "2", 1.5])
def test_corrections_are_few(corrections: Any) -> None:
    with pytest.raises(ValueError, match="corrections"):
        faults(output={"schema": SCHEMA, "corrections": corrections})


def test_a_condition_is_one_expression_over_turns_and_calls_or_names_a_tool_of_the_agent() -> None:
    fine = ["${turn > `2`}", "${calls[?status == 'FAILED'] | length(@) > `1`}", {"tool": "code.python"}]
    assert faults(stop_when=fine) == []
    assert [pointer for pointer, _ in faults(stop_when=["turn > 2", "${turns}", "${steps.other.output}"])] == [
        "/steps/0/stop_when/0", "/steps/0/stop_when/1", "/steps/0/stop_when/2",
    ]  # fmt: skip
    assert faults(stop_when=[{"tool": "code.python"}], tools=[]) == [
        ("/steps/0/stop_when/0/tool", "the agent has no tool 'code.python'")
    ]


def test_an_agent_that_gives_an_answer_of_a_form_does_not_stop_before() -> None:
    [(pointer, _)] = faults(output={"schema": SCHEMA}, stop_when=["${turn > `2`}"])
    assert pointer == "/steps/0/stop_when"


def test_what_conditions_read_is_not_there_elsewhere() -> None:
    [(pointer, _)] = faults(prompt="${turn}")
    assert pointer == "/steps/0/prompt"
