"""A definition says what running a tool twice would mean, and what follows when nobody knows what it did."""

from typing import Any

import pytest
from pydantic import ValidationError

from foundation.contracts.definition import TaskDefinition
from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.steps.base import MAX_RUN_SECONDS
from foundation.contracts.steps.tool import ToolStep
from foundation.domain.tools import ToolEffect, UnknownOutcomePolicy

TOOL: dict[str, Any] = {"name": "send", "kind": "tool", "tool": "code.python", "arguments": {"code": "1"}}


def test_a_tool_step_leaves_both_to_the_tool_and_the_task() -> None:
    step = ToolStep.model_validate(TOOL)
    assert (step.effect, step.on_unknown_outcome) == (None, None)
    task = TaskDefinition.model_validate({"name": "task", "steps": [TOOL]})
    assert task.on_unknown_outcome is UnknownOutcomePolicy.ASK


@pytest.mark.parametrize("effect", ToolEffect)
@pytest.mark.parametrize("policy", UnknownOutcomePolicy)
def test_a_tool_step_may_say_both(effect: ToolEffect, policy: UnknownOutcomePolicy) -> None:
    step = ToolStep.model_validate({**TOOL, "effect": effect.value, "on_unknown_outcome": policy.value})
    assert (step.effect, step.on_unknown_outcome) == (effect, policy)


def test_an_agent_may_say_it_of_each_of_its_tools() -> None:
    agent = {"name": "look", "kind": "agent", "instructions": "Look.", "tools": [{"name": "code.python"}]}
    assert AgentStep.model_validate(agent).effects() == {}
    told = AgentStep.model_validate({**agent, "tools": [{"name": "code.python", "effect": "once"}]})
    assert told.effects() == {"code.python": ToolEffect.ONCE}
    assert told.approval_rules() == {}


@pytest.mark.parametrize("wrong", [{"effect": "twice"}, {"on_unknown_outcome": "hope"}])
def test_any_other_word_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ToolStep.model_validate({**TOOL, **wrong})


def test_a_crew_may_say_it_of_the_tools_of_each_agent_and_may_then_be_in_doubt() -> None:
    agent = {"name": "a", "role": "Sender", "goal": "Send."}
    work = {"name": "t", "description": "Send.", "expected_output": "Sent.", "agent": "a"}
    crew = {"name": "team", "kind": "crew", "tasks": [work]}
    once = {**crew, "agents": [{**agent, "tools": [{"name": "code.python", "effect": "once"}]}]}
    pure = {**crew, "agents": [{**agent, "tools": ["code.python"]}]}
    for steps, waits in (([once], {"team": MAX_RUN_SECONDS}), ([pure], {})):
        assert TaskDefinition.model_validate({"name": "task", "steps": steps}).waits() == waits
    decided = TaskDefinition.model_validate({"name": "task", "on_unknown_outcome": "fail", "steps": [once]})
    assert decided.waits() == {}
