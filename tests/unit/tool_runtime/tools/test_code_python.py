"""What `code.python` makes of its arguments."""

import pytest
from pydantic import ValidationError

from foundation.domain.errors import NotFound
from foundation.domain.tools import ToolEffect
from tool_runtime.tools.registry import find_tool


def test_the_code_becomes_the_main_file_and_runs_in_an_environment_built_from_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    made = find_tool("code.python").invocation({"code": "print('é')", "timeout_seconds": 5})
    assert made.files == (("main.py", "print('é')".encode()),)
    assert made.argv[-1] == "/work/main.py"
    assert made.wall_seconds == 5
    assert "AWS_SECRET_ACCESS_KEY" not in made.env
    assert made.env["PATH"] == "/usr/bin:/bin"


def test_inputs_are_staged_as_json_and_the_program_is_left_as_it_is() -> None:
    code = "import json\nprint(f'${json.load(open(\"in/inputs.json\"))}', '$${x}')"
    made = find_tool("code.python").invocation({"code": code, "inputs": {"name": "O'Brien", "n": [1, None]}})
    assert made.files == (("main.py", code.encode()), ("in/inputs.json", b'{"name": "O\'Brien", "n": [1, null]}'))


def test_inputs_of_null_are_there_and_inputs_that_are_left_out_are_not() -> None:
    tool = find_tool("code.python")
    assert dict(tool.invocation({"code": "1", "inputs": None}).files)["in/inputs.json"] == b"null"
    assert dict(tool.invocation({"code": "1"}).files).keys() == {"main.py"}


def test_running_it_twice_changes_nothing_outside() -> None:
    assert find_tool("code.python").spec.effect is ToolEffect.PURE


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"code": ""},
        {"code": "x" * (256 * 1024 + 1)},
        {"code": "1", "shell": True},
        {"code": "1", "timeout_seconds": 0},
        {"code": "1", "timeout_seconds": "30"},
        {"code": "1", "timeout_seconds": None},
        {"code": "a\0b"},
        {"code": "1", "inputs": float("nan")},
        {"code": "1", "inputs": {"x": "\ud800"}},
    ],
)
def test_other_arguments_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        find_tool("code.python").invocation(arguments)


def test_a_tool_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(NotFound, match=r"no tool `shell`.*code\.python"):
        find_tool("shell")
