"""Content blocks of a stream of messages, one after the other."""

from dataclasses import dataclass, field
from typing import Any

TEXT = -1
"""The key of the text, where calls have their index."""


@dataclass(slots=True)
class Block:
    """`start` is what it begins with; `waiting` are fragments that came while another was open."""

    start: dict[str, Any]
    waiting: list[str] = field(default_factory=list)

    def delta(self, fragment: str) -> dict[str, Any]:
        if self.start["type"] == "text":
            return {"type": "text_delta", "text": fragment}
        return {"type": "input_json_delta", "partial_json": fragment}


class BlockSequence:
    """Messages have one block open at a time, chat completions mix their calls as they like.

    What comes for the open block goes at once. A text ends when a call begins. A call ends with the answer only, for
    more of it may come at any time; what comes for others meanwhile waits until then.
    """

    def __init__(self) -> None:
        self._blocks: dict[int, Block] = {}
        """All that are not ended, the open one first."""
        self._index = 0

    def add(self, key: int, fragment: str, *, start: dict[str, Any]) -> list[dict[str, Any]]:
        """The events that a fragment for one block makes; `start` is for when it is the first."""
        events: list[dict[str, Any]] = []
        if key not in self._blocks:
            if key != TEXT and list(self._blocks) == [TEXT]:
                events += self._close(TEXT)
            self._blocks[key] = Block(start)
            if len(self._blocks) == 1:
                events.append(self._start(key))
        block = self._blocks[key]
        if next(iter(self._blocks)) != key:
            block.waiting.append(fragment)
        elif fragment:
            events.append(self._delta(block, fragment))
        return events

    def close(self) -> list[dict[str, Any]]:
        """The events that end all blocks, those that waited among them."""
        events: list[dict[str, Any]] = []
        for position, (key, block) in enumerate(list(self._blocks.items())):
            if position:
                events.append(self._start(key))
            if waited := "".join(block.waiting):
                events.append(self._delta(block, waited))
            events += self._close(key)
        return events

    def _start(self, key: int) -> dict[str, Any]:
        return {"type": "content_block_start", "index": self._index, "content_block": self._blocks[key].start}

    def _delta(self, block: Block, fragment: str) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": self._index, "delta": block.delta(fragment)}

    def _close(self, key: int) -> list[dict[str, Any]]:
        del self._blocks[key]
        self._index += 1
        return [{"type": "content_block_stop", "index": self._index - 1}]
