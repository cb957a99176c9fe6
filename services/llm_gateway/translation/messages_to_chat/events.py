"""A stream of chat completions as a stream of messages."""

from collections.abc import Iterator
from typing import Any

from llm_gateway.exchange.usage import NO_USAGE
from llm_gateway.translation.lengths import Names
from llm_gateway.translation.messages_to_chat.blocks import TEXT, BlockSequence
from llm_gateway.translation.stop_reasons import as_stop_reason
from llm_gateway.wires.chat.answer_body import ChatAnswer, Message, ToolCall, read_chunk
from llm_gateway.wires.messages.usage import write_messages_usage
from llm_gateway.wires.sse import data_of, write_named_event


class MessageEventTranslator:
    """One stream: how it ended and what it took come in any order, so they are told at its end."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._started = False
        self._blocks = BlockSequence()
        self._finish_reason: str | None = None
        self._usage = NO_USAGE
        self._called = False
        self._refused = False

    def feed(self, event: bytes) -> list[bytes]:
        data = data_of(event)
        if not data:
            return []
        chunk = read_chunk(data)
        if chunk.usage is not None:
            self._usage = chunk.usage.read()
        choice = chunk.first()
        if choice is None:
            return []
        events = [*self._start(chunk), *self._add(choice.delta or Message())]
        self._finish_reason = choice.finish_reason or self._finish_reason
        return [write_named_event(one) for one in events]

    def end(self, event: bytes) -> list[bytes]:  # noqa: ARG002  # [DONE] says nothing more
        reason = as_stop_reason(self._finish_reason, called=self._called, refused=self._refused)
        ending = [
            *self._start(ChatAnswer()),
            *self._blocks.close(),
            {
                "type": "message_delta",
                "delta": {"stop_reason": reason, "stop_sequence": None},
                "usage": write_messages_usage(self._usage),
            },
            {"type": "message_stop"},
        ]
        return [write_named_event(one) for one in ending]

    def _start(self, chunk: ChatAnswer) -> Iterator[dict[str, Any]]:
        """The first event; the input's usage is not known yet, and the last but one corrects it."""
        if self._started:
            return
        self._started = True
        message: dict[str, Any] = {
            "id": chunk.id or "",
            "type": "message",
            "role": "assistant",
            "model": chunk.model or "",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 0, "output_tokens": 0},
        }
        yield {"type": "message_start", "message": message}

    def _add(self, delta: Message) -> Iterator[dict[str, Any]]:
        self._refused = self._refused or bool(delta.refusal)
        for text in (delta.content, delta.refusal):
            if text:
                yield from self._blocks.add(TEXT, text, start={"type": "text", "text": ""})
        for position, call in enumerate(delta.tool_calls or ()):
            self._called = True
            yield from self._call(call, position)

    def _call(self, call: ToolCall, position: int) -> Iterator[dict[str, Any]]:
        function = call.function
        start = {
            "type": "tool_use",
            "id": call.id or "",
            "name": self._names.back((function.name if function is not None else None) or ""),
            "input": {},
        }
        key = position if call.index is None else call.index
        yield from self._blocks.add(key, (function.arguments if function is not None else None) or "", start=start)
