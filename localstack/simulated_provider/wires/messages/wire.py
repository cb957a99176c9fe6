"""Writes answers in the form of Anthropic's messages."""

import json
from collections.abc import Iterator
from typing import Any

from simulated_provider.answers.answer import Answer, Finish, pieces_of
from simulated_provider.answers.generation import ToolCall
from simulated_provider.answers.request import ModelRequest, RequestRefused
from simulated_provider.answers.tokens import count_request
from simulated_provider.answers.usage import Usage
from simulated_provider.wires.base import Chunk, Reply, Stream
from simulated_provider.wires.messages.request import read_messages
from simulated_provider.wires.messages.rules import check_messages
from simulated_provider.wires.sse import named_event

_SERVER_ERROR = 500
_STOP_REASONS = {
    Finish.STOP: "end_turn",
    Finish.LENGTH: "max_tokens",
    Finish.TOOL_CALLS: "tool_use",
    Finish.STOP_SEQUENCE: "stop_sequence",
}
_KINDS = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class MessagesWire:
    """`POST /v1/messages`; its `input_tokens` leave out what was read from or written to the cache."""

    request_id_header = "request-id"
    id_prefix = "msg_"
    malformed = b'event: content_block_delta\ndata: {"type": "content_blo\n\n'

    def read(self, body: Any, headers: dict[str, str]) -> ModelRequest:
        if "anthropic-version" not in headers:
            raise RequestRefused("anthropic-version: header is required")
        request = read_messages(body)
        check_messages(body)
        return request

    def whole(self, reply: Reply, usage: Usage | None) -> bytes:
        answer = reply.answer
        message = _message(reply) | {"content": list(_blocks(reply)), **_stop(answer)}
        if usage is not None:
            message["usage"] = _usage(usage) | _output(usage)
        return json.dumps(message, ensure_ascii=False).encode()

    def stream(self, reply: Reply, usage: Usage | None) -> Stream:
        return _MessageStream(reply, usage)

    def error(self, message: str, *, status: int, param: str | None = None, code: str | None = None) -> bytes:  # noqa: ARG002
        kind = _KINDS.get(status, "api_error" if status >= _SERVER_ERROR else "invalid_request_error")
        return json.dumps({"type": "error", "error": {"type": kind, "message": message}, "request_id": None}).encode()


class _MessageStream:
    """One stream; each block is opened, filled and closed before the next one is opened."""

    def __init__(self, reply: Reply, usage: Usage | None) -> None:
        self._reply = reply
        self._usage = usage

    def chunks(self) -> Iterator[Chunk]:
        answer = self._reply.answer
        message = _message(self._reply)
        if self._usage is not None:
            message["usage"] = _usage(self._usage) | {"output_tokens": min(1, self._usage.output_tokens)}
        opening = named_event({"type": "message_start", "message": message})
        ping = named_event({"type": "ping"})
        for index, block in enumerate(_blocks(self._reply)):
            opening += _block_start(index, _empty(block))
            if not index:
                opening += ping
            match block["type"]:
                case "thinking":
                    yield Chunk(opening)
                    for piece in pieces_of(answer.thinking, 4):
                        yield Chunk(_delta(index, {"type": "thinking_delta", "thinking": piece}), piece)
                    signature = {"type": "signature_delta", "signature": block["signature"]}
                    opening = _delta(index, signature) + _block_stop(index)
                case "text":
                    yield Chunk(opening)
                    for piece in answer.pieces:
                        yield Chunk(_delta(index, {"type": "text_delta", "text": piece}), piece)
                    opening = _block_stop(index)
                case _:
                    yield Chunk(opening, block["name"])
                    for part in pieces_of(json.dumps(block["input"], ensure_ascii=False), 2):
                        yield Chunk(_delta(index, {"type": "input_json_delta", "partial_json": part}), part)
                    opening = _block_stop(index)
        yield Chunk(opening)

    def ending(self, usage: Usage | None) -> list[bytes]:
        delta: dict[str, Any] = {"type": "message_delta", "delta": _stop(self._reply.answer)}
        if usage is not None:
            reported = _usage(usage)
            cumulative = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
            delta["usage"] = {name: reported[name] for name in cumulative} | _output(usage)
        return [named_event(delta), named_event({"type": "message_stop"})]

    def failure(self) -> bytes:
        return named_event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})


def counted(request: ModelRequest) -> bytes:
    """The body of an answer of count_tokens."""
    return json.dumps({"input_tokens": count_request(request.body)}).encode()


def _usage(usage: Usage) -> dict[str, Any]:
    """The members of a usage that concern the input."""
    cache = usage.cache
    return {
        "input_tokens": usage.input_tokens - cache.read - cache.written,
        "cache_creation_input_tokens": cache.written,
        "cache_read_input_tokens": cache.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": cache.written_5m,
            "ephemeral_1h_input_tokens": cache.written_1h,
        },
        "service_tier": "standard",
    }


def _output(usage: Usage) -> dict[str, Any]:
    details = {"thinking_tokens": usage.reasoning_tokens} if usage.reasoning_tokens else None
    return {"output_tokens": usage.output_tokens, "output_tokens_details": details}


def _message(reply: Reply) -> dict[str, Any]:
    return {
        "id": reply.request_id,
        "type": "message",
        "role": "assistant",
        "model": reply.answer.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _stop(answer: Answer) -> dict[str, Any]:
    return {"stop_reason": _STOP_REASONS[answer.finish], "stop_sequence": answer.stop_sequence}


def _blocks(reply: Reply) -> Iterator[dict[str, Any]]:
    """The blocks of the content: thinking, text and tool calls."""
    answer = reply.answer
    if answer.thinking:
        yield {"type": "thinking", "thinking": answer.thinking, "signature": reply.id("simulated-signature-")}
    if answer.text:
        yield {"type": "text", "text": answer.text}
    for call in answer.tool_calls:
        yield _tool_block(call)


def _tool_block(call: ToolCall) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{call.key}", "name": call.name, "input": json.loads(call.arguments)}


def _empty(block: dict[str, Any]) -> dict[str, Any]:
    """A block as the event that opens it has it: without its content."""
    empty: dict[str, Any] = {"thinking": "", "signature": "", "text": "", "input": {}}
    return block | {name: value for name, value in empty.items() if name in block}


def _block_start(index: int, block: dict[str, Any]) -> bytes:
    return named_event({"type": "content_block_start", "index": index, "content_block": block})


def _block_stop(index: int) -> bytes:
    return named_event({"type": "content_block_stop", "index": index})


def _delta(index: int, delta: dict[str, Any]) -> bytes:
    return named_event({"type": "content_block_delta", "index": index, "delta": delta})
