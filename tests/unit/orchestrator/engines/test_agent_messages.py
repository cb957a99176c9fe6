"""The messages of an agent's conversation: what a provider is sent, and what is read from them afterwards."""

import json
from typing import Any

import pytest

from orchestrator.engines.agent import messages

CALL: dict[str, Any] = {
    "id": "call-1",
    "type": "function",
    "function": {"name": "code_python", "arguments": '{"code": "1"}'},
}
USER = {"role": "user", "content": "How many?"}
CALLS = {"role": "assistant", "content": None, "tool_calls": [CALL], "finish_reason": "tool_calls"}


def answered(**document: Any) -> dict[str, Any]:
    return messages.tool_message(CALL, {"status": "SUCCEEDED", **document})


def test_a_provider_is_sent_nothing_of_our_own() -> None:
    told = answered(files=[{"name": "a"}], workspace={"id": "w"})
    assert set(told) > {"files", "status", "workspace"}
    assert set(messages.wire(told)) == {"role", "tool_call_id", "content"}
    assert messages.wire(USER) == USER


def test_a_call_says_its_name_and_its_arguments() -> None:
    assert messages.name_called(CALL) == "code_python"
    assert messages.name_called({}) == ""
    assert messages.tool_arguments(CALL) == {"code": "1"}
    assert messages.tool_arguments({"function": {"arguments": ""}}) == {}


@pytest.mark.parametrize(
    ("written", "said"),
    [("{", "the arguments cannot be read"), ("[1]", "must be a JSON object"), ("1", "must be a JSON object")],
)
def test_arguments_that_are_none_are_told_as_a_text(written: str, said: str) -> None:
    found = messages.tool_arguments({"function": {"arguments": written}})
    assert isinstance(found, str)
    assert said in found


def test_the_answer_to_a_call_names_it_and_keeps_what_the_engine_reads() -> None:
    told = answered(result=3, files=[{"name": "a"}])
    assert (told["role"], told["tool_call_id"], told["status"]) == ("tool", "call-1", "SUCCEEDED")
    assert told["files"] == [{"name": "a"}]
    assert "workspace" not in told
    assert json.loads(told["content"])["result"] == 3


def test_a_refusal_says_why() -> None:
    told = messages.refusal(CALL, "there is no such tool", correction=True)
    assert (told["status"], told["correction"]) == ("REFUSED", True)
    assert json.loads(told["content"]) == {"status": "REFUSED", "detail": "there is no such tool"}


def test_of_files_of_one_name_the_later_one_counts() -> None:
    first, second = (
        answered(files=[{"name": "a", "id": 1}, {"name": "b", "id": 2}]),
        answered(files=[{"name": "a", "id": 3}]),
    )
    assert messages.files_of([USER, first, second]) == [{"name": "a", "id": 3}, {"name": "b", "id": 2}]


def test_the_workspace_is_the_one_of_the_last_call_that_kept_one() -> None:
    kept = [answered(workspace={"id": 1}), answered(workspace={"id": 2}), answered(), USER]
    assert messages.left_by(kept) == messages.LeftWorkspace({"id": 2})
    assert messages.left_by([USER]) == messages.LeftWorkspace()


def test_a_workspace_that_could_not_be_kept_takes_the_place_of_those_before_it() -> None:
    lost = messages.tool_message(CALL, {"status": "SUCCEEDED"}, lost="not kept: too large")
    said = [answered(workspace={"id": 1}), lost, answered(), USER]
    assert messages.left_by(said) == messages.LeftWorkspace(is_lost=True)
    assert messages.left_by([*said, answered(workspace={"id": 3})]) == messages.LeftWorkspace({"id": 3})
    assert messages.lost_in(said) == [{"path": "workspace", "reason": "not kept: too large"}]
    assert set(messages.wire(lost)) == {"role", "tool_call_id", "content"}


def test_corrections_are_counted() -> None:
    assert messages.corrections_in([USER, messages.refusal(CALL, "no", correction=True), answered()]) == 1


def test_the_last_answer_is_the_models_with_what_follows_it() -> None:
    earlier = {"role": "assistant", "content": "Let me see."}
    told = answered()
    assert messages.last_answer([USER, earlier, CALLS, told]) == (CALLS, [told])
    assert messages.last_answer([USER, CALLS, told, earlier]) == (earlier, [])


def test_the_last_text_is_what_the_model_said_last_in_words() -> None:
    said = {"role": "assistant", "content": "Let me see."}
    assert messages.last_text([USER, {**said, "content": "First."}, said, CALLS, answered()]) == "Let me see."
    assert messages.last_text([USER, CALLS]) == ""


def test_the_function_that_ends_a_step_has_the_form_that_the_step_asks_for() -> None:
    schema = {"type": "object", "properties": {"count": {"type": "integer"}}}
    made = messages.finish_function(schema)
    assert made["type"] == "function"
    assert made["function"]["name"] == messages.FINISH
    assert made["function"]["parameters"] == schema
