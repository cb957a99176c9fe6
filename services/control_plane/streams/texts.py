"""What models say in runs that have readers: heard once for all of them, and told to each without a hole."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from control_plane.streams.frames import text_frame
from foundation.cloud.live_text.base import LiveText, Room, Rooms
from foundation.contracts.live_text import TextPiece
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import StepId
from foundation.telemetry.bus.event_bus import EventBus, Topic
from foundation.telemetry.logs import logger

_AGAIN_SECONDS = 1.0

_log = logger(__name__)


def pieces_of(room: Room) -> Topic[TextPiece]:
    """What is said in an outermost run and below it."""
    return Topic("live_text", room)


class Texts:
    """One listener a process. While the place of text is away, streams go on without text."""

    def __init__(self, live_text: LiveText, bus: EventBus) -> None:
        self._live_text = live_text
        self._bus = bus
        self._rooms = Rooms()

    @contextmanager
    def of(self, room: Room) -> Iterator[None]:
        """Has what is said there published on the bus."""
        self._rooms.enter(room)
        try:
            yield
        finally:
            self._rooms.leave(room)

    async def said(self, room: Room) -> list[TextPiece]:
        """What has been said so far; nothing where that cannot be asked."""
        try:
            return await self._live_text.said(room)
        except DependencyUnavailable as error:
            _log.debug("what models say cannot be read", exc_info=error)
            return []

    async def run(self) -> None:
        """Listens until cancelled."""
        while True:
            try:
                await self._live_text.listen(self._rooms, self._hear)
            except DependencyUnavailable as error:
                _log.debug("what models say cannot be heard", exc_info=error)
                await asyncio.sleep(_AGAIN_SECONDS)
                self._rooms.changed.set()

    def _hear(self, piece: TextPiece) -> None:
        self._bus.publish(pieces_of((piece.place.tenant_id, piece.place.root)), piece)


@dataclass
class TextTold:
    """How far one reader was told of each step: no character twice, and none left out unnoticed."""

    _far: dict[StepId, tuple[int, int, int]] = field(default_factory=dict)
    """Fence, turn, and the offset of the next character."""

    def frame(self, piece: TextPiece) -> bytes | None:
        """What is new in the piece; None where nothing is. `ValueError` where something before it is missing."""
        place = piece.place
        *known, far = self._far.get(place.step_id, (0, 0, 0))
        turn = [place.fence, place.turn]
        if turn < known:
            return None
        if turn > known:
            far = 0
        if piece.offset > far:
            raise ValueError("a piece is missing")
        end = piece.offset + len(piece.text)
        if end <= far:
            return None
        self._far[place.step_id] = (place.fence, place.turn, end)
        return text_frame(piece, offset=far, text=piece.text[far - piece.offset :])
