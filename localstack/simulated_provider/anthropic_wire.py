"""Answers as Anthropic's messages put them on the wire."""

import json
from collections.abc import Iterator
from typing import Any

from simulated_provider.answer import Answer
from simulated_provider.anthropic_request import read_messages
from simulated_provider.tokens import count_request
from simulated_provider.wire import Asked

_ABSURD = 1_000_000_000
_SERVER_ERROR = 500
_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
_KINDS = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class AnthropicWire:
    """`POST /v1/messages`; `input_tokens` are those that no cache was asked about."""

    name = "anthropic"
    request_id_header = "request-id"
    id_prefix = "msg_"
    malformed = b'event: content_block_delta\ndata: {"type": "content_blo\n\n'

    def __init__(self) -> None:
        error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
        self.error_event = _event(error)

    def read(self, body: Any, headers: dict[str, str]) -> Asked:
        if "anthropic-version" not in headers:
            raise ValueError("anthropic-version: header is required")
        return read_messages(body)

    def whole(self, answer: Answer, request_id: str, *, with_usage: bool, absurd: bool) -> bytes:
        blocks: list[dict[str, Any]] = [{"type": "text", "text": answer.text}] if answer.text else []
        blocks += [
            {**_tool_block(call), "input": json.loads(call["function"]["arguments"])} for call in answer.tool_calls
        ]
        message = _message(answer, request_id) | {
            "content": blocks,
            "stop_reason": _STOP_REASONS[answer.finish_reason],
        }
        if with_usage:
            message["usage"] = usage(answer, output_tokens=_ABSURD if absurd else answer.output_tokens)
        return json.dumps(message, ensure_ascii=False).encode()

    def chunks(self, answer: Answer, request_id: str, *, include_usage: bool) -> Iterator[bytes]:
        message = _message(answer, request_id)
        if include_usage:
            message["usage"] = usage(answer, output_tokens=1)
        opening = _event({"type": "message_start", "message": message})
        if answer.text:
            opening += _block_start(0, {"type": "text", "text": ""})
        yield opening + _event({"type": "ping"})
        for piece in answer.pieces:
            yield _delta(0, {"type": "text_delta", "text": piece})
        if answer.text:
            yield _event({"type": "content_block_stop", "index": 0})
        for index, call in enumerate(answer.tool_calls, start=1 if answer.text else 0):
            yield _block_start(index, {**_tool_block(call), "input": {}})
            arguments = call["function"]["arguments"]
            half = len(arguments) // 2
            for part in (arguments[:half], arguments[half:]):
                yield _delta(index, {"type": "input_json_delta", "partial_json": part})
            yield _event({"type": "content_block_stop", "index": index})

    def ending(self, answer: Answer, request_id: str, *, with_usage: bool, absurd: bool) -> Iterator[bytes]:  # noqa: ARG002
        delta: dict[str, Any] = {
            "type": "message_delta",
            "delta": {"stop_reason": _STOP_REASONS[answer.finish_reason], "stop_sequence": None},
        }
        if with_usage:
            delta["usage"] = {"output_tokens": _ABSURD if absurd else answer.output_tokens}
        yield _event(delta)
        yield _event({"type": "message_stop"})

    def error(self, message: str, *, status: int) -> bytes:
        kind = _KINDS.get(status, "api_error" if status >= _SERVER_ERROR else "invalid_request_error")
        return json.dumps({"type": "error", "error": {"type": kind, "message": message}, "request_id": None}).encode()


def counted(asked: Asked) -> bytes:
    """The body of an answer of count_tokens."""
    return json.dumps({"input_tokens": count_request(asked.body)}).encode()


def usage(answer: Answer, *, output_tokens: int) -> dict[str, Any]:
    cache = answer.cache
    return {
        "input_tokens": answer.input_tokens - cache.read - cache.written,
        "cache_creation_input_tokens": cache.written,
        "cache_read_input_tokens": cache.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": cache.written_5m,
            "ephemeral_1h_input_tokens": cache.written_1h,
        },
        "output_tokens": output_tokens,
        "service_tier": "standard",
    }


def _message(answer: Answer, request_id: str) -> dict[str, Any]:
    return {
        "id": request_id,
        "type": "message",
        "role": "assistant",
        "model": answer.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _tool_block(call: dict[str, Any]) -> dict[str, Any]:
    return {"type": "tool_use", "id": call["id"].replace("call_", "toolu_"), "name": call["function"]["name"]}


def _block_start(index: int, block: dict[str, Any]) -> bytes:
    return _event({"type": "content_block_start", "index": index, "content_block": block})


def _delta(index: int, delta: dict[str, Any]) -> bytes:
    return _event({"type": "content_block_delta", "index": index, "delta": delta})


def _event(document: dict[str, Any]) -> bytes:
    return f"event: {document['type']}\ndata: {json.dumps(document, ensure_ascii=False)}\n\n".encode()
