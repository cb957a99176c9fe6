"""A call that acts once and would be made again although it may have acted is told when the task is made."""

from typing import Any

import pytest

from control_plane.definitions.analysis.repeats import repeat_warnings
from control_plane.definitions.tasks.reading import read_definition

POST = {"method": "POST", "url": "https://a.example.com/x"}


def told(arguments: dict[str, Any], *on: str, tool: str = "http", attempts: int = 3, **more: Any) -> list[str]:
    egress = more.pop("egress", ["a.example.com"])
    retry = {"retry": {"attempts": attempts, "on": [*on]}} if on else {}
    step = {"name": "a", "kind": "tool", "tool": tool, "arguments": arguments, **retry, **more}
    return [one.pointer for one in repeat_warnings(read_definition({"name": "t", "steps": [step], "egress": egress}))]


@pytest.mark.parametrize("cause", ["timed_out", "connection_failed", "exit_code", "wall_time"])
def test_a_post_that_is_sent_again_although_it_may_have_been_heeded_is_told(cause: str) -> None:
    assert told(POST, "transient", cause) == ["/steps/0/retry/on/1"]
    step = {"name": "a", "kind": "tool", "tool": "http", "arguments": POST, "retry": {"on": [cause]}}
    definition = read_definition({"name": "t", "steps": [step], "egress": ["a.example.com"]})
    [warning] = repeat_warnings(definition)
    assert f"after {cause} it may have acted already" in warning.detail
    assert "effect: keyed" in warning.detail


@pytest.mark.parametrize("cause", ["egress_denied", "certificate", "transient"])
def test_what_was_not_heeded_may_be_sent_again(cause: str) -> None:
    assert told(POST, cause) == []


def test_what_may_be_repeated_is_not_told() -> None:
    assert told({**POST, "method": "GET"}, "timed_out") == []
    assert told(POST, "timed_out", effect="keyed") == []
    assert told(POST, "timed_out", effect="pure") == []
    assert told(POST, "timed_out", attempts=1) == []
    assert told(POST) == []


def test_a_program_acts_once_where_it_reaches_something() -> None:
    assert told({"code": "1"}, "exit_code", tool="code.python") == ["/steps/0/retry/on/0"]
    assert told({"code": "1"}, "exit_code", tool="code.python", egress=[]) == []
    assert told({"code": "1"}, "exit_code", tool="code.python", effect="pure") == []
