"""A stream of messages as a stream of chat completions."""

from typing import Any

from llm_gateway.translation.lengths import Names
from llm_gateway.translation.stop_reasons import as_finish_reason
from llm_gateway.wires.chat.usage import write_chat_usage
from llm_gateway.wires.messages.answer_body import Block, Delta, Event, Message, read_event
from llm_gateway.wires.messages.usage import MessagesUsage
from llm_gateway.wires.sse import DONE, data_of, write_data_event


class ChunkTranslator:
    """One stream: how it ended and what it took are kept for its end, everything else goes at once."""

    def __init__(self, *, created: int, wants_usage: bool, keeps_thinking: bool, names: Names) -> None:
        self._names = names
        self._created = created
        self._wants_usage = wants_usage
        self._keeps_thinking = keeps_thinking
        self._message = Message(type="message", content=[])
        self._usage = MessagesUsage()
        self._last = Delta()
        self._calls = 0
        self._open_call: Block | None = None
        self._argued = False
        """Whether the open call's arguments have begun."""

    def feed(self, event: bytes) -> list[bytes]:
        data = data_of(event)
        if not data:
            return []
        read = read_event(data)
        match read:
            case Event(type="message_start", message=message) if message is not None:
                return self._start(message)
            case Event(type="content_block_start", content_block=block) if block is not None:
                return self._open(block)
            case Event(type="content_block_delta", delta=delta) if delta is not None:
                return self._add(delta)
            case Event(type="content_block_stop"):
                return self._close()
            case Event(type="message_delta"):
                self._last = read.delta or self._last
                self._usage = (read.usage or MessagesUsage()).over(self._usage)
        return []

    def end(self, event: bytes) -> list[bytes]:  # noqa: ARG002  # a message_stop says nothing more
        ending = []
        if self._last.stop_details is not None and self._last.stop_details.explanation:
            ending.append(self._chunk({"refusal": self._last.stop_details.explanation}))
        ending.append(self._chunk({}, finish_reason=as_finish_reason(self._last.stop_reason)))
        if self._wants_usage:
            ending.append(write_data_event(self._document(choices=[], usage=write_chat_usage(self._usage.read()))))
        return [*ending, DONE]

    def _start(self, message: Message) -> list[bytes]:
        self._message = message
        self._usage = message.usage or self._usage
        return [self._chunk({"role": "assistant", "content": None})]

    def _open(self, block: Block) -> list[bytes]:
        if block.type == "tool_use":
            self._calls += 1
            self._open_call, self._argued = block, False
            function = {"name": self._names.back(block.name or ""), "arguments": ""}
            return [self._call({"id": block.id or "", "type": "function", "function": function})]
        return self._add(Delta(text=block.text, thinking=block.thinking))

    def _add(self, delta: Delta) -> list[bytes]:
        """Signatures, citations and redacted thinking are left out."""
        if delta.text:
            return [self._chunk({"content": delta.text})]
        if delta.partial_json and self._open_call is not None:
            self._argued = True
            return [self._call({"function": {"arguments": delta.partial_json}})]
        if delta.thinking and self._keeps_thinking:
            return [self._chunk({"reasoning_content": delta.thinking})]
        return []

    def _close(self) -> list[bytes]:
        """Messages leave out the arguments of a call that has none; chat completions have an empty object."""
        block, self._open_call = self._open_call, None
        if block is None or self._argued:
            return []
        return [self._call({"function": {"arguments": block.arguments()}})]

    def _call(self, call: dict[str, Any]) -> bytes:
        return self._chunk({"tool_calls": [{"index": self._calls - 1, **call}]})

    def _chunk(self, delta: dict[str, Any], *, finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return write_data_event(self._document(choices=[choice]))

    def _document(self, **members: Any) -> dict[str, Any]:
        return {
            "id": self._message.id or "",
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": self._message.model or "",
            **members,
        }
