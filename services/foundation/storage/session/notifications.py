"""LISTEN: wakes waiting loops. A notification carries no data and may be lost, so loops also look by themselves."""

import asyncio
from contextlib import suppress

import psycopg

from foundation.storage.session.database import ONLY_THE_PRIMARY, DatabaseSettings
from foundation.telemetry.bus.event_bus import EventBus, Topic
from foundation.telemetry.logs import logger

_log = logger(__name__)
_RECONNECT_SECONDS = 1.0
_CONNECT_SECONDS = 5


def notices(channel: str) -> Topic[None]:
    """The topic under which a process's bus tells that a channel was notified."""
    return Topic("database_notices", channel)


class Wakeups:
    """Sets an event whenever its channel is notified; reconnects by itself, and then wakes once to be safe.

    An event is for one waiting loop; whoever else wants to know listens to the bus.
    """

    def __init__(self, settings: DatabaseSettings, *channels: str, bus: EventBus | None = None) -> None:
        self._url = str(settings.url)
        self._bus = bus
        self._events = {channel: asyncio.Event() for channel in channels}

    async def wait(self, channel: str, *, timeout_seconds: float) -> None:
        """Returns at a notification, or after the time-out."""
        event = self._events[channel]
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await event.wait()
        event.clear()

    def wake(self, channel: str) -> None:
        self._events[channel].set()
        if self._bus is not None:
            self._bus.publish(notices(channel), None)

    async def run(self) -> None:
        """Listens until cancelled."""
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                _log.debug("the listening connection broke", extra={"error": str(error)})
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=_CONNECT_SECONDS, target_session_attrs=ONLY_THE_PRIMARY
        )
        async with connection:
            for channel in self._events:
                await connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
            for channel in self._events:
                self.wake(channel)
            async for notice in connection.notifies():
                self.wake(notice.channel)
