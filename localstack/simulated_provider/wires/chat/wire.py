"""Writes answers in the form of OpenAI's chat completions."""

import json
from collections.abc import Iterator
from typing import Any

from simulated_provider.answers.answer import Answer, Finish, pieces_of
from simulated_provider.answers.generation import ToolCall
from simulated_provider.answers.request import ModelRequest
from simulated_provider.answers.usage import Usage
from simulated_provider.wires.base import CREATED, Chunk, Reply, Stream
from simulated_provider.wires.chat.request import read_chat
from simulated_provider.wires.chat.rules import check_chat
from simulated_provider.wires.openai.errors import error
from simulated_provider.wires.sse import DONE, data_event

_FINISH_REASONS = {
    Finish.STOP: "stop",
    Finish.STOP_SEQUENCE: "stop",
    Finish.LENGTH: "length",
    Finish.TOOL_CALLS: "tool_calls",
}


class ChatWire:
    """`POST /v1/chat/completions`."""

    request_id_header = "x-request-id"
    id_prefix = "chatcmpl-"
    malformed = b'data: {"choices": [{"del\n\n'

    def read(self, body: Any, headers: dict[str, str]) -> ModelRequest:  # noqa: ARG002
        request = read_chat(body)
        check_chat(body)
        return request

    def whole(self, reply: Reply, usage: Usage | None) -> bytes:
        answer = reply.answer
        message: dict[str, Any] = {
            "role": "assistant",
            "content": answer.text or None,
            "refusal": None,
            "annotations": [],
        }
        if answer.tool_calls:
            message["tool_calls"] = [_tool_call(call, call.arguments) for call in answer.tool_calls]
        choices = [
            {"index": index, "message": message, "logprobs": None, "finish_reason": _FINISH_REASONS[answer.finish]}
            for index in range(answer.choices)
        ]
        body = _document("chat.completion", reply, choices)
        if usage is not None:
            body["usage"] = _usage(usage)
        return json.dumps(body, ensure_ascii=False).encode()

    def stream(self, reply: Reply, usage: Usage | None) -> Stream:
        return _ChatStream(reply, tells_usage=reply.request.include_usage and usage is not None)

    def error(self, message: str, *, status: int, param: str | None = None, code: str | None = None) -> bytes:
        return error(message, status=status, param=param, code=code)


class _ChatStream:
    """One stream; it reports usage only if the request asked for that."""

    def __init__(self, reply: Reply, *, tells_usage: bool) -> None:
        self._reply = reply
        self._more = {"usage": None} if tells_usage else {}

    def chunks(self) -> Iterator[Chunk]:
        for index in range(self._reply.answer.choices):
            yield from self._choice(index, self._reply.answer)

    def _choice(self, index: int, answer: Answer) -> Iterator[Chunk]:
        opening = {"role": "assistant", "content": "", "refusal": None}
        # This wire does not show reasoning, but it was generated before the first word, so it is billed with it.
        yield Chunk(self._event(index, opening), answer.thinking)
        for piece in answer.pieces:
            yield Chunk(self._event(index, {"content": piece}), piece)
        for position, call in enumerate(answer.tool_calls):
            yield Chunk(self._event(index, {"tool_calls": [{"index": position, **_tool_call(call, "")}]}), call.name)
            for part in pieces_of(call.arguments, 2):
                delta = {"tool_calls": [{"index": position, "function": {"arguments": part}}]}
                yield Chunk(self._event(index, delta), part)
        yield Chunk(self._event(index, {}, _FINISH_REASONS[answer.finish]))

    def ending(self, usage: Usage | None) -> list[bytes]:
        if usage is None or not self._reply.request.include_usage:
            return [DONE]
        return [data_event(_document("chat.completion.chunk", self._reply, []) | {"usage": _usage(usage)}), DONE]

    def failure(self) -> bytes:
        return b"data: " + error("The server had an error", status=500) + b"\n\n"

    def _event(self, index: int, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return data_event(_document("chat.completion.chunk", self._reply, [choice]) | self._more)


def _document(kind: str, reply: Reply, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": reply.request_id,
        "object": kind,
        "created": CREATED,
        "model": reply.answer.model,
        "service_tier": "default",
        "system_fingerprint": "fp_simulated",
        "choices": choices,
    }


def _tool_call(call: ToolCall, arguments: str) -> dict[str, Any]:
    return {"id": f"call_{call.key}", "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cache.read, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
