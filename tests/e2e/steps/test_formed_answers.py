"""Answers of a form that a step asks for, and agents that stop by a condition, with models behind the real gateway."""

from typing import Any

import pytest

from fixtures.running.agent_runs import uploaded
from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

SCHEMA = {
    "type": "object",
    "properties": {"rows": {"type": "integer", "minimum": 1}, "unit": {"enum": ["penguins"]}},
    "required": ["rows", "unit"],
}


def test_a_model_step_gives_the_data_that_its_schema_asks_for(member: Member) -> None:
    steps: list[dict[str, Any]] = [
        {"name": "count", "kind": "llm", "prompt": "How many?", "output": {"schema": SCHEMA}},
        {"name": "tell", "kind": "noop", "needs": ["count"], "when": "${steps.count.output.data.rows >= `1`}"},
    ]
    ended = member.ended(member.start({"steps": steps})["id"])
    assert ended["status"] == "COMPLETED", ended
    timeline = member.steps(ended["id"])
    assert timeline["count"]["output"]["data"] == {"rows": 1, "unit": "penguins"}
    assert timeline["tell"]["status"] == "SUCCESS"


def test_an_agent_that_never_gives_the_form_fails_and_keeps_what_it_said(member: Member) -> None:
    step = {"name": "count", "kind": "agent", "instructions": "Count.", "output": {"schema": SCHEMA, "corrections": 1}}
    ended = member.ended(member.start({"steps": [step]})["id"])
    [failure] = ended["error"]["failures"]
    assert failure["code"] == "output_invalid"
    count = member.steps(ended["id"])["count"]
    assert count["output"]["text"].startswith("This is a simulated answer to: the answer is not JSON")


def test_an_agent_stops_after_the_turn_in_which_its_tool_has_succeeded(member: Member) -> None:
    step = {
        "name": "explore",
        "kind": "agent",
        "model": "penguins-agent",
        "instructions": "Explore.",
        "tools": ["code.python"],
        "files": "${input.files}",
        "stop_when": ["${turn > `5`}", {"tool": "code.python"}],
    }
    ended = member.ended(member.start({"steps": [step]}, input={"files": [uploaded(member)]})["id"])
    assert ended["status"] == "COMPLETED", ended
    output = ended["output"]["explore"]
    assert (output["text"], output["finish_reason"], output["stopped_by"]) == ("First the columns.", "stop_when", 1)
    assert member.steps(ended["id"])["explore"]["turn"] == 1
