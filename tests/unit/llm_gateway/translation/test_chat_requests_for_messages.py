"""A chat completions request keeps its meaning on the way to messages, or is refused by the place that loses it."""

from typing import Any

import pytest

from fixtures.translation import vendor_shapes
from foundation.domain.errors import BadRequest
from llm_gateway.translation.base import Untranslatable
from llm_gateway.translation.chat_to_messages.translation import ChatToMessages

PIXEL = "iVBORw0KGgo="
USER = {"role": "user", "content": "How many penguins?"}
COUNT = {"id": "call_1", "type": "function", "function": {"name": "count", "arguments": '{"of": "penguins"}'}}
WEIGH = {"id": "call_2", "type": "function", "function": {"name": "weigh", "arguments": ""}}
DEEP = '{"a":' + "[" * 100_000 + "]" * 100_000 + "}"
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}


def a_call(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": list(messages) or [USER], **more}


def asked(*messages: Any, **more: Any) -> dict[str, Any]:
    return vendor_shapes.messages_request(ChatToMessages().request(a_call(*messages, **more)))


def faults_of(*messages: Any, **more: Any) -> list[str]:
    with pytest.raises(Untranslatable) as refused:
        ChatToMessages().request(a_call(*messages, **more))
    assert refused.value.code == "untranslatable"
    return [fault.pointer for fault in refused.value.faults]


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def test_the_least_request_asks_for_nothing_else() -> None:
    assert asked() == {"model": "m", "messages": [{"role": "user", "content": [text("How many penguins?")]}]}


@pytest.mark.parametrize("streamed", [True, False])
def test_the_model_and_the_stream_are_the_callers(streamed: bool) -> None:
    told = asked(stream=streamed, stream_options={"include_usage": True})
    assert (told["model"], told["stream"]) == ("m", streamed)
    assert "stream_options" not in told


def test_one_system_prompt_is_a_string_and_several_are_blocks_in_their_order() -> None:
    first = {"role": "system", "content": "Be brief."}
    second = {"role": "developer", "content": [text("Be kind."), text("Count well.")]}
    assert asked(first, USER)["system"] == "Be brief."
    assert asked(first, second, USER)["system"] == [text("Be brief."), text("Be kind."), text("Count well.")]
    assert "system" not in asked(USER)


def test_what_the_system_says_later_stays_where_it_is() -> None:
    told = asked({"role": "system", "content": "a"}, USER, {"role": "developer", "content": "b"})
    assert told["system"] == "a"
    assert [turn["role"] for turn in told["messages"]] == ["user", "system"]


def test_turns_alternate() -> None:
    told = asked(USER, {"role": "user", "content": "And seals?"}, {"role": "assistant", "content": "3"}, USER)
    assert told["messages"] == [
        {"role": "user", "content": [text("How many penguins?"), text("And seals?")]},
        {"role": "assistant", "content": [text("3")]},
        {"role": "user", "content": [text("How many penguins?")]},
    ]


def test_results_of_parallel_calls_are_one_turn_that_begins_with_them() -> None:
    told = asked(
        USER,
        {"role": "assistant", "content": "Let me see.", "tool_calls": [COUNT, WEIGH]},
        {"role": "tool", "tool_call_id": "call_1", "content": "344", "name": "count"},
        {"role": "tool", "tool_call_id": "call_2", "content": [text("4 kg"), text("each")]},
        {"role": "user", "content": "Go on."},
    )
    assert told["messages"][1:] == [
        {
            "role": "assistant",
            "content": [
                text("Let me see."),
                {"type": "tool_use", "id": "call_1", "name": "count", "input": {"of": "penguins"}},
                {"type": "tool_use", "id": "call_2", "name": "weigh", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "call_1", "content": "344"},
                {"type": "tool_result", "tool_use_id": "call_2", "content": [text("4 kg"), text("each")]},
                text("Go on."),
            ],
        },
    ]


def test_a_result_goes_before_what_was_said_meanwhile() -> None:
    told = asked(
        USER,
        {"role": "assistant", "content": None, "tool_calls": [COUNT]},
        {"role": "user", "content": "Are you there?"},
        {"role": "tool", "tool_call_id": "call_1", "content": "344"},
    )
    assert [block["type"] for block in told["messages"][2]["content"]] == ["tool_result", "text"]


@pytest.mark.parametrize("content", [None, "", []])
def test_a_call_without_words_and_a_result_without_any_are_blocks_alone(content: Any) -> None:
    told = asked(
        USER,
        {"role": "assistant", "content": content, "tool_calls": [COUNT]},
        {"role": "tool", "tool_call_id": "call_1", "content": content or ""},
    )
    assert [block["type"] for block in told["messages"][1]["content"]] == ["tool_use"]
    assert told["messages"][2]["content"] == [{"type": "tool_result", "tool_use_id": "call_1"}]


def test_an_empty_turn_is_left_out_unless_the_answer_is_to_it() -> None:
    told = asked(USER, {"role": "assistant", "content": ""}, {"role": "user", "content": [text(""), text("x")]})
    assert told["messages"] == [{"role": "user", "content": [text("How many penguins?"), text("x")]}]
    assert faults_of(USER, {"role": "assistant", "content": "3"}, {"role": "user", "content": ""}) == [
        "/messages/2/content"
    ]


def test_a_system_prompt_alone_is_no_conversation() -> None:
    assert faults_of({"role": "system", "content": "Be brief."}) == ["/messages"]


def test_an_answer_may_come_back_as_it_was_given() -> None:
    given: dict[str, Any] = {"role": "assistant", "content": None, "refusal": "No.", "annotations": [], "audio": None}
    told = asked(USER, {**given, "function_call": None, "reasoning_content": "Hm."}, USER)
    assert told["messages"][1] == {"role": "assistant", "content": [text("No.")]}


def test_images_are_sources() -> None:
    parts = [
        text("What is this?"),
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "https://example.org/penguin.jpg"}},
    ]
    assert asked({"role": "user", "content": parts})["messages"][0]["content"] == [
        text("What is this?"),
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
        {"type": "image", "source": {"type": "url", "url": "https://example.org/penguin.jpg"}},
    ]


def test_tools_are_described_alike() -> None:
    strict = {"name": "count", "description": "Counts", "parameters": SCHEMA, "strict": True}
    tools = [{"type": "function", "function": strict}, {"type": "function", "function": {"name": "now"}}]
    assert asked(tools=tools)["tools"] == [
        {"name": "count", "description": "Counts", "input_schema": SCHEMA, "strict": True},
        {"name": "now", "input_schema": {"type": "object", "properties": {}}},
    ]


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("auto", {"type": "auto"}),
        ("none", {"type": "none"}),
        ("required", {"type": "any"}),
        ({"type": "function", "function": {"name": "now"}}, {"type": "tool", "name": "now"}),
    ],
)
def test_a_choice_of_tools_is_the_same_choice_and_may_be_of_one_at_a_time(choice: Any, told: dict[str, Any]) -> None:
    tools = [{"type": "function", "function": {"name": "now"}}]
    assert asked(tools=tools, tool_choice=choice)["tool_choice"] == told
    alone = {} if choice == "none" else {"disable_parallel_tool_use": True}
    assert asked(tools=tools, tool_choice=choice, parallel_tool_calls=False)["tool_choice"] == told | alone


def test_one_tool_at_a_time_needs_no_other_choice() -> None:
    tools = [{"type": "function", "function": {"name": "now"}}]
    assert asked(tools=tools, parallel_tool_calls=False)["tool_choice"] == {
        "type": "auto",
        "disable_parallel_tool_use": True,
    }
    assert "tool_choice" not in asked(tools=tools, parallel_tool_calls=True)
    assert "tool_choice" not in asked(parallel_tool_calls=False)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"max_tokens": 7}, {"max_tokens": 7}),
        ({"max_completion_tokens": 8, "max_tokens": 7}, {"max_tokens": 8}),
        ({"stop": "END"}, {"stop_sequences": ["END"]}),
        ({"stop": ["a", "b"]}, {"stop_sequences": ["a", "b"]}),
        ({"stop": None}, {}),
        ({"temperature": 0}, {"temperature": 0}),
        ({"temperature": 1}, {"temperature": 1}),
        ({"top_p": 0.3}, {"top_p": 0.3}),
        ({"user": "u"}, {"metadata": {"user_id": "u"}}),
        ({"safety_identifier": "s"}, {"metadata": {"user_id": "s"}}),
        ({"reasoning_effort": "minimal"}, {"output_config": {"effort": "low"}}),
        ({"reasoning_effort": "xhigh"}, {"output_config": {"effort": "xhigh"}}),
        ({"reasoning_effort": "none"}, {"thinking": {"type": "disabled"}}),
        ({"response_format": {"type": "text"}}, {}),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}},
            {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        ),
    ],
)
def test_what_has_a_word_there_is_said_with_it(more: dict[str, Any], told: dict[str, Any]) -> None:
    assert asked(**more) == asked() | told


@pytest.mark.parametrize(
    "more",
    [
        {"seed": 7},
        {"metadata": {"k": "v"}},
        {"store": True},
        {"service_tier": "auto"},
        {"prompt_cache_key": "k"},
        {"prompt_cache_retention": "24h"},
        {"stream_options": {"include_usage": True}},
        {"n": 1},
        {"logprobs": False},
        {"top_logprobs": 0},
        {"logit_bias": {}},
        {"frequency_penalty": 0.0, "presence_penalty": 0},
        {"modalities": ["text"]},
        {"verbosity": "medium"},
        {"anything": None},
    ],
)
def test_what_changes_nothing_is_dropped(more: dict[str, Any]) -> None:
    assert asked(**more) == asked()


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"n": 2}, "/n"),
        ({"logprobs": True}, "/logprobs"),
        ({"top_logprobs": 3}, "/top_logprobs"),
        ({"logit_bias": {"50256": -100}}, "/logit_bias"),
        ({"audio": {"voice": "x"}}, "/audio"),
        ({"modalities": ["text", "audio"]}, "/modalities"),
        ({"temperature": 1.1}, "/temperature"),
        ({"frequency_penalty": 0.5}, "/frequency_penalty"),
        ({"verbosity": "low"}, "/verbosity"),
        ({"functions": [{"name": "f"}]}, "/functions"),
        ({"a_new/field~": 1}, "/a_new~1field~0"),
        ({"reasoning_effort": "utmost"}, "/reasoning_effort"),
        ({"response_format": {"type": "json_object"}}, "/response_format/type"),
        ({"response_format": {"type": "json_schema"}}, "/response_format/json_schema/schema"),
        ({"tool_choice": "some"}, "/tool_choice"),
        ({"tool_choice": {"type": "allowed_tools", "allowed_tools": {}}}, "/tool_choice"),
        ({"tools": [{"type": "custom", "custom": {"name": "c"}}]}, "/tools/0/type"),
        ({"tools": [{"type": "function", "function": {"name": "c", "grammar": "g"}}]}, "/tools/0/function/grammar"),
    ],
)
def test_what_has_no_word_there_is_refused_by_its_place(more: dict[str, Any], place: str) -> None:
    assert faults_of(**more) == [place]


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"role": "function", "name": "f", "content": "x"}, "role"),
        ({"role": "user", "content": [{"type": "input_audio", "input_audio": {}}, text("x")]}, "content/0/type"),
        ({"role": "user", "content": [text("x"), {"type": "file", "file": {"file_id": "f"}}]}, "content/1/type"),
        (
            {"role": "user", "content": [text("x"), {"type": "image_url", "image_url": {"url": "data:image/tiff;,"}}]},
            "content/1/image_url/url",
        ),
        ({"role": "system", "content": [{"type": "image_url", "image_url": {"url": "https://x"}}]}, "content/0/type"),
        ({"role": "assistant", "content": "x", "audio": {"id": "a"}}, "audio"),
        ({"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}}, "function_call"),
        ({"role": "assistant", "tool_calls": [{"id": "c", "type": "custom", "custom": {}}]}, "tool_calls/0/type"),
        (
            {
                "role": "assistant",
                "tool_calls": [COUNT, {"id": "c", "function": {"name": "f", "arguments": '["no object"]'}}],
            },
            "tool_calls/1/function/arguments",
        ),
        (
            {"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": DEEP}}]},
            "tool_calls/0/function/arguments",
        ),
        ({"role": "tool", "content": "x"}, "tool_call_id"),
    ],
)
def test_what_a_message_would_lose_is_refused_by_its_place(message: dict[str, Any], place: str) -> None:
    assert faults_of(USER, message) == [f"/messages/1/{place}"]


def test_all_places_are_told_at_once() -> None:
    assert faults_of({"role": "user", "audio": {}, "content": "x"}, n=2, temperature=2) == [
        "/n",
        "/messages/0/audio",
        "/temperature",
    ]


@pytest.mark.parametrize(
    "body",
    [{}, {"messages": 1}, {"messages": [{"content": "x"}]}, {"messages": [{"role": "user", "content": [{"text": 1}]}]}],
)
def test_what_is_no_request_is_a_bad_one(body: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="not a chat completions request"):
        ChatToMessages().request(body)


@pytest.mark.parametrize("stop", [" ", ["END", "\n"]])
def test_messages_know_no_stop_sequence_of_blanks_only(stop: Any) -> None:
    assert faults_of(stop=stop) == ["/stop"]
