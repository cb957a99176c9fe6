"""Which tools an agent may be given, and which rules people may approve its calls by."""

from typing import Any

import pytest

from foundation.contracts.definition import TaskDefinition, definition_faults
from foundation.contracts.steps.agent import AgentStep
from foundation.domain.states import ExpiryPolicy


def definition(*tools: Any) -> TaskDefinition:
    step = {"name": "first", "kind": "agent", "instructions": "Go.", "tools": list(tools)}
    return TaskDefinition.model_validate({"name": "task", "steps": [step]})


def faults(*tools: Any) -> list[tuple[str, str]]:
    made = definition(*tools)
    assert TaskDefinition.model_validate(made.model_dump(mode="json")) == made
    return [(fault.pointer, fault.detail) for fault in definition_faults(made)]


@pytest.mark.parametrize(
    "approve",
    [
        None,
        "always",
        "${contains(call.arguments.code, 'open(')}",
        "${input.careful}",
        {},
        {"when": "${call.tool == 'code.python'}", "message": "Run ${call.arguments.code}?", "roles": ["admin"]},
    ],
)
def test_a_tool_may_ask_always_for_some_calls_or_by_a_rule(approve: Any) -> None:
    assert faults({"name": "code.python", "approve": approve}) == []


def test_what_is_short_is_a_rule_too() -> None:
    [step] = definition({"name": "code.python", "approve": "${input.careful}"}).steps
    assert isinstance(step, AgentStep)
    rule = step.approval_rules()["code.python"]
    assert (rule.when, rule.on_expiry, step.tool_names) == ("${input.careful}", ExpiryPolicy.FAIL, ["code.python"])
    [plain] = definition("code.python").steps
    assert isinstance(plain, AgentStep)
    assert plain.approval_rules() == {}


@pytest.mark.parametrize(
    ("approve", "place"),
    [
        ("sometimes", ""),
        ("${calls}", ""),
        ("${steps.other.output}", ""),
        ({"when": "yes"}, "/when"),
        ({"roles": ["viewer"]}, "/roles/0"),
        ({"message": "${turn}"}, "/message"),
    ],
)
def test_a_rule_that_nobody_could_follow_is_refused_with_its_place(approve: Any, place: str) -> None:
    [(pointer, _)] = faults({"name": "code.python", "approve": approve})
    assert pointer == f"/steps/0/tools/0/approve{place}"


def test_a_tool_is_given_once() -> None:
    assert faults("code.python", {"name": "code.python", "approve": "always"}) == [
        ("/steps/0/tools/1", "'code.python' is named twice")
    ]


@pytest.mark.parametrize("tool", [{"name": "nothing"}, {"approve": "always"}, {"name": "code.python", "ask": "always"}])
def test_what_is_no_tool_is_refused(tool: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="tools"):
        definition(tool)
