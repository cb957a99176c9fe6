"""What becomes of the arguments that a model writes for a tool."""

import pytest

from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.code_python import CODE_PYTHON
from orchestrator.engines.agent.messages import tool_arguments
from orchestrator.tools.files import StagedFile
from orchestrator.tools.tool_call import ToolCall, checked_arguments
from orchestrator.work import TickFailed


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('{"code": "1", "code": "2"}', "stands twice"),
        ('{"timeout_seconds": NaN}', "NaN"),
        ('{"code": "a\\u0000b"}', "U+0000"),
        ("[" * 300 + "]" * 300, "nested deeper"),
        ("{", "malformed JSON"),
        ("[]", "must be a JSON object"),
    ],
)
def test_what_cannot_be_read_is_told_to_the_model(written: str, words: str) -> None:
    told = tool_arguments({"function": {"arguments": written}})
    assert isinstance(told, str)
    assert words in told


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"code": ""}, "/arguments/code"),
        ({"code": "1", "timeout_seconds": "soon"}, "/arguments/timeout_seconds"),
        ({"code": "1", "timeout_seconds": 10**12}, "/arguments/timeout_seconds"),
        ({"code": "1", "files": []}, "/arguments/files"),
        ({"code": "1", "inputs": {"a": [float("inf")]}}, "/arguments/inputs/a/0"),
    ],
)
def test_a_call_that_no_tool_takes_is_refused_with_the_place(arguments: dict[str, object], place: str) -> None:
    call = ToolCall(tool="code.python", arguments=arguments, inputs=(), turn=0, call_id="1")
    with pytest.raises(TickFailed) as failed:
        checked_arguments(call, TOOLS[call.tool])
    assert failed.value.failure.code == "arguments_invalid"
    assert not failed.value.retryable
    assert place in failed.value.failure.detail


@pytest.mark.parametrize("name", ["inputs.json", "inputs.json/x"])
def test_a_file_cannot_lie_where_the_inputs_lie(name: str) -> None:
    staged = (StagedFile(name, "key", 1, "0" * 64),)
    with pytest.raises(TickFailed, match=r"inputs\.json.*another name"):
        checked_arguments(ToolCall("code.python", {"code": "1", "inputs": 1}, staged, turn=0, call_id="1"), CODE_PYTHON)
    assert checked_arguments(ToolCall("code.python", {"code": "1"}, staged, turn=0, call_id="1"), CODE_PYTHON)


def test_a_program_of_a_model_is_no_template() -> None:
    call = ToolCall("code.python", {"code": "print('${input.x')", "inputs": {"a": "${b"}}, (), turn=0, call_id="1")
    assert checked_arguments(call, TOOLS[call.tool]).timeout_seconds == 60


def test_a_model_is_shown_the_very_schema_that_is_checked() -> None:
    shown = TOOLS["code.python"].parameters
    assert shown["required"] == ["code"]
    assert shown["additionalProperties"] is False
    assert shown["properties"].keys() == {"code", "inputs", "wheels", "timeout_seconds"}
    seconds = shown["properties"]["timeout_seconds"]
    assert (seconds["type"], seconds["minimum"], seconds["maximum"], seconds["default"]) == ("integer", 1, 3600, 60)
