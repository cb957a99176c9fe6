"""Follows a stream from a place on: what is stored first, then what happens, with no event twice and none left out."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from control_plane.streams.figures import ENDS
from control_plane.streams.frames import HEARTBEAT, StreamEnd, end_frame, event_frame, opening_frame
from control_plane.streams.reading import SourcePage, StreamReads, StreamSource
from control_plane.streams.tail import Batch, Tail
from control_plane.streams.texts import Texts, TextTold, pieces_of
from foundation.cloud.live_text.base import Room
from foundation.contracts.live_text import TextPiece
from foundation.domain.errors import DependencyUnavailable, Forbidden, Unauthenticated
from foundation.domain.run_events import ENDINGS
from foundation.storage.execution.event_streams import EventPlace
from foundation.telemetry.bus.subscription import BusClosed, SubscriberSilent, Subscription

_CHUNK_BYTES = 65_536


@dataclass
class StreamReader:
    """One reader's stream. It holds no transaction and no connection while it waits."""

    source: StreamSource
    after: EventPlace
    reads: StreamReads
    tail: Tail
    texts: Texts
    admit: Callable[[], Awaitable[None]]
    """Raises `Unauthenticated` or `Forbidden` once the reader may not read any more; asked at each heartbeat."""
    heartbeat_seconds: float
    now: Callable[[], float] = time.monotonic
    _horizon: int = field(default=0, init=False)
    _admitted_at: float = field(default=0.0, init=False)
    _text: TextTold = field(default_factory=TextTold, init=False)

    async def chunks(self, first: SourcePage) -> AsyncGenerator[bytes]:
        """The stream as bytes, to its end; `first` is its first page, which was read before it was answered."""
        reason: StreamEnd | None = None
        self._admitted_at = self.now()
        try:
            yield opening_frame()
            try:
                with self._listening(first) as subscription:
                    async for chunk in self._follow(subscription, first):
                        yield chunk
                reason = StreamEnd.RUN_ENDED
            except BusClosed:
                reason = StreamEnd.DRAINING
            except Unauthenticated:
                reason = StreamEnd.UNAUTHENTICATED
            except Forbidden:
                reason = StreamEnd.FORBIDDEN
            except (DependencyUnavailable, SubscriberSilent):
                reason = StreamEnd.UNAVAILABLE
            yield end_frame(reason)
        finally:
            ENDS.labels(reason or "client_left").inc()

    @contextmanager
    def _listening(self, first: SourcePage) -> Iterator[Subscription[Batch | TextPiece]]:
        if first.room is None:
            with self.tail.listen(self.source.tenant_id) as subscription:
                yield subscription
            return
        with (
            self.texts.of(first.room),
            self.tail.listen(self.source.tenant_id, pieces_of(first.room)) as subscription,
        ):
            yield subscription

    async def _follow(self, subscription: Subscription[Batch | TextPiece], first: SourcePage) -> AsyncIterator[bytes]:
        page: SourcePage | None = first
        listened_before = False
        while page is not None:
            for chunk in self._told(page):
                yield chunk
            if page.ended:
                return
            # What was told between the first page and the first moment of listening is read by a second one.
            if listened_before and not page.more:
                self._horizon = page.horizon
                for chunk in await self._said(page.room):
                    yield chunk
                async for chunk in self._live(subscription, page.room):
                    yield chunk
            listened_before = True
            await self._admit_again()
            page = await self.reads.page(self.source, self.after)

    def _told(self, page: SourcePage) -> list[bytes]:
        frames = [event_frame(event) for event in page.events]
        if page.events:
            self.after = page.events[-1].place
        return chunks_of(frames)

    async def _said(self, room: Room | None) -> list[bytes]:
        """What the turns that are under way have said, as far as it was not told."""
        pieces = [] if room is None else await self.texts.said(room)
        return chunks_of([frame for piece in pieces if self._has(piece) and (frame := self._text.frame(piece))])

    def _has(self, piece: TextPiece) -> bool:
        return self.source.is_of(piece.place.run_id, piece.place.runs_above)

    async def _live(self, subscription: Subscription[Batch | TextPiece], room: Room | None) -> AsyncIterator[bytes]:
        """What is told through the bus; returns when what is stored has to be read anew."""
        while True:
            taken = await subscription.take(timeout_seconds=self.heartbeat_seconds)
            await self._admit_again()
            if taken is None:
                yield HEARTBEAT
                continue
            if taken.missed:
                return
            for batch in taken.events:
                if isinstance(batch, TextPiece):
                    for chunk in await self._heard(batch, room):
                        yield chunk
                    continue
                if batch.events is None or batch.start > self._horizon:
                    return
                frames, may_have_ended = self._new(batch)
                for chunk in chunks_of(frames):
                    yield chunk
                if may_have_ended:
                    return

    async def _heard(self, piece: TextPiece, room: Room | None) -> list[bytes]:
        if not self._has(piece):
            return []
        try:
            frame = self._text.frame(piece)
        except ValueError:
            # A piece was lost on the way; what has been said so far has it.
            return await self._said(room)
        return [frame] if frame else []

    def _new(self, batch: Batch) -> tuple[list[bytes], bool]:
        """The frames of a batch that were not told yet, and whether a run of the stream has ended in it."""
        self._horizon = max(self._horizon, batch.end)
        frames, may_have_ended = [], False
        for live in batch.events or ():
            if live.event.place > self.after and self.source.is_of(live.event.run_id, live.event.runs_above):
                self.after = live.event.place
                frames.append(live.frame)
                may_have_ended = may_have_ended or live.event.type in ENDINGS
        return frames, may_have_ended

    async def _admit_again(self) -> None:
        if self.now() - self._admitted_at >= self.heartbeat_seconds:
            await self.admit()
            self._admitted_at = self.now()


def chunks_of(frames: list[bytes]) -> list[bytes]:
    """The frames put together, so that few of them are one write and many are several."""
    chunks, waiting, size = [], [], 0
    for frame in frames:
        waiting.append(frame)
        size += len(frame)
        if size >= _CHUNK_BYTES:
            chunks.append(b"".join(waiting))
            waiting, size = [], 0
    return [*chunks, b"".join(waiting)] if waiting else chunks
