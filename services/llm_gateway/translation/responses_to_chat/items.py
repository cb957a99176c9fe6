"""The items of a response's output: what each is, and the events that tell how it grows."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Event = dict[str, Any]
Status = Literal["in_progress", "completed", "incomplete"]


class Item(Protocol):
    """An item at its place in the output; events have no sequence number yet."""

    def document(self, status: Status) -> dict[str, Any]: ...

    def closed(self) -> list[Event]:
        """The events that say that there will be no more of what is in it."""
        ...


@dataclass(slots=True)
class MessageItem:
    """`parts` are `output_text` and `refusal`, each in fragments."""

    id: str
    place: int
    parts: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, fragment: str) -> list[Event]:
        events: list[Event] = []
        if kind not in self.parts:
            self.parts[kind] = []
            part = _part(kind, "")
            events.append({"type": "response.content_part.added", **self._at(kind), "part": part})
        self.parts[kind].append(fragment)
        return [*events, {"type": f"response.{kind}.delta", **self._at(kind), "delta": fragment, **_logprobs(kind)}]

    def closed(self) -> list[Event]:
        events: list[Event] = []
        for kind, fragments in self.parts.items():
            text, at = "".join(fragments), self._at(kind)
            name = "refusal" if kind == "refusal" else "text"
            events.append({"type": f"response.{kind}.done", **at, name: text, **_logprobs(kind)})
            events.append({"type": "response.content_part.done", **at, "part": _part(kind, text)})
        return events

    def document(self, status: Status) -> dict[str, Any]:
        content = [_part(kind, "".join(fragments)) for kind, fragments in self.parts.items()]
        return {"type": "message", "id": self.id, "role": "assistant", "status": status, "content": content}

    def _at(self, kind: str) -> dict[str, Any]:
        return {"item_id": self.id, "output_index": self.place, "content_index": list(self.parts).index(kind)}


@dataclass(slots=True)
class CallItem:
    """A call of a function, whose arguments come in fragments of JSON."""

    id: str
    place: int
    call_id: str
    name: str
    arguments: list[str] = field(default_factory=list)

    def add(self, fragment: str) -> list[Event]:
        self.arguments.append(fragment)
        return [{"type": "response.function_call_arguments.delta", **self._at(), "delta": fragment}]

    def closed(self) -> list[Event]:
        arguments = "".join(self.arguments)
        return [{"type": "response.function_call_arguments.done", **self._at(), "arguments": arguments}]

    def document(self, status: Status) -> dict[str, Any]:
        return {
            "type": "function_call",
            "id": self.id,
            "call_id": self.call_id,
            "name": self.name,
            "arguments": "".join(self.arguments),
            "status": status,
        }

    def _at(self) -> dict[str, Any]:
        return {"item_id": self.id, "output_index": self.place}


@dataclass(slots=True)
class ReasoningItem:
    """What was thought, as one summary."""

    id: str
    place: int
    fragments: list[str] = field(default_factory=list)

    def add(self, fragment: str) -> list[Event]:
        events: list[Event] = []
        if not self.fragments:
            events.append({"type": "response.reasoning_summary_part.added", **self._at(), "part": _summary("")})
        self.fragments.append(fragment)
        return [*events, {"type": "response.reasoning_summary_text.delta", **self._at(), "delta": fragment}]

    def closed(self) -> list[Event]:
        text = "".join(self.fragments)
        return [
            {"type": "response.reasoning_summary_text.done", **self._at(), "text": text},
            {"type": "response.reasoning_summary_part.done", **self._at(), "part": _summary(text)},
        ]

    def document(self, status: Status) -> dict[str, Any]:
        summary = [_summary("".join(self.fragments))] if self.fragments else []
        return {"type": "reasoning", "id": self.id, "summary": summary, "status": status}

    def _at(self) -> dict[str, Any]:
        return {"item_id": self.id, "output_index": self.place, "summary_index": 0}


def _part(kind: str, text: str) -> dict[str, Any]:
    if kind == "refusal":
        return {"type": kind, "refusal": text}
    return {"type": kind, "text": text, "annotations": [], "logprobs": []}


def _logprobs(kind: str) -> dict[str, Any]:
    return {} if kind == "refusal" else {"logprobs": []}


def _summary(text: str) -> dict[str, Any]:
    return {"type": "summary_text", "text": text}
