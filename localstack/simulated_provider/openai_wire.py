"""Answers as OpenAI's chat completions put them on the wire."""

import json
from collections.abc import Iterator
from typing import Any

from simulated_provider.answer import Answer
from simulated_provider.wire import Asked

_CREATED = 1_700_000_000
"""The same in every answer: an answer depends on its request alone."""


_SERVER_ERROR = 500
_KINDS = {401: "authentication_error", 429: "rate_limit_error"}


class OpenAIWire:
    """`POST /v1/chat/completions`."""

    name = "openai"
    request_id_header = "x-request-id"
    id_prefix = "chatcmpl-"
    malformed = b'data: {"choices": [{"del\n\n'

    def __init__(self) -> None:
        self.error_event = b"data: " + error("The server had an error", kind="server_error") + b"\n\n"

    def read(self, body: Any, headers: dict[str, str]) -> Asked:  # noqa: ARG002
        _check(body)
        return Asked(body, include_usage=bool((body.get("stream_options") or {}).get("include_usage")))

    def whole(self, answer: Answer, request_id: str, *, with_usage: bool, absurd: bool) -> bytes:
        return completion(answer, request_id, with_usage=with_usage, absurd=absurd)

    def chunks(self, answer: Answer, request_id: str, *, include_usage: bool) -> Iterator[bytes]:
        return chunks(answer, request_id, include_usage=include_usage)

    def ending(self, answer: Answer, request_id: str, *, with_usage: bool, absurd: bool) -> Iterator[bytes]:
        if with_usage:
            yield usage_event(answer, request_id, absurd=absurd)
        yield b"data: [DONE]\n\n"

    def error(self, message: str, *, status: int) -> bytes:
        kind = _KINDS.get(status, "server_error" if status >= _SERVER_ERROR else "invalid_request_error")
        return error(message, kind=kind)


def usage(answer: Answer, *, absurd: bool) -> dict[str, Any]:
    output = 1_000_000_000 if absurd else answer.output_tokens
    return {
        "prompt_tokens": answer.input_tokens,
        "completion_tokens": output,
        "total_tokens": answer.input_tokens + output,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def completion(answer: Answer, request_id: str, *, with_usage: bool, absurd: bool) -> bytes:
    """The body of a plain answer."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.text or None}
    if answer.tool_calls:
        message["tool_calls"] = list(answer.tool_calls)
    body: dict[str, Any] = {
        "id": request_id,
        "object": "chat.completion",
        "created": _CREATED,
        "model": answer.model,
        "choices": [
            {"index": index, "message": message, "logprobs": None, "finish_reason": answer.finish_reason}
            for index in range(answer.choices)
        ],
    }
    if with_usage:
        body["usage"] = usage(answer, absurd=absurd)
    return json.dumps(body, ensure_ascii=False).encode()


def chunks(answer: Answer, request_id: str, *, include_usage: bool) -> Iterator[bytes]:
    """The events of a stream up to the usage event, one by one."""

    def event(index: int, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _event(request_id, answer.model, [choice], **({"usage": None} if include_usage else {}))

    for index in range(answer.choices):
        yield event(index, {"role": "assistant", "content": ""})
        for piece in answer.pieces:
            yield event(index, {"content": piece})
        for position, call in enumerate(answer.tool_calls):
            opening = {**call, "index": position, "function": {"name": call["function"]["name"], "arguments": ""}}
            yield event(index, {"tool_calls": [opening]})
            arguments = call["function"]["arguments"]
            half = len(arguments) // 2
            for part in (arguments[:half], arguments[half:]):
                yield event(index, {"tool_calls": [{"index": position, "function": {"arguments": part}}]})
        yield event(index, {}, answer.finish_reason)


def usage_event(answer: Answer, request_id: str, *, absurd: bool) -> bytes:
    return _event(request_id, answer.model, [], usage=usage(answer, absurd=absurd))


def error(message: str, *, kind: str, code: str | None = None) -> bytes:
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}}).encode()


def _event(request_id: str, model: str, choices: list[dict[str, Any]], **more: Any) -> bytes:
    body = {
        "id": request_id,
        "object": "chat.completion.chunk",
        "created": _CREATED,
        "model": model,
        "choices": choices,
        **more,
    }
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


def _check(body: Any) -> None:
    """ValueError when a body is not a chat completions request."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise ValueError("you must provide a model parameter")  # noqa: TRY004
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(message, dict) for message in messages):
        raise ValueError("messages must be a non-empty list of objects")
    for name in ("max_tokens", "max_completion_tokens", "n"):
        value = body.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise ValueError(f"{name} must be a positive integer")
