"""Texts and arguments survive translation, whatever they are and however a stream cuts them."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.translation.conversations import Exchange, Streamed, answers, cuts_of, exchanges
from fixtures.translation.provider_wires import (
    DONE,
    MESSAGE_STOP,
    Call,
    Said,
    call_block,
    chat_stream,
    completion,
    message,
    messages_stream,
    text_block,
)
from fixtures.translation.vendor_clients import accumulated_completion, accumulated_message, accumulated_response
from fixtures.translation.vendor_shapes import chunks, message_events, response_events
from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.translation.base import Translation
from llm_gateway.translation.chat_to_messages.translation import ChatToMessages
from llm_gateway.translation.messages_to_chat.translation import MessagesToChat
from llm_gateway.translation.registry import translation
from llm_gateway.translation.responses_to_chat.translation import ResponsesToChat

LAST = {"role": "user", "content": "And now?"}
CHAT = ChatToMessages(clock=lambda: 1_700_000_000)
ASKED = {"model": "m", "input": "x", "stream": True, "stream_options": {"include_usage": True}}
# the vendors' clients take the time that they take
relaxed = settings(deadline=None, max_examples=50)


def through(caller: Dialect) -> Translation:
    found = translation(caller, Dialect.MESSAGES)
    assert found is not None
    return found


def as_chat(conversation: list[Exchange]) -> dict[str, Any]:
    messages: list[dict[str, Any]] = []
    for one in conversation:
        messages += [{"role": "user", "content": text} for text in one.said]
        calls = [
            {"id": id_, "type": "function", "function": {"name": name, "arguments": json.dumps(value)}}
            for id_, name, value in one.calls
        ]
        messages.append({"role": "assistant", "content": one.answered} | ({"tool_calls": calls} if calls else {}))
        for call, result in zip(one.calls, one.results, strict=True):
            messages.append({"role": "tool", "tool_call_id": call[0], "content": result})
    return {"model": "m", "messages": [*messages, LAST]}


def as_messages(conversation: list[Exchange]) -> dict[str, Any]:
    messages: list[dict[str, Any]] = []
    for one in conversation:
        messages += [{"role": "user", "content": [{"type": "text", "text": text}]} for text in one.said]
        calls = [{"type": "tool_use", "id": id_, "name": name, "input": value} for id_, name, value in one.calls]
        messages.append({"role": "assistant", "content": [{"type": "text", "text": one.answered}, *calls]})
        if calls:
            results = [
                {"type": "tool_result", "tool_use_id": call[0], "content": result}
                for call, result in zip(one.calls, one.results, strict=True)
            ]
            messages.append({"role": "user", "content": results})
    return {"model": "m", "max_tokens": 9, "messages": [*messages, LAST]}


def as_responses(conversation: list[Exchange]) -> dict[str, Any]:
    items: list[dict[str, Any]] = []
    for one in conversation:
        items += [{"role": "user", "content": text} for text in one.said]
        items.append({"role": "assistant", "content": one.answered})
        for id_, name, value in one.calls:
            items.append({"type": "function_call", "call_id": id_, "name": name, "arguments": json.dumps(value)})
        for call, result in zip(one.calls, one.results, strict=True):
            items.append({"type": "function_call_output", "call_id": call[0], "output": result})
    return {"model": "m", "input": [*items, LAST]}


def meaning_of_chat(body: dict[str, Any]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for one in body["messages"]:
        if one["role"] == "tool":
            found.append(("result", one["tool_call_id"], one["content"]))
            continue
        content = one["content"] or []
        texts = [content] if isinstance(content, str) else [part["text"] for part in content]
        found += [(one["role"], text) for text in texts]
        for call in one.get("tool_calls", ()):
            function = call["function"]
            found.append(("call", call["id"], function["name"], json.loads(function["arguments"])))
    return found


def meaning_of_messages(body: dict[str, Any]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for turn in body["messages"]:
        for block in turn["content"]:
            match block["type"]:
                case "text":
                    found.append((turn["role"], block["text"]))
                case "tool_use":
                    found.append(("call", block["id"], block["name"], block["input"]))
                case "tool_result":
                    found.append(("result", block["tool_use_id"], block.get("content", "")))
    return found


def expected(conversation: list[Exchange]) -> list[tuple[Any, ...]]:
    return [*(part for one in conversation for part in one.meaning()), ("user", "And now?")]


@given(conversation=exchanges())
def test_a_conversation_survives_on_the_way_to_messages(conversation: list[Exchange]) -> None:
    for told in (CHAT.request(as_chat(conversation)), through(Dialect.RESPONSES).request(as_responses(conversation))):
        assert meaning_of_messages(told) == expected(conversation)
        roles = [turn["role"] for turn in told["messages"]]
        assert all(one != next_one for one, next_one in pairwise(roles))
        for turn in told["messages"]:
            kinds = [block["type"] == "tool_result" for block in turn["content"]]
            assert kinds == sorted(kinds, reverse=True)


@given(conversation=exchanges())
def test_a_conversation_survives_on_the_way_to_chat_completions(conversation: list[Exchange]) -> None:
    assert meaning_of_chat(MessagesToChat().request(as_messages(conversation))) == expected(conversation)
    assert meaning_of_chat(ResponsesToChat().request(as_responses(conversation))) == expected(conversation)


@given(conversation=exchanges())
def test_a_conversation_survives_there_and_back(conversation: list[Exchange]) -> None:
    there = CHAT.request(as_chat(conversation))
    assert meaning_of_chat(MessagesToChat().request({**there, "max_tokens": 9})) == expected(conversation)


def streamed(through: Translation, events: list[bytes], end: bytes) -> list[bytes]:
    translator = through.events(asked=ASKED)
    return [told for one in events for told in translator.feed(one)] + translator.end(end)


def of_chat(answer: Streamed) -> list[bytes]:
    return chat_stream(answer.said, texts=answer.texts, arguments=answer.fragments)


def of_messages(answer: Streamed) -> tuple[bytes, list[bytes]]:
    """The same answer, whole and streamed; calls do not mix there."""
    said = answer.said
    blocks = [{"type": "text", "text": said.text}] if said.text else []
    calls = [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": json.loads(call.arguments)}
        for call in said.calls
    ]
    reason = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}.get(
        said.finish_reason, "tool_use"
    )
    growing = [text_block(*answer.texts)] if said.text else []
    growing += [call_block(call, *answer.of_call(index)) for index, call in enumerate(said.calls)]
    return message(*blocks, *calls, stop_reason=reason), messages_stream(*growing, stop_reason=reason)


def parsed(calls: list[dict[str, Any]] | None) -> list[tuple[Any, ...]]:
    return [(call["id"], call["function"]["name"], json.loads(call["function"]["arguments"])) for call in calls or ()]


@relaxed
@given(answer=answers())
def test_a_streamed_completion_accumulates_to_the_whole_message(answer: Streamed) -> None:
    events = streamed(MessagesToChat(), of_chat(answer), DONE)
    message_events(events)
    found = accumulated_message(events)
    del found["stop_details"]
    whole = json.loads(MessagesToChat().whole(completion(answer.said), asked={}))
    assert found == whole
    said = [block["text"] for block in whole["content"] if block["type"] == "text"]
    inputs = [block["input"] for block in whole["content"] if block["type"] == "tool_use"]
    assert "".join(said) == answer.said.text
    assert inputs == [json.loads(call.arguments) for call in answer.said.calls]


# of an answer that was cut off, this client gives nothing but an error
@relaxed
@given(answer=answers(reasons=("stop",)))
def test_a_streamed_message_accumulates_to_the_whole_completion(answer: Streamed) -> None:
    body, stream = of_messages(answer)
    events = streamed(CHAT, stream, MESSAGE_STOP)
    chunks(events)
    found, whole = accumulated_completion(events), json.loads(CHAT.whole(body, asked=ASKED))
    [choice], [other] = found["choices"], whole["choices"]
    assert choice["message"]["content"] == other["message"]["content"] == (answer.said.text or None)
    called = [(call.id, call.name, json.loads(call.arguments)) for call in answer.said.calls]
    assert parsed(choice["message"].get("tool_calls")) == parsed(other["message"].get("tool_calls")) == called
    assert (choice["finish_reason"], found["usage"]) == (other["finish_reason"], whole["usage"])


@relaxed
@given(answer=answers(reasons=("stop",)))
def test_a_streamed_answer_accumulates_to_the_whole_response(answer: Streamed) -> None:
    events = streamed(ResponsesToChat(), of_chat(answer), DONE)
    whole = json.loads(ResponsesToChat().whole(completion(answer.said), asked=ASKED))
    assert response_events(events)[-1]["response"] == whole
    outputs = accumulated_response(events)["output"]
    for item in outputs:
        item.pop("parsed_arguments", None)
        for part in item.get("content", ()):
            part.pop("parsed", None)
    assert outputs == whole["output"]
    called = [(item["call_id"], item["arguments"]) for item in outputs if item["type"] == "function_call"]
    assert called == [(call.id, call.arguments) for call in answer.said.calls]
    said = [part["text"] for item in outputs if item["type"] == "message" for part in item["content"]]
    assert "".join(said) == answer.said.text


@relaxed
@given(answer=answers())
def test_a_streamed_message_ends_in_the_whole_response(answer: Streamed) -> None:
    body, stream = of_messages(answer)
    last = response_events(streamed(through(Dialect.RESPONSES), stream, MESSAGE_STOP))[-1]["response"]
    whole = json.loads(through(Dialect.RESPONSES).whole(body, asked=ASKED))
    for one in (last, whole):
        del one["created_at"]
        for item in one["output"]:
            if item["type"] == "function_call":
                item["arguments"] = json.loads(item["arguments"])
    assert last == whole


@relaxed
@given(data=st.data())
def test_what_is_cut_off_within_a_call_is_told_alike(data: st.DataObject) -> None:
    arguments = json.dumps({"of": "penguins é", "n": [1, 2.5, None, True], "deep": {"a": "b"}}, ensure_ascii=False)
    cut = arguments[: data.draw(st.integers(0, len(arguments)))]
    call = Call(id="call_1", name="count", arguments=cut)
    said = Said(calls=(call,), finish_reason="length")
    fragments = [(0, fragment) for fragment in data.draw(cuts_of(cut))]
    events = streamed(MessagesToChat(), chat_stream(said, texts=[], arguments=fragments), DONE)
    whole = json.loads(MessagesToChat().whole(completion(said), asked={}))
    assert accumulated_message(events)["content"] == whole["content"]
