"""A messages request keeps its meaning on the way to chat completions, or is refused by the place that loses it."""

from typing import Any

import pytest

from fixtures.translation import vendor_shapes
from foundation.domain.errors import BadRequest
from llm_gateway.translation.base import Untranslatable
from llm_gateway.translation.messages_to_chat.translation import MessagesToChat

PIXEL = "iVBORw0KGgo="
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
SHOWN = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
USER = {"role": "user", "content": "How many penguins?"}
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
NOW = {"name": "now", "input_schema": {"type": "object"}}


def a_call(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 9, "messages": list(messages) or [USER], **more}


def asked(*messages: Any, **more: Any) -> dict[str, Any]:
    return vendor_shapes.chat_request(MessagesToChat().request(a_call(*messages, **more)))


def faults_of(*messages: Any, **more: Any) -> list[str]:
    with pytest.raises(Untranslatable) as refused:
        MessagesToChat().request(a_call(*messages, **more))
    return [fault.pointer for fault in refused.value.faults]


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def test_the_least_request_asks_for_nothing_else() -> None:
    assert asked() == {"model": "m", "messages": [USER], "max_completion_tokens": 9}


def test_a_stream_of_messages_always_tells_its_usage() -> None:
    told = asked(stream=True)
    assert (told["stream"], told["stream_options"]) == (True, {"include_usage": True})
    assert "stream_options" not in asked(stream=False)


def test_system_prompts_come_first_and_cache_marks_are_dropped() -> None:
    mark = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
    blocks = [text("Be brief."), text("Be kind.", **mark)]
    assert asked(system="Be brief.")["messages"] == [{"role": "system", "content": "Be brief."}, USER]
    assert asked(system=blocks, **mark)["messages"][0] == {
        "role": "system",
        "content": [text("Be brief."), text("Be kind.")],
    }
    assert asked(USER, {"role": "system", "content": [text("Now count.", **mark)]})["messages"] == [
        USER,
        {"role": "system", "content": "Now count."},
    ]


def test_a_turn_of_thoughts_words_and_calls_is_one_message() -> None:
    turn = [
        {"type": "thinking", "thinking": "Hm.", "signature": "s"},
        {"type": "redacted_thinking", "data": "x"},
        text("Let me see."),
        {"type": "tool_use", "id": "toolu_1", "name": "count", "input": {"of": ["é", 1.5]}},
        text("And then:"),
        {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}},
    ]
    assert asked(USER, {"role": "assistant", "content": turn})["messages"][1] == {
        "role": "assistant",
        "content": [text("Let me see."), text("And then:")],
        "tool_calls": [
            {"id": "toolu_1", "type": "function", "function": {"name": "count", "arguments": '{"of":["é",1.5]}'}},
            {"id": "toolu_2", "type": "function", "function": {"name": "now", "arguments": "{}"}},
        ],
    }


def test_a_turn_of_calls_alone_has_no_words() -> None:
    turn = {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "now", "input": {}}]}
    assert asked(USER, turn)["messages"][1]["content"] is None


def test_results_are_messages_of_their_own_and_what_the_user_says_follows() -> None:
    turn = [
        text("Go on."),
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "344"},
        {"type": "tool_result", "tool_use_id": "toolu_2", "content": [text("4 kg"), text("each")]},
        {"type": "tool_result", "tool_use_id": "toolu_3"},
    ]
    assert asked(USER, {"role": "user", "content": turn})["messages"][1:] == [
        {"role": "tool", "tool_call_id": "toolu_1", "content": "344"},
        {"role": "tool", "tool_call_id": "toolu_2", "content": [text("4 kg"), text("each")]},
        {"role": "tool", "tool_call_id": "toolu_3", "content": ""},
        {"role": "user", "content": "Go on."},
    ]


def test_a_result_that_is_an_error_says_so_in_its_text() -> None:
    turn = [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "no such file", "is_error": True},
        {"type": "tool_result", "tool_use_id": "toolu_2", "is_error": True},
        {"type": "tool_result", "tool_use_id": "toolu_3", "content": "fine", "is_error": False},
    ]
    contents = [message["content"] for message in asked(USER, {"role": "user", "content": turn})["messages"][1:]]
    assert contents == ["Error: no such file", "Error: ", "fine"]


def test_images_of_results_come_with_what_the_user_says() -> None:
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [text("seen"), IMAGE]}
    assert asked(USER, {"role": "user", "content": [result]})["messages"][1:] == [
        {"role": "tool", "tool_call_id": "toolu_1", "content": "seen"},
        {"role": "user", "content": [SHOWN]},
    ]
    assert asked(USER, {"role": "user", "content": [result, text("And?")]})["messages"][2]["content"] == [
        SHOWN,
        text("And?"),
    ]


def test_images_are_urls() -> None:
    link = {"type": "image", "source": {"type": "url", "url": "https://example.org/penguin.jpg"}}
    assert asked({"role": "user", "content": [IMAGE, link]})["messages"][0]["content"] == [
        SHOWN,
        {"type": "image_url", "image_url": {"url": "https://example.org/penguin.jpg"}},
    ]


@pytest.mark.parametrize("content", ["", []])
def test_an_empty_turn_stays_one(content: Any) -> None:
    turns = [{"role": "user", "content": content}, {"role": "assistant", "content": content}]
    assert asked(*turns)["messages"] == [{"role": "user", "content": ""}, {"role": "assistant", "content": ""}]


def test_tools_are_described_alike() -> None:
    count = {"name": "count", "type": "custom", "description": "Counts", "input_schema": SCHEMA, "strict": True}
    marked = {**NOW, "cache_control": {"type": "ephemeral"}, "eager_input_streaming": True, "defer_loading": False}
    assert asked(tools=[count, marked])["tools"] == [
        {
            "type": "function",
            "function": {"name": "count", "description": "Counts", "parameters": SCHEMA, "strict": True},
        },
        {"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}},
    ]


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"type": "auto"}, "auto"),
        ({"type": "none"}, "none"),
        ({"type": "any"}, "required"),
        ({"type": "tool", "name": "now"}, {"type": "function", "function": {"name": "now"}}),
    ],
)
def test_a_choice_of_tools_is_the_same_choice_and_may_be_of_one_at_a_time(choice: dict[str, Any], told: Any) -> None:
    found = asked(tools=[NOW], tool_choice=choice)
    assert (found["tool_choice"], found.get("parallel_tool_calls")) == (told, None)
    found = asked(tools=[NOW], tool_choice={**choice, "disable_parallel_tool_use": True})
    assert (found["tool_choice"], found["parallel_tool_calls"]) == (told, False)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"stop_sequences": ["a", "b"]}, {"stop": ["a", "b"]}),
        ({"stop_sequences": []}, {}),
        ({"temperature": 0.5, "top_p": 0.3}, {"temperature": 0.5, "top_p": 0.3}),
        ({"metadata": {"user_id": "u"}}, {"user": "u"}),
        ({"metadata": {}}, {}),
        ({"thinking": {"type": "disabled"}}, {"reasoning_effort": "none"}),
        ({"thinking": {"type": "enabled", "budget_tokens": 2048}}, {}),
        ({"thinking": {"type": "adaptive", "display": "omitted"}}, {}),
        ({"output_config": {"effort": "max"}, "thinking": {"type": "adaptive"}}, {"reasoning_effort": "max"}),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True},
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
        {"cache_control": {"type": "ephemeral"}},
        {"service_tier": "auto", "inference_geo": "global", "speed": "standard"},
        {"diagnostics": {"previous_message_id": None}},
        {"mcp_servers": []},
        {"context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]}},
        {"anything": None},
    ],
)
def test_what_changes_nothing_is_dropped(more: dict[str, Any]) -> None:
    assert asked(**more) == asked()


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"top_k": 5}, "/top_k"),
        ({"container": "c"}, "/container"),
        ({"mcp_servers": [{"type": "url"}]}, "/mcp_servers"),
        ({"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}, "/context_management/edits/0/type"),
        ({"metadata": {"team": "t"}}, "/metadata/team"),
        ({"output_config": {"task_budget": {}}}, "/output_config/task_budget"),
        ({"output_config": {"effort": "utmost"}}, "/output_config/effort"),
        ({"output_config": {"format": {"type": "grammar"}}}, "/output_config/format"),
        ({"thinking": {"type": "aloud"}}, "/thinking/type"),
        ({"tool_choice": {"type": "some"}}, "/tool_choice"),
        ({"tools": [NOW, {"type": "bash_20250124", "name": "bash"}]}, "/tools/1/type"),
        ({"tools": [{**NOW, "defer_loading": True}]}, "/tools/0/defer_loading"),
        ({"tools": [{**NOW, "input_examples": [{}]}]}, "/tools/0/input_examples"),
    ],
)
def test_what_has_no_word_there_is_refused_by_its_place(more: dict[str, Any], place: str) -> None:
    assert faults_of(**more) == [place]


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"role": "tool", "content": "x"}, "role"),
        ({"role": "user", "content": "x", "output_config": {"effort": "low"}}, "output_config"),
        ({"role": "user", "content": [text("x"), {"type": "document", "source": {"type": "text"}}]}, "content/1/type"),
        (
            {"role": "user", "content": [{"type": "image", "source": {"type": "file", "file_id": "f"}}]},
            "content/0/source",
        ),
        ({"role": "assistant", "content": [IMAGE]}, "content/0/type"),
        ({"role": "assistant", "content": [{"type": "server_tool_use", "id": "s", "name": "web"}]}, "content/0/type"),
        (
            {"role": "user", "content": [{"type": "tool_result", "content": [{"type": "search_result"}]}]},
            "content/0/content/0/type",
        ),
    ],
)
def test_what_a_message_would_lose_is_refused_by_its_place(message: dict[str, Any], place: str) -> None:
    assert faults_of(USER, message) == [f"/messages/1/{place}"]


@pytest.mark.parametrize("body", [{}, {"messages": [{"role": "user"}]}, {"messages": [], "tools": "all"}])
def test_what_is_no_request_is_a_bad_one(body: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="not a messages request"):
        MessagesToChat().request(body)
