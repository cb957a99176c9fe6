"""What `code.node` makes of its arguments."""

import json

import pytest
from pydantic import ValidationError

from foundation.contracts.tools.code_node import CODE_NODE
from foundation.domain.tools import ToolEffect
from tool_runtime.tools.registry import find_tool


def test_the_program_and_its_inputs_are_files_and_never_words_of_the_command() -> None:
    code = "console.log('--inspect=0.0.0.0:9229')"
    invocation = find_tool("code.node").invocation({"code": code, "inputs": {"a": "ä"}})
    assert dict(invocation.files) == {"main.js": code.encode(), "in/inputs.json": '{"a": "ä"}'.encode()}
    assert [word for word in invocation.argv if "inspect" in word] == []
    # Node would prepare for a proxy at its start, whether the program asks for anything or not.
    assert "NODE_USE_ENV_PROXY" not in invocation.env
    assert "NODE_OPTIONS" not in invocation.env


def test_inputs_that_are_null_are_there_and_inputs_that_are_not_given_are_not() -> None:
    given = find_tool("code.node").invocation({"code": "1", "inputs": None})
    assert json.loads(dict(given.files)["in/inputs.json"]) is None
    assert list(dict(find_tool("code.node").invocation({"code": "1"}).files)) == ["main.js"]


@pytest.mark.parametrize("arguments", [{}, {"code": ""}, {"code": 1}, {"code": "1", "argv": []}, {"code": "\0"}])
def test_what_is_no_program_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        find_tool("code.node").invocation(arguments)


def test_a_program_that_reaches_something_is_not_repeated() -> None:
    assert CODE_NODE.effect_of({}, reaches=False) is ToolEffect.PURE
    assert CODE_NODE.effect_of({}, reaches=True) is ToolEffect.ONCE
