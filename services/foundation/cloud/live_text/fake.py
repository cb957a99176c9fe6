"""Live text in memory."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from foundation.cloud.live_text.base import Room, Rooms
from foundation.contracts.live_text import TextPiece, TurnPlace
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import StepId, TenantId


@dataclass
class FakeLiveText:
    """`away` makes every call fail as when Redis cannot be reached."""

    away: bool = False
    pieces: list[TextPiece] = field(default_factory=list)
    """All that were ever said, in order."""
    _said: dict[Room, dict[StepId, TextPiece]] = field(default_factory=lambda: defaultdict(dict))
    _listening: list[tuple[Rooms, Callable[[TextPiece], None]]] = field(default_factory=list)

    async def say(self, piece: TextPiece) -> None:
        self._answer()
        self.pieces.append(piece)
        room, step_id = (piece.place.tenant_id, piece.place.root), piece.place.step_id
        before = self._said[room].get(step_id) if piece.offset else None
        text = (before.text if before else "") + piece.text
        self._said[room][step_id] = piece.model_copy(update={"offset": 0, "text": text})
        for rooms, hear in self._listening:
            if room in rooms.open:
                hear(piece)

    async def end(self, place: TurnPlace) -> None:
        self._answer()
        said = self._said[place.tenant_id, place.root]
        if place.step_id in said and said[place.step_id].place.fence <= place.fence:
            del said[place.step_id]

    async def said(self, room: Room) -> list[TextPiece]:
        self._answer()
        return list(self._said[room].values())

    async def forget(self, tenant_id: TenantId) -> int:
        self._answer()
        gone = [room for room, said in self._said.items() if room[0] == tenant_id and said]
        count = sum(1 + len(self._said.pop(room)) for room in gone)
        self.pieces = [piece for piece in self.pieces if piece.place.tenant_id != tenant_id]
        return count

    async def listen(self, rooms: Rooms, hear: Callable[[TextPiece], None]) -> None:
        self._answer()
        self._listening.append((rooms, hear))
        try:
            await asyncio.Event().wait()
        finally:
            self._listening.remove((rooms, hear))

    def _answer(self) -> None:
        if self.away:
            raise DependencyUnavailable("this place of text is away")
