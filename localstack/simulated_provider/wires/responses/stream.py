"""Writes a stream of OpenAI's Responses: events are numbered, and each item is opened, filled and closed."""

from collections.abc import Iterator
from typing import Any

from simulated_provider.answers.answer import pieces_of
from simulated_provider.answers.generation import ToolCall
from simulated_provider.answers.usage import Usage
from simulated_provider.wires.base import Chunk, Reply
from simulated_provider.wires.responses.items import (
    call_item,
    message_item,
    output_items,
    reasoning_item,
    response,
    search_items,
    summary_part,
    text_part,
    whole_response,
)
from simulated_provider.wires.sse import named_event

_FAILED = "The server had an error"


class ResponsesStream:
    """One reply as events; each carries the next number and the place of its item in the output."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._number = 0
        self._position = 0
        """The position in the output of the item that is being sent."""

    def chunks(self) -> Iterator[Chunk]:
        answer = self._reply.answer
        data = b"".join(
            self._event(f"response.{status}", response=response(self._reply, status="in_progress"))
            for status in ("created", "in_progress")
        )
        if answer.thinking:
            data += self._reasoning(answer.thinking)
        for item in search_items(self._reply):
            data += self._item("added", item | {"status": "in_progress"}) + self._item("done", item)
        if answer.text:
            yield Chunk(data + self._message_opening(), answer.thinking)
            where = {**self._here("msg_"), "content_index": 0}
            for piece in answer.pieces:
                yield Chunk(self._event("response.output_text.delta", **where, delta=piece, logprobs=[]), piece)
            yield Chunk(self._message_closing(answer.text))
        else:
            yield Chunk(data, answer.thinking)
        for call in answer.tool_calls:
            yield from self._call(call)

    def ending(self, usage: Usage | None) -> list[bytes]:
        whole = whole_response(self._reply, usage)
        return [self._event(f"response.{whole['status']}", response=whole)]

    def failure(self) -> bytes:
        """An error event before the first other event, afterwards the failure of the response."""
        if not self._number:
            return self._event("error", code="server_error", message=_FAILED, param=None)
        failed = response(self._reply, status="failed") | {"error": {"code": "server_error", "message": _FAILED}}
        return self._event("response.failed", response=failed)

    def _reasoning(self, thinking: str) -> bytes:
        item = reasoning_item(self._reply)
        events = self._item("added", item | {"summary": []})
        if item["summary"]:
            where = {**self._here("rs_"), "summary_index": 0}
            name = "response.reasoning_summary"
            events += self._event(f"{name}_part.added", **where, part=summary_part(""))
            events += self._event(f"{name}_text.delta", **where, delta=thinking)
            events += self._event(f"{name}_text.done", **where, text=thinking)
            events += self._event(f"{name}_part.done", **where, part=summary_part(thinking))
        return events + self._item("done", item)

    def _message_opening(self) -> bytes:
        opened = self._item("added", message_item(self._reply, status="in_progress", content=[]))
        where = {**self._here("msg_"), "content_index": 0}
        return opened + self._event("response.content_part.added", **where, part=text_part(""))

    def _message_closing(self, text: str) -> bytes:
        where = {**self._here("msg_"), "content_index": 0}
        closed = self._event("response.output_text.done", **where, text=text, logprobs=[])
        closed += self._event("response.content_part.done", **where, part=text_part(text))
        return closed + self._item("done", output_items(self._reply)[self._position])

    def _call(self, call: ToolCall) -> Iterator[Chunk]:
        where = {"item_id": f"fc_{call.key}", "output_index": self._position}
        yield Chunk(self._item("added", call_item(call, "", status="in_progress")), call.name)
        for part in pieces_of(call.arguments, 2):
            yield Chunk(self._event("response.function_call_arguments.delta", **where, delta=part), part)
        done = self._event("response.function_call_arguments.done", **where, arguments=call.arguments, name=call.name)
        yield Chunk(done + self._item("done", call_item(call, call.arguments, status="completed")))

    def _here(self, prefix: str) -> dict[str, Any]:
        return {"item_id": self._reply.id(prefix), "output_index": self._position}

    def _item(self, what: str, item: dict[str, Any]) -> bytes:
        event = self._event(f"response.output_item.{what}", output_index=self._position, item=item)
        self._position += what == "done"
        return event

    def _event(self, kind: str, **members: Any) -> bytes:
        document = {"type": kind, "sequence_number": self._number, **members}
        self._number += 1
        return named_event(document)
