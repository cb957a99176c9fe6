"""What is longer than the other vendor takes is shortened so that nothing is mistaken, and comes back as it was."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.translation.provider_wires import Call, Said, chat_stream, completion
from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.translation.base import Untranslatable
from llm_gateway.translation.lengths import CHAT_NAME, CHAT_TOOLS, Names, short_name, short_user
from llm_gateway.translation.messages_to_chat.translation import MessagesToChat
from llm_gateway.translation.registry import translation
from llm_gateway.translation.schemas import is_strict

LONG = "mcp__a_plugin_with_a_long_name__a_server_with_a_long_name__get_the_whole_transcript"
OTHER = LONG + "_of_another_day"
USER = "user_" + "0123456789abcdef" * 8 + "_account__id_42"
TURN = {"role": "user", "content": "x"}
CLOSED = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
OPEN = {"type": "object", "properties": {"n": {"type": "integer"}, "m": {"type": "integer"}}, "required": ["n"]}


def from_messages(**more: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 20, "messages": [TURN], **more}


def tool(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "input_schema": {"type": "object", "properties": {}}, **more}


@given(names=st.lists(st.text(max_size=200), unique=True, max_size=8), most=st.sampled_from([64, 128]))
def test_names_stay_apart_and_come_back_whatever_they_are(names: list[str], most: int) -> None:
    told = Names(names, most=most)
    there = [told.there(name) for name in names]
    assert all(re.fullmatch(rf"[A-Za-z0-9_-]{{1,{most}}}", name) for name in there)
    assert len(set(there)) == len(names)
    assert [told.back(name) for name in there] == names


def test_two_names_that_would_be_one_are_refused() -> None:
    with pytest.raises(Untranslatable) as refused:
        MessagesToChat().request(from_messages(tools=[tool(LONG), tool(short_name(LONG, most=CHAT_NAME))]))
    assert refused.value.faults[0].pointer == "/tools"


def test_a_long_name_is_short_in_tools_choice_and_history_and_long_again_in_the_answer() -> None:
    history = [
        TURN,
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": LONG, "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]},
    ]
    choice = {"type": "tool", "name": LONG}
    asked = from_messages(messages=history, tools=[tool(LONG), tool(OTHER)], tool_choice=choice)
    told = MessagesToChat().request(asked)
    short, other = (one["function"]["name"] for one in told["tools"])
    assert len(short) == len(other) == 64
    assert short != other
    assert told["tool_choice"]["function"]["name"] == short
    assert told["messages"][1]["tool_calls"][0]["function"]["name"] == short
    said = Said(calls=(Call(id="c", name=short, arguments="{}"),))
    whole = json.loads(MessagesToChat().whole(completion(said), asked=asked))
    assert whole["content"][0]["name"] == LONG
    events = MessagesToChat().events(asked=asked)
    streamed = b"".join(
        one for event in chat_stream(said, texts=[], arguments=[(0, "{}")]) for one in events.feed(event)
    )
    assert LONG.encode() in streamed
    assert short.encode() not in streamed


@pytest.mark.parametrize("caller", [Dialect.CHAT, Dialect.RESPONSES])
def test_a_name_that_messages_do_not_take_is_told_otherwise(caller: Dialect) -> None:
    between = translation(caller, Dialect.MESSAGES)
    assert between is not None
    function = {"name": "my.tool", "parameters": {"type": "object", "properties": {}}}
    if caller is Dialect.CHAT:
        asked: dict[str, Any] = {"messages": [TURN], "tools": [{"type": "function", "function": function}]}
    else:
        asked = {"input": "x", "tools": [{"type": "function", **function}]}
    [named] = between.request({"model": "m", **asked})["tools"]
    assert named["name"].startswith("my_tool_")


def test_users_are_told_apart_in_as_many_characters_as_the_other_side_takes() -> None:
    told = [
        MessagesToChat().request(from_messages(metadata={"user_id": one}))["user"] for one in (USER, USER + "x", "u")
    ]
    assert [len(one) for one in told] == [64, 64, 1]
    assert told[0] != told[1]


def test_a_call_and_its_result_keep_one_id_however_long_it_was() -> None:
    history = [
        TURN,
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t" * 60, "name": "a", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t" * 60, "content": "x"}]},
    ]
    told = MessagesToChat().request(from_messages(messages=history, tools=[tool("a")]))["messages"]
    assert len(told[1]["tool_calls"][0]["id"]) <= 40
    assert told[1]["tool_calls"][0]["id"] == told[2]["tool_call_id"]


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"stop_sequences": list("abcde")}, "/stop_sequences"),
        ({"tools": [tool(f"t{number}") for number in range(129)]}, "/tools"),
    ],
)
def test_more_than_the_other_side_takes_is_refused_by_its_place(more: dict[str, Any], place: str) -> None:
    with pytest.raises(Untranslatable) as refused:
        MessagesToChat().request(from_messages(**more))
    assert [fault.pointer for fault in refused.value.faults] == [place]


def test_as_many_tools_as_the_other_side_takes_are_told() -> None:
    tools = [tool(f"t{number}") for number in range(CHAT_TOOLS)]
    assert len(MessagesToChat().request(from_messages(tools=tools))["tools"]) == CHAT_TOOLS


@pytest.mark.parametrize("name", ["a", "a" * CHAT_NAME])
def test_a_name_that_fits_stays_as_it_is(name: str) -> None:
    assert short_name(name, most=CHAT_NAME) == name


@pytest.mark.parametrize("name", ["", "a" * (CHAT_NAME + 1)])
def test_a_name_that_does_not_fit_is_told_otherwise(name: str) -> None:
    assert short_name(name, most=CHAT_NAME) != name


@pytest.mark.parametrize(("schema", "strict"), [(CLOSED, True), (OPEN, False)])
def test_a_schema_is_strict_only_where_the_other_side_takes_it_so(schema: dict[str, Any], strict: bool) -> None:
    config = {"format": {"type": "json_schema", "schema": schema}}
    told = MessagesToChat().request(
        from_messages(output_config=config, tools=[{"name": "a", "input_schema": schema, "strict": True}])
    )
    assert told["response_format"]["json_schema"]["strict"] is strict
    assert told["tools"][0]["function"].get("strict", False) is strict


def test_a_schema_for_messages_closes_every_object_that_was_left_open() -> None:
    between = translation(Dialect.CHAT, Dialect.MESSAGES)
    assert between is not None
    nested = {"type": "object", "properties": {"a": {"type": "array", "items": OPEN}}, "$defs": {"d": OPEN}}
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": nested}}
    told = between.request({"model": "m", "messages": [TURN], "response_format": form})
    schema = told["output_config"]["format"]["schema"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["a"]["items"] == {**OPEN, "additionalProperties": False}
    assert schema["$defs"]["d"]["additionalProperties"] is False
    assert is_strict(schema) is False


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("x", [{"type": "text", "text": "bob: x"}]),
        (
            [{"type": "text", "text": "x"}, {"type": "text", "text": "y"}],
            [{"type": "text", "text": "bob: x"}, {"type": "text", "text": "y"}],
        ),
        (
            [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}],
            [
                {"type": "text", "text": "bob:"},
                {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
            ],
        ),
    ],
)
def test_who_says_something_stands_before_the_text(content: Any, told: list[Any]) -> None:
    between = translation(Dialect.CHAT, Dialect.MESSAGES)
    assert between is not None
    asked = {"model": "m", "messages": [{"role": "user", "name": "bob", "content": content}]}
    assert between.request(asked)["messages"] == [{"role": "user", "content": told}]
    helped = [TURN, {"role": "assistant", "name": "helper", "content": "y"}, TURN]
    assert between.request({"model": "m", "messages": helped})["messages"][1]["content"][0]["text"] == "y"


PDF = "JVBERi0xLjQgdGlueQ=="
DOCUMENT = {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}
FILE = {"type": "file", "file": {"filename": "document.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}}


def test_a_document_of_a_tools_result_comes_with_what_the_user_says() -> None:
    history = [
        TURN,
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "a", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": [DOCUMENT]}]},
    ]
    told = MessagesToChat().request(from_messages(messages=history, tools=[tool("a")]))["messages"]
    assert [one["role"] for one in told] == ["user", "assistant", "tool", "user"]
    assert told[3]["content"] == [FILE]


@pytest.mark.parametrize("caller", [Dialect.CHAT, Dialect.RESPONSES])
def test_a_file_is_a_document_for_messages(caller: Dialect) -> None:
    between = translation(caller, Dialect.MESSAGES)
    assert between is not None
    if caller is Dialect.CHAT:
        asked: dict[str, Any] = {"messages": [{"role": "user", "content": [FILE]}]}
    else:
        asked = {"input": [{"role": "user", "content": [{"type": "input_file", **FILE["file"]}]}]}  # type: ignore[dict-item]
    [turn] = between.request({"model": "m", **asked})["messages"]
    assert turn["content"] == [{**DOCUMENT, "title": "document.pdf"}]


def test_a_user_that_just_fits_stays_as_it_is() -> None:
    assert short_user("u" * 64, most=64) == "u" * 64
    longer = short_user("u" * 65, most=64)
    assert (len(longer), longer == "u" * 64) == (64, False)
