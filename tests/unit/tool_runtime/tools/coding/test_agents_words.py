"""What coding agents write, line by line, as the program around them reads it; it may be anything."""

from typing import Any

import pytest

from tool_runtime.tools.programs.code_agent import claude_code, codex, main
from tool_runtime.tools.programs.code_agent.agents import Heard


def claude(*events: dict[str, Any]) -> Heard:
    heard = Heard()
    for event in events:
        claude_code.hear(event, heard)
    return heard


def of_codex(*events: dict[str, Any]) -> Heard:
    heard = Heard()
    for event in events:
        codex.hear(event, heard)
    return heard


def said(text: str) -> dict[str, Any]:
    return {"type": "assistant", "message": {"content": [{"type": "text", "text": text}]}}


def test_claude_code_says_what_it_does_and_how_it_ended() -> None:
    uses = {"type": "tool_use", "name": "Bash", "input": {"command": "make\n  test"}}
    heard = claude(
        {"type": "system", "subtype": "init"},
        said("I look."),
        {"type": "assistant", "message": {"content": [uses]}},
        {"type": "result", "subtype": "success", "is_error": False, "result": "Done."},
    )
    assert heard.take_lines() == ["says: I look.", "Bash: make test"]
    assert (heard.answer, heard.failure, heard.has_ended) == ("Done.", None, True)
    assert heard.take_lines() == []


@pytest.mark.parametrize(
    ("result", "failure"),
    [
        ({"subtype": "success", "is_error": True, "result": "API Error: 402"}, "API Error: 402"),
        ({"subtype": "error_during_execution"}, "error_during_execution"),
    ],
)
def test_claude_code_may_fail(result: dict[str, Any], failure: str) -> None:
    heard = claude({"type": "result", **result})
    assert (heard.answer, heard.failure, heard.has_ended) == (None, failure, True)


def test_codex_says_what_it_does_and_how_it_ended() -> None:
    heard = of_codex(
        {"type": "thread.started", "thread_id": "1"},
        {"type": "item.started", "item": {"type": "command_execution", "command": "make test"}},
        {"type": "item.completed", "item": {"type": "command_execution", "command": "make test"}},
        {"type": "item.completed", "item": {"type": "file_change", "changes": [{"path": "a.py"}, {"path": "b.py"}]}},
        {"type": "item.completed", "item": {"type": "agent_message", "text": "Done."}},
        {"type": "turn.completed", "usage": {}},
    )
    assert heard.take_lines() == ["runs: make test", "edits: a.py, b.py", "says: Done."]
    assert (heard.answer, heard.failure, heard.has_ended) == ("Done.", None, True)


def test_codex_may_fail_and_may_get_over_an_error() -> None:
    assert of_codex({"type": "turn.failed", "error": {"message": "402"}}).failure == "402"
    assert of_codex({"type": "error", "message": "busy"}).failure == "busy"
    assert of_codex({"type": "error", "message": "busy"}, {"type": "turn.completed"}).failure is None


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": 1},
        {"type": "assistant"},
        {"type": "assistant", "message": {"content": "text"}},
        {"type": "assistant", "message": {"content": [1, {"type": "text"}, {"type": "tool_use", "input": [1]}]}},
        {"type": "result", "result": [1], "subtype": 7},
        {"type": "item.completed", "item": {"type": "agent_message", "text": 7}},
        {"type": "item.completed", "item": {"type": "file_change", "changes": {"a": 1}}},
        {"type": "turn.failed"},
    ],
)
def test_what_is_in_no_form_of_theirs_breaks_nothing(event: dict[str, Any]) -> None:
    claude(event)
    of_codex(event)


def test_a_long_line_is_cut_for_people() -> None:
    [line] = claude(said("word " * 1000)).take_lines()
    assert len(line) < 320
    assert line.endswith(" […]")


_REFUSED = '{"error": "egress_denied", "reason": "too_many_model_calls", "detail": "may call models 3 times"}'


@pytest.mark.parametrize(
    "words",
    [f"Failed to authenticate. API Error: 403 {_REFUSED}", "API Error: 402 the budget is spent", "API Error: 403 no"],
)
def test_what_an_agent_says_of_its_end_is_only_told(words: str) -> None:
    assert main._failure(None, Heard(failure=words)) == {"code": "agent_failed", "detail": words}
