"""Answers as providers of either dialect put them on the wire."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

CHAT_USAGE = {
    "prompt_tokens": 3210,
    "completion_tokens": 70,
    "total_tokens": 3280,
    "prompt_tokens_details": {"cached_tokens": 3000, "cache_write_tokens": 200},
    "completion_tokens_details": {"reasoning_tokens": 40},
}
MESSAGES_USAGE = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 200,
    "cache_read_input_tokens": 3000,
    "output_tokens": 70,
    "output_tokens_details": {"thinking_tokens": 40},
}
RESPONSES_USAGE = {
    "input_tokens": 3210,
    "input_tokens_details": {"cached_tokens": 3000, "cache_write_tokens": 200},
    "output_tokens": 70,
    "output_tokens_details": {"reasoning_tokens": 40},
    "total_tokens": 3280,
}
"""The same usage three times."""
DONE = b"data: [DONE]\n\n"
MESSAGE_STOP = b'event: message_stop\ndata: {"type": "message_stop"}\n\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer; the reason for its end is in the words of chat completions."""

    text: str = ""
    calls: tuple[Call, ...] = field(default=())
    finish_reason: str = "stop"


def completion(said: Said, **message: Any) -> bytes:
    told: dict[str, Any] = {"role": "assistant", "content": said.text or None, **message}
    if said.calls:
        told["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in said.calls
        ]
    choice = {"index": 0, "message": told, "finish_reason": said.finish_reason, "logprobs": None}
    document = {"object": "chat.completion", **_heading(), "choices": [choice], "usage": CHAT_USAGE}
    return json.dumps(document).encode()


def chunk(delta: dict[str, Any] | None = None, *, finish_reason: str | None = None, **members: Any) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
    document = {"object": "chat.completion.chunk", **_heading(), "choices": choices, **members}
    return f"data: {json.dumps(document)}\n\n".encode()


def call_chunk(index: int, fragment: str, call: Call | None = None) -> bytes:
    told: dict[str, Any] = {"index": index, "function": {"arguments": fragment}}
    if call is not None:
        told |= {"id": call.id, "type": "function"}
        told["function"]["name"] = call.name
    return chunk({"tool_calls": [told]})


def chat_stream(said: Said, *, texts: Iterable[str], arguments: Iterable[tuple[int, str]]) -> list[bytes]:
    """A stream up to its `[DONE]`; `arguments` are fragments, each of the call at its index."""
    events = [chunk({"role": "assistant", "content": ""}), *(chunk({"content": text}) for text in texts)]
    begun = set()
    for index, fragment in arguments:
        events.append(call_chunk(index, fragment, None if index in begun else said.calls[index]))
        begun.add(index)
    return [*events, chunk({}, finish_reason=said.finish_reason), chunk(usage=CHAT_USAGE)]


def _heading() -> dict[str, Any]:
    return {"id": "chatcmpl-1", "created": 1_700_000_000, "model": "gpt-x"}


def message(*blocks: dict[str, Any], stop_reason: str = "end_turn", **members: Any) -> bytes:
    document = _message(list(blocks), stop_reason) | {"usage": MESSAGES_USAGE} | members
    return json.dumps(document).encode()


def event(document: dict[str, Any], *, newline: str = "\n") -> bytes:
    return f"event: {document['type']}{newline}data: {json.dumps(document)}{newline}{newline}".encode()


def messages_stream(
    *blocks: tuple[dict[str, Any], Iterable[dict[str, Any]]],
    stop_reason: str = "end_turn",
    newline: str = "\n",
    **delta: Any,
) -> list[bytes]:
    """A stream up to its `message_stop`, of blocks and what is added to each."""
    usage = {**MESSAGES_USAGE, "output_tokens": 1}
    documents: list[dict[str, Any]] = [
        {"type": "message_start", "message": _message([], None) | {"usage": usage}},
        {"type": "ping"},
    ]
    for index, (block, deltas) in enumerate(blocks):
        documents.append({"type": "content_block_start", "index": index, "content_block": block})
        documents += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        documents.append({"type": "content_block_stop", "index": index})
    last = {"output_tokens": 70, "output_tokens_details": {"thinking_tokens": 40}}
    ending = {"stop_reason": stop_reason, "stop_sequence": None, **delta}
    documents.append({"type": "message_delta", "delta": ending, "usage": last})
    return [event(document, newline=newline) for document in documents]


def text_block(*fragments: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return {"type": "text", "text": ""}, [{"type": "text_delta", "text": one} for one in fragments]


def call_block(call: Call, *fragments: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    block = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
    return block, [{"type": "input_json_delta", "partial_json": one} for one in fragments]


def _message(content: list[dict[str, Any]], stop_reason: str | None) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
    }
