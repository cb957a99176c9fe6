"""What of a conversation a model is sent: all of it, or where it is too long, not the oldest results of tools."""

import json
from dataclasses import dataclass

from orchestrator.engines.agent.messages import Message, wire

BYTES_PER_TOKEN = 4
"""By which `context_tokens` is held against a conversation before any provider has counted it."""
KEPT_TURNS = 2
"""The last turns of which nothing is left out."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many results of tools a request does without, and how many bytes they had."""

    results: int = 0
    bytes: int = 0

    def as_json(self) -> dict[str, int] | None:
        """As the event of the turn tells it; None where nothing was left out."""
        return {"results": self.results, "bytes": self.bytes} if self.results else None


def window_of(messages: list[Message], *, context_tokens: int) -> tuple[list[Message], LeftOut]:
    """The messages in wire form, and what was left out of them so that they fit: a function of these two alone.

    Results are left out from the oldest on, each replaced by a note with its size, until the rest fits or only the
    opening, the model's own messages and the last turns are whole. What still is too long then is sent as it is.
    """
    sent = [wire(message) for message in messages]
    excess = sum(_size(message) for message in sent) - context_tokens * BYTES_PER_TOKEN
    results = left_out = 0
    for place, message in enumerate(sent[: _kept_from(sent)]):
        if excess <= 0:
            break
        note = _note(message)
        if note is None:
            continue
        saved = _size(message) - _size(note)
        if saved > 0:
            sent[place] = note
            excess -= saved
            results += 1
            left_out += len(message["content"].encode())
    return sent, LeftOut(results, left_out)


def _kept_from(messages: list[Message]) -> int:
    """The place from which on everything is kept: the beginning of the last turns."""
    answers = [place for place, message in enumerate(messages) if message["role"] == "assistant"]
    return answers[-KEPT_TURNS] if len(answers) > KEPT_TURNS else 0


def _note(message: Message) -> Message | None:
    """What stands in the place of a tool's result; None for any other message."""
    if message["role"] != "tool" or not isinstance(message.get("content"), str):
        return None
    size = len(message["content"].encode())
    detail = f"this result of {size} bytes is left out, as the conversation has become too long; call the tool again"
    return {**message, "content": json.dumps({"left_out": detail})}


def _size(message: Message) -> int:
    return len(json.dumps(message, ensure_ascii=False).encode())
