"""Tells the text of a turn while its model speaks: seldom, in order, beside the call, and never at its cost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from foundation.cloud.live_text.base import LiveText
from foundation.contracts.live_text import MAX_LIVE_TEXT, TextPiece, TurnPlace
from foundation.domain.errors import DependencyUnavailable
from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger
from orchestrator.work import Work

_PAUSE_SECONDS = 0.25
_END_SECONDS = 5.0

_log = logger(__name__)


class TextTelling:
    """Tells each turn's text at most four times a second; what comes meanwhile is one piece."""

    def __init__(self, live_text: LiveText) -> None:
        self._live_text = live_text
        self._beside = TaskSet()

    @asynccontextmanager
    async def of_turn(self, work: Work, turn: int) -> AsyncIterator[Callable[[str], None]]:
        """What is called with each text of the turn. On leaving nothing is waited for."""
        telling = _Telling(self._live_text, place_of(work, turn))
        task = self._beside.start(telling.run(), name="live text")
        try:
            yield telling.add
        finally:
            telling.ended.set()
            telling.something.set()
            if not telling.began:
                task.cancel()

    async def drain(self) -> None:
        """Returns when what was told last has left; its time is bounded."""
        await self._beside.wait()


@dataclass
class _Telling:
    live_text: LiveText
    place: TurnPlace
    something: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: list[str] = field(default_factory=list)
    _told: int = 0
    _taken: int = 0

    @property
    def began(self) -> bool:
        return self._taken > 0

    def add(self, text: str) -> None:
        left = MAX_LIVE_TEXT - self._taken
        if left > 0:
            self._waiting.append(text[:left])
            self._taken += len(text)
            self.something.set()

    async def run(self) -> None:
        try:
            while not self.ended.is_set():
                await self.something.wait()
                self.something.clear()
                await self._tell()
                await self._pause()
            async with asyncio.timeout(_END_SECONDS):
                await self._tell()
                await self.live_text.end(self.place)
        except (DependencyUnavailable, TimeoutError) as error:
            _log.debug("the text of a turn is not told live", exc_info=error)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_PAUSE_SECONDS):
                await self.ended.wait()
        except TimeoutError:
            return

    async def _tell(self) -> None:
        text = "".join(self._waiting)
        self._waiting.clear()
        if text:
            offset, self._told = self._told, self._told + len(text)
            cut = self._taken > MAX_LIVE_TEXT and self._told == MAX_LIVE_TEXT
            await self.live_text.say(
                TextPiece(place=self.place, offset=offset, text=text, cut=cut, at=datetime.now(UTC))
            )


def place_of(work: Work, turn: int) -> TurnPlace:
    claim, dispatch = work.claim, work.claim.dispatch
    above = tuple(run.run_id for run in claim.runs_above)
    return TurnPlace(
        tenant_id=dispatch.tenant_id,
        root=above[0] if above else dispatch.run_id,
        run_id=dispatch.run_id,
        runs_above=above,
        step_id=dispatch.step_id,
        step=claim.name,
        item=claim.item.index if claim.item else None,
        attempt=claim.attempt,
        fence=claim.fence,
        turn=turn,
    )
