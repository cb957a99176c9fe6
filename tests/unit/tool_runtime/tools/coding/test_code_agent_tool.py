"""What a call of `code_agent` becomes: a command that has no key, and a session that is the same for the same call."""

import json
from typing import Any

import pytest

from foundation.contracts.gateway.job_access import PLACEHOLDER_KEY
from foundation.contracts.tools.code_agent import CODE_AGENT
from foundation.domain.tools import ToolEffect
from tool_runtime.tools.base import ModelCalls
from tool_runtime.tools.code_agent import CodeAgent
from tool_runtime.tools.programs.clock import SECONDS

ASKED: dict[str, Any] = {"agent": "claude_code", "model": "default", "instructions": "Mend it; $(reboot) `x`"}


def told(**other: Any) -> dict[str, Any]:
    [(name, content)] = CodeAgent().invocation({**ASKED, **other}).files
    assert name == "in/code_agent.json"
    found: dict[str, Any] = json.loads(content)
    return found


def test_what_it_is_asked_is_a_file_and_no_part_of_the_command() -> None:
    made = CodeAgent().invocation({**ASKED, "max_model_calls": 7, "timeout_seconds": 90})
    assert "reboot" not in " ".join([*made.argv, *made.env.values()])
    assert (made.wall_seconds, made.models, made.seconds_in) == (90, ModelCalls(ASKED["model"], 7), SECONDS)
    assert told()["instructions"] == ASKED["instructions"]
    assert told()["key"] == PLACEHOLDER_KEY
    assert told()["gateway"] == "https://llm.gateway.internal"


def test_the_same_call_is_the_same_session() -> None:
    assert told()["session"] == told(timeout_seconds=77)["session"]
    assert told()["session"] != told(instructions="Something else")["session"]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"agent": "aider"}, "/agent"),
        ({"instructions": ""}, "/instructions"),
        ({"model": "--dangerous"}, "/model"),
        ({"model": "a b"}, "/model"),
        ({"folder": "../up"}, "/folder"),
        ({"folder": "in/here"}, "/folder"),
        ({"url": "https://user:secret@git.example.com/a.git"}, "/url"),
        ({"url": "git@example.com:a.git"}, "/url"),
        ({"branch": "main"}, ""),
        ({"max_model_calls": 0}, "/max_model_calls"),
        ({"timeout_seconds": 5}, "/timeout_seconds"),
        ({"key": "mine"}, "/key"),
    ],
)
def test_what_it_does_not_take_is_refused_with_its_place(changed: dict[str, Any], pointer: str) -> None:
    [fault] = CODE_AGENT.faults({**ASKED, **changed})
    assert fault.pointer == pointer


def test_it_is_repeated_only_where_it_reaches_nothing() -> None:
    assert CODE_AGENT.effect_of(ASKED, reaches=False) is ToolEffect.PURE
    assert CODE_AGENT.effect_of(ASKED, reaches=True) is ToolEffect.ONCE
