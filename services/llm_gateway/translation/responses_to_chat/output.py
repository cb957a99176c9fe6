"""The output of a response, as it grows by the messages and chunks of a chat completion."""

from typing import Any

from llm_gateway.translation.responses_to_chat.items import CallItem, Event, Item, MessageItem, ReasoningItem, Status
from llm_gateway.wires.chat.answer_body import Message, ToolCall


class Output:
    """Items stand in the order in which they began, and all stay open until the end: calls mix as they like."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._message: MessageItem | None = None
        self._reasoning: ReasoningItem | None = None
        self._calls: dict[int, CallItem] = {}

    def take(self, message: Message, *, of: str) -> list[Event]:
        """Add a message, or what a chunk adds to one, and tell it; `of` is the response's id."""
        events: list[Event] = []
        if message.reasoning_content:
            events += self._think(message.reasoning_content, of)
        for kind, text in (("output_text", message.content), ("refusal", message.refusal)):
            if text:
                events += self._say(kind, text, of)
        for position, call in enumerate(message.tool_calls or ()):
            events += self._call(call, position if call.index is None else call.index, of)
        return events

    def close(self, *, finished: bool) -> list[Event]:
        """The events that end all items."""
        documents = self.documents(finished=finished)
        events: list[Event] = []
        for place, (item, document) in enumerate(zip(self._items, documents, strict=True)):
            events += item.closed()
            events.append({"type": "response.output_item.done", "output_index": place, "item": document})
        return events

    def documents(self, *, finished: bool) -> list[dict[str, Any]]:
        """The items at the end; of an answer that was cut off, the last one is not complete."""
        statuses: list[Status] = ["completed"] * len(self._items)
        if statuses and not finished:
            statuses[-1] = "incomplete"
        return [item.document(status) for item, status in zip(self._items, statuses, strict=True)]

    def _think(self, text: str, of: str) -> list[Event]:
        if self._reasoning is not None:
            return self._reasoning.add(text)
        self._reasoning = ReasoningItem(f"rs_{of}", len(self._items))
        return [*self._open(self._reasoning), *self._reasoning.add(text)]

    def _say(self, kind: str, text: str, of: str) -> list[Event]:
        if self._message is not None:
            return self._message.add(kind, text)
        self._message = MessageItem(f"msg_{of}", len(self._items))
        return [*self._open(self._message), *self._message.add(kind, text)]

    def _call(self, call: ToolCall, index: int, of: str) -> list[Event]:
        events: list[Event] = []
        function = call.function
        if index not in self._calls:
            name = function.name if function is not None else None
            item = CallItem(f"fc_{of}_{index}", len(self._items), call.id or "", name or "")
            self._calls[index] = item
            events += self._open(item)
        if function is not None and function.arguments:
            events += self._calls[index].add(function.arguments)
        return events

    def _open(self, item: Item) -> list[Event]:
        self._items.append(item)
        document = item.document("in_progress")
        return [{"type": "response.output_item.added", "output_index": len(self._items) - 1, "item": document}]
