"""A bounded, fair wait for room that calls in flight hold: first come, first tried."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from llm_gateway.budget.refusals import RoomHeldByOthers

T = TypeVar("T")

_LOOK_SECONDS = 0.25
"""How often the first in a line tries without having been woken, because other gateways may have settled."""


class QueueFull(Exception):
    """The gateway already keeps as many calls waiting as it may."""


class WaitedTooLong(Exception):
    """The room did not come free in time; `refusal` names the limit that was in the way."""

    def __init__(self, refusal: RoomHeldByOthers) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class WaitingLine:
    """The calls that wait for room in one scope, the longest waiting first."""

    def __init__(self) -> None:
        self.waiting: deque[asyncio.Event] = deque()

    def wake_first(self) -> None:
        if self.waiting:
            self.waiting[0].set()


class FairWait:
    """Lines by scope key. A new call joins the line of one of its scopes, if there is one, instead of overtaking it."""

    def __init__(self, *, seconds: float, most: int) -> None:
        self._seconds = seconds
        self._most = most
        self._lines: dict[str, WaitingLine] = {}
        self._waiting = 0

    async def wait_for_room(
        self, scope_keys: Sequence[str], attempt: Callable[[], Awaitable[T]], *, once: bool = False
    ) -> T:
        """Run `attempt` until it is no longer refused for room held by others; with `once` when it is its turn only."""
        line_key = next((key for key in scope_keys if key in self._lines), None)
        if line_key is None:
            try:
                return await attempt()
            except RoomHeldByOthers as refusal:
                if once:
                    raise
                line_key = scope_keys[refusal.blocking.number]
        return await self._wait(line_key, scope_keys, attempt, once=once)

    def freed(self, scope_keys: Sequence[str]) -> None:
        """Room may have come free in these scopes."""
        for key in scope_keys:
            if (line := self._lines.get(key)) is not None:
                line.wake_first()

    async def _wait(
        self, line_key: str, scope_keys: Sequence[str], attempt: Callable[[], Awaitable[T]], *, once: bool
    ) -> T:
        if self._waiting >= self._most:
            raise QueueFull
        deadline = asyncio.get_running_loop().time() + self._seconds
        refusal: RoomHeldByOthers | None = None
        line, place = self._join(line_key)
        try:
            while True:
                await self._turn(line, place, deadline)
                try:
                    return await attempt()
                except RoomHeldByOthers as error:
                    if once:
                        raise
                    refusal = error
                    blocking_key = scope_keys[error.blocking.number]
                    if blocking_key != line_key:
                        self._leave(line_key, line, place)
                        line_key = blocking_key
                        line, place = self._join(line_key)
                if asyncio.get_running_loop().time() >= deadline:
                    raise WaitedTooLong(refusal)
        finally:
            self._leave(line_key, line, place)

    async def _turn(self, line: WaitingLine, place: asyncio.Event, deadline: float) -> None:
        """Waits until this place is first and either woken or due for a try; returns at the deadline in any case."""
        loop = asyncio.get_running_loop()
        while (now := loop.time()) < deadline:
            first = line.waiting[0] is place
            try:
                async with asyncio.timeout(min(deadline - now, _LOOK_SECONDS) if first else deadline - now):
                    await place.wait()
            except TimeoutError:
                if not first:
                    return
            place.clear()
            if line.waiting[0] is place:
                return

    def _join(self, key: str) -> tuple[WaitingLine, asyncio.Event]:
        line = self._lines.setdefault(key, WaitingLine())
        place = asyncio.Event()
        if not line.waiting:
            place.set()
        line.waiting.append(place)
        self._waiting += 1
        return line, place

    def _leave(self, key: str, line: WaitingLine, place: asyncio.Event) -> None:
        line.waiting.remove(place)
        self._waiting -= 1
        line.wake_first()
        if not line.waiting:
            self._lines.pop(key, None)
