"""A Responses request keeps its meaning in both other dialects, or is refused by the place that would lose it."""

from typing import Any

import pytest

from fixtures.translation import vendor_shapes
from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import BadRequest
from llm_gateway.translation.base import Translation, Untranslatable
from llm_gateway.translation.registry import translation
from llm_gateway.translation.responses_to_chat.translation import ResponsesToChat

USER = {"role": "user", "content": "How many penguins?"}
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
PICTURE = {"type": "input_image", "detail": "auto", "image_url": "https://example.org/penguin.jpg"}
SHOWN = {"type": "image_url", "image_url": {"url": "https://example.org/penguin.jpg"}}
COUNT = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "count", "arguments": '{"of":"seals"}'}
NOW = {"type": "function_call", "call_id": "call_2", "name": "now", "arguments": "{}"}


def a_call(*items: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "input": list(items) or "How many penguins?", **more}


def asked(*items: Any, **more: Any) -> dict[str, Any]:
    return vendor_shapes.chat_request(ResponsesToChat().request(a_call(*items, **more)))


def chained() -> Translation:
    found = translation(Dialect.RESPONSES, Dialect.MESSAGES)
    assert found is not None
    return found


def faults_of(through: Translation, *items: Any, **more: Any) -> list[str]:
    with pytest.raises(Untranslatable) as refused:
        through.request(a_call(*items, **more))
    return [fault.pointer for fault in refused.value.faults]


def test_the_least_request_asks_for_nothing_else() -> None:
    assert asked() == {"model": "m", "messages": [USER]}


def test_a_stream_of_responses_always_tells_its_usage() -> None:
    told = asked(stream=True, stream_options={"include_obfuscation": False})
    assert (told["stream"], told["stream_options"]) == (True, {"include_usage": True})


def test_instructions_come_first_and_developers_speak_as_the_system() -> None:
    developer = {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "Be kind."}]}
    assert asked(developer, USER, instructions="Be brief.")["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "system", "content": [{"type": "text", "text": "Be kind."}]},
        USER,
    ]


def test_an_output_may_come_back_as_it_was_given() -> None:
    said = {"type": "output_text", "text": "Let me see.", "annotations": [], "logprobs": []}
    items = [
        USER,
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]},
        {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [said]},
        COUNT,
        NOW,
        {"type": "function_call_output", "call_id": "call_1", "output": "344"},
        {"type": "function_call_output", "call_id": "call_2", "output": [{"type": "input_text", "text": "noon"}]},
    ]
    assert asked(*items)["messages"][1:] == [
        {
            "role": "assistant",
            "content": [{"type": "text", "text": "Let me see."}],
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "count", "arguments": '{"of":"seals"}'}},
                {"id": "call_2", "type": "function", "function": {"name": "now", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "344"},
        {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": "noon"}]},
    ]


def test_calls_without_words_are_a_message_of_their_own() -> None:
    [message] = asked(USER, NOW)["messages"][1:]
    assert (message["role"], message["content"], len(message["tool_calls"])) == ("assistant", None, 1)


def test_images_are_urls_and_those_of_results_come_when_all_results_are_told() -> None:
    results = [
        {"type": "function_call_output", "call_id": "call_1", "output": [PICTURE]},
        {"type": "function_call_output", "call_id": "call_2", "output": "noon"},
    ]
    shown = {"role": "user", "content": [SHOWN]}
    assert asked({"role": "user", "content": [PICTURE]})["messages"] == [shown]
    last = asked(USER, COUNT, NOW, *results)["messages"][2:]
    assert [message["role"] for message in last] == ["tool", "tool", "user"]
    assert last[-1] == shown
    assert asked(USER, COUNT, NOW, *results, USER)["messages"][-2:] == [shown, USER]


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("auto", "auto"),
        ("none", "none"),
        ("required", "required"),
        ({"type": "function", "name": "count"}, {"type": "function", "function": {"name": "count"}}),
    ],
)
def test_tools_and_the_choice_of_them_are_the_same(choice: Any, told: Any) -> None:
    tools = [
        {"type": "function", "name": "count", "description": "Counts", "parameters": SCHEMA, "strict": True},
        {"type": "function", "name": "now", "parameters": None, "strict": None},
    ]
    found = asked(tools=tools, tool_choice=choice, parallel_tool_calls=False)
    assert found["tools"] == [
        {
            "type": "function",
            "function": {"name": "count", "description": "Counts", "parameters": SCHEMA, "strict": True},
        },
        {"type": "function", "function": {"name": "now"}},
    ]
    assert (found["tool_choice"], found["parallel_tool_calls"]) == (told, False)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"max_output_tokens": 9}, {"max_completion_tokens": 9}),
        ({"temperature": 1.5, "top_p": 0.3}, {"temperature": 1.5, "top_p": 0.3}),
        ({"user": "u", "metadata": {"k": "v"}}, {"user": "u", "metadata": {"k": "v"}}),
        ({"reasoning": {"effort": "high", "summary": "auto"}}, {"reasoning_effort": "high"}),
        ({"reasoning": {"mode": "standard", "context": "auto"}}, {}),
        ({"text": {"verbosity": "low"}}, {"verbosity": "low"}),
        ({"text": {"format": {"type": "text"}}}, {"response_format": {"type": "text"}}),
        ({"text": {"format": {"type": "json_object"}}}, {"response_format": {"type": "json_object"}}),
        (
            {"text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": True}}},
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "n", "schema": SCHEMA, "strict": True},
                }
            },
        ),
    ],
)
def test_what_has_a_word_there_is_said_with_it(more: dict[str, Any], told: dict[str, Any]) -> None:
    assert asked(**more) == asked() | told


@pytest.mark.parametrize(
    "more",
    [
        {"store": True},
        {"include": ["reasoning.encrypted_content"]},
        {"truncation": "disabled", "background": False, "top_logprobs": 0},
        {"service_tier": "auto"},
        {"previous_response_id": None},
    ],
)
def test_what_changes_nothing_is_dropped(more: dict[str, Any]) -> None:
    assert asked(**more) == asked()


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"previous_response_id": "resp_1"}, "/previous_response_id"),
        ({"conversation": "conv_1"}, "/conversation"),
        ({"background": True}, "/background"),
        ({"truncation": "auto"}, "/truncation"),
        ({"max_tool_calls": 3}, "/max_tool_calls"),
        ({"top_logprobs": 3}, "/top_logprobs"),
        ({"include": ["reasoning.encrypted_content", "message.output_text.logprobs"]}, "/include/1"),
        ({"reasoning": {"mode": "pro"}}, "/reasoning/mode"),
        ({"text": {"voice": "x"}}, "/text/voice"),
        ({"tools": [{"type": "web_search"}]}, "/tools/0/type"),
        ({"tools": [{"type": "function", "name": "f", "defer_loading": True}]}, "/tools/0/defer_loading"),
        ({"tool_choice": {"type": "mcp", "server_label": "s"}}, "/tool_choice"),
    ],
)
def test_what_has_no_word_there_is_refused_by_its_place(more: dict[str, Any], place: str) -> None:
    assert faults_of(ResponsesToChat(), **more) == [place]


@pytest.mark.parametrize(
    ("item", "place"),
    [
        ({"type": "item_reference", "id": "i"}, "type"),
        ({"role": "critic", "content": "x"}, "role"),
        ({"role": "user", "content": [{"type": "input_file", "file_id": "f"}]}, "content/0/type"),
        ({"role": "user", "content": [{"type": "input_image", "detail": "low", "file_id": "f"}]}, "content/0/type"),
        ({"type": "function_call_output", "call_id": "c", "output": [{"type": "input_file"}]}, "output/0/type"),
    ],
)
def test_what_an_item_would_lose_is_refused_by_its_place(item: dict[str, Any], place: str) -> None:
    assert faults_of(ResponsesToChat(), USER, item) == [f"/input/1/{place}"]


def test_messages_are_reached_through_chat_completions() -> None:
    tool = {"type": "function", "name": "count", "parameters": SCHEMA, "strict": True}
    body = a_call(
        USER,
        COUNT,
        {"type": "function_call_output", "call_id": "call_1", "output": "344"},
        instructions="Be brief.",
        tools=[tool],
        tool_choice="required",
        max_output_tokens=9,
        reasoning={"effort": "high"},
        stream=True,
    )
    assert vendor_shapes.messages_request(chained().request(body)) == {
        "model": "m",
        "stream": True,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "How many penguins?"}]},
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "call_1", "name": "count", "input": {"of": "seals"}}],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "344"}]},
        ],
        "tools": [{"name": "count", "input_schema": SCHEMA, "strict": True}],
        "tool_choice": {"type": "any"},
        "max_tokens": 9,
        "output_config": {"effort": "high"},
    }


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"temperature": 1.5}, "/temperature"),
        ({"text": {"format": {"type": "json_object"}}}, "/text/format"),
        ({"text": {"verbosity": "low"}}, "/text/verbosity"),
        ({"reasoning": {"effort": "utmost"}}, "/reasoning/effort"),
        ({"input": [{"role": "system", "content": "alone"}]}, "/input"),
    ],
)
def test_what_messages_would_lose_is_refused_by_the_callers_own_place(more: dict[str, Any], place: str) -> None:
    assert faults_of(chained(), **more) == [place]


@pytest.mark.parametrize("body", [{}, {"input": 1}, {"input": "x", "text": "y"}])
def test_what_is_no_request_is_a_bad_one(body: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="not a Responses request"):
        ResponsesToChat().request(body)


@pytest.mark.parametrize(("named", "name"), [({"filename": "a.pdf"}, "a.pdf"), ({}, "document.pdf")])
def test_a_document_keeps_its_name_or_gets_one_as_the_other_dialect_requires_it(
    named: dict[str, str], name: str
) -> None:
    document = {"type": "input_file", "file_data": "data:application/pdf;base64,JVBERi0=", **named}
    [message] = asked({"role": "user", "content": [document]})["messages"]
    assert [part["file"]["filename"] for part in message["content"]] == [name]


@pytest.mark.parametrize(("told", "kept"), [({"refusal": "I will not."}, "I will not."), ({}, "")])
def test_a_refusal_keeps_its_words(told: dict[str, str], kept: str) -> None:
    said = {"type": "message", "role": "assistant", "content": [{"type": "refusal", **told}]}
    found = ResponsesToChat().request(a_call(said, USER))["messages"][0]
    assert [part.get("refusal") for part in found["content"]] == [kept]
