"""The port behind live text: pieces are told to who listens, and kept until their turn has ended; any may be lost."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from foundation.contracts.live_text import TextPiece, TurnPlace
from foundation.domain.ids import RunId, TenantId

Room = tuple[TenantId, RunId]
"""A tenant and an outermost run: what is said in it and below it is heard together."""


class Rooms:
    """The rooms that somebody listens to; `changed` is set whenever they are others than before."""

    def __init__(self) -> None:
        self._listeners: Counter[Room] = Counter()
        self.changed = asyncio.Event()

    def enter(self, room: Room) -> None:
        self._listeners[room] += 1
        self.changed.set()

    def leave(self, room: Room) -> None:
        self._listeners[room] -= 1
        if not self._listeners[room]:
            del self._listeners[room]
        self.changed.set()

    @property
    def open(self) -> set[Room]:
        return set(self._listeners)


class LiveText(Protocol):
    """Every call raises `DependencyUnavailable` when the place where text is kept does not answer."""

    async def say(self, piece: TextPiece) -> None:
        """Tells the piece to who listens, and adds it to what its turn has said; at offset 0 the turn begins anew."""
        ...

    async def end(self, place: TurnPlace) -> None:
        """The turn is over: what it has said is forgotten, unless a later holder of the step has begun to speak."""
        ...

    async def said(self, room: Room) -> list[TextPiece]:
        """What each turn that is under way has said so far, from its beginning, one piece a step."""
        ...

    async def forget(self, tenant_id: TenantId) -> int:
        """Removes whatever is kept of a tenant; returns how many texts and indexes that was."""
        ...

    async def listen(self, rooms: Rooms, hear: Callable[[TextPiece], None]) -> None:
        """Calls `hear` with each piece of these rooms, until cancelled."""
        ...
