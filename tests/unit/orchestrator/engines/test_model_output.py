"""The output of a model step: its text as it was said, and its JSON where that may be stored."""

from typing import Any

import pytest

from orchestrator.engines.agent.messages import tool_arguments
from orchestrator.engines.model_turns import finish_reason_of, output_of


@pytest.mark.parametrize(
    ("text", "data"),
    [('{"a": [1, null]}', {"a": [1, None]}), ("42", 42), ('"x"', "x"), ("null", None), ("plain", None)],
)
def test_data_is_the_json_that_the_whole_text_is(text: str, data: Any) -> None:
    assert output_of(text, []) == {"text": text, "data": data, "files": [], "finish_reason": None}


@pytest.mark.parametrize("text", ["NaN", "1e999", "-Infinity", "9" * 5000, "Hello {name}"])
def test_a_text_that_is_no_object_and_no_array_has_no_data_and_needs_no_word_of_it(text: str) -> None:
    assert output_of(text, []) == {"text": text, "data": None, "files": [], "finish_reason": None}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[" * 300 + "]" * 300, "nested deeper"),
        ('{"a": NaN}', "NaN"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('["\\ud800"]', "surrogate"),
        ('{"a": ', "malformed"),
    ],
)
def test_an_object_or_array_that_cannot_be_stored_says_why_there_is_no_data(text: str, word: str) -> None:
    output = output_of(text, [])
    assert (output["text"], output["data"]) == (text, None)
    assert word in output["data_error"]


@pytest.mark.parametrize("raw", ['{"a": NaN}', '{"a": 1, "a": 2}', "[" * 300, "[1]", '{"a": "\\u0000"}'])
def test_a_models_tool_arguments_that_cannot_be_taken_are_told_to_the_model(raw: str) -> None:
    assert isinstance(tool_arguments({"function": {"arguments": raw}}), str)


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"finish_reason": "length"}, "length"),
        ({"finish_reason": "stop"}, "stop"),
        ({}, None),
        ({"finish_reason": 5}, None),
    ],
)
def test_why_an_answer_ends_is_told_with_it(choice: dict[str, Any], told: str | None) -> None:
    reason = finish_reason_of({"choices": [choice]})
    assert output_of("This is a si", [], finish_reason=reason)["finish_reason"] == told
