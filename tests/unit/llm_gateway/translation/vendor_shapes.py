"""What the vendors' own types say of requests, answers and events: nothing missing, nothing wrong, nothing unknown."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from anthropic.types import Message, RawMessageStreamEvent
from anthropic.types.message_create_params import MessageCreateParams
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParams
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

_CHAT_REQUEST: TypeAdapter[Any] = TypeAdapter(CompletionCreateParams)
_MESSAGES_REQUEST: TypeAdapter[Any] = TypeAdapter(MessageCreateParams)
_COMPLETION = TypeAdapter(ChatCompletion)
_CHUNK = TypeAdapter(ChatCompletionChunk)
_MESSAGE = TypeAdapter(Message)
_MESSAGE_EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
_RESPONSE = TypeAdapter(Response)
_RESPONSE_EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
_DONE = "[DONE]"


def chat_request(body: Mapping[str, Any]) -> dict[str, Any]:
    return _asked(_CHAT_REQUEST, body)


def messages_request(body: Mapping[str, Any]) -> dict[str, Any]:
    """The vendor's types want a limit, which the gateway puts in when the caller names none."""
    _asked(_MESSAGES_REQUEST, {"max_tokens": 1, **body})
    return dict(body)


def completion(body: bytes) -> dict[str, Any]:
    return _checked(_COMPLETION, body)


def message(body: bytes) -> dict[str, Any]:
    return _checked(_MESSAGE, body)


def response(body: bytes) -> dict[str, Any]:
    return _checked(_RESPONSE, body)


def chunks(events: list[bytes]) -> list[dict[str, Any]]:
    """The chunks of a stream that ends as it has to."""
    datas = [data for _, data in map(_read, events)]
    assert datas[-1] == _DONE
    return [_checked(_CHUNK, data.encode()) for data in datas[:-1]]


def message_events(events: list[bytes]) -> list[dict[str, Any]]:
    """The events of a stream whose blocks come one after the other."""
    read = [_named(_MESSAGE_EVENT, event) for event in events]
    assert [read[0]["type"], read[-2]["type"], read[-1]["type"]] == ["message_start", "message_delta", "message_stop"]
    open_block, blocks = None, 0
    for event in read[1:-2]:
        if event["type"] == "content_block_start":
            assert (open_block, event["index"]) == (None, blocks)
            open_block, blocks = blocks, blocks + 1
        assert event["index"] == open_block
        if event["type"] == "content_block_stop":
            open_block = None
    assert open_block is None
    return read


def response_events(events: list[bytes]) -> list[dict[str, Any]]:
    read = [_named(_RESPONSE_EVENT, event) for event in events]
    assert [event["sequence_number"] for event in read] == list(range(len(read)))
    assert read[0]["type"] == "response.created"
    assert read[-1]["type"] in {"response.completed", "response.incomplete"}
    return read


def _read(event: bytes) -> tuple[str, str]:
    """An event's name and data; it is one event, in one piece."""
    text = event.decode()
    assert text.endswith("\n\n")
    lines = text[:-2].split("\n")
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    [data] = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    assert len(lines) == len(names) + 1
    return "".join(names), data


def _named(adapter: TypeAdapter[Any], event: bytes) -> dict[str, Any]:
    name, data = _read(event)
    document = _checked(adapter, data.encode())
    assert document["type"] == name
    return document


def _checked(adapter: TypeAdapter[Any], body: bytes) -> dict[str, Any]:
    read = adapter.validate_json(body, strict=True)
    assert list(_unknown(read)) == []
    document: dict[str, Any] = json.loads(body)
    return document


def _unknown(value: object) -> Iterator[str]:
    """Members that the types do not have."""
    if isinstance(value, BaseModel):
        yield from value.model_extra or {}
        for member in vars(value).values():
            yield from _unknown(member)
    elif isinstance(value, list):
        for one in value:
            yield from _unknown(one)


def _asked(adapter: TypeAdapter[Any], body: Mapping[str, Any]) -> dict[str, Any]:
    _exhaust(adapter.validate_python(body))
    return dict(body)


def _exhaust(value: object) -> None:
    """Look at everything: what is iterable is checked when it is iterated over."""
    if isinstance(value, Mapping):
        for one in value.values():
            _exhaust(one)
    elif not isinstance(value, (str, bytes)) and hasattr(value, "__iter__"):
        for one in value:
            _exhaust(one)
