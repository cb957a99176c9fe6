"""What a process has for its streams of events."""

from dataclasses import dataclass
from typing import Self

from control_plane.settings import ControlPlaneSettings
from control_plane.streams.reading import StreamReads
from control_plane.streams.seats import Seats
from control_plane.streams.tail import Tail
from control_plane.streams.texts import Texts
from foundation.cloud.live_text.base import LiveText
from foundation.storage.session.database import Database
from foundation.telemetry.bus.event_bus import EventBus


@dataclass(frozen=True, slots=True)
class Streams:
    """The loop that reads what is new, the reads of what is stored, and the places for readers."""

    tail: Tail
    texts: Texts
    reads: StreamReads
    seats: Seats

    @classmethod
    def of(cls, database: Database, live_text: LiveText, bus: EventBus, settings: ControlPlaneSettings) -> Self:
        """Streams take at most half of the pool, and only while they read."""
        return cls(
            Tail(database, bus),
            Texts(live_text, bus),
            StreamReads(database, at_once=max(1, settings.database_pool_size // 2)),
            Seats(most=settings.max_event_streams, most_of_tenant=settings.max_event_streams_of_tenant),
        )
