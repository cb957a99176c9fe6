"""Where ended spans wait to be taken away: bounded, and what finds no room is counted."""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from foundation.telemetry.metrics import SPANS_DROPPED
from foundation.telemetry.spans.record import SpanRecord

MOST_SPANS = 10_000
"""About 10 MB."""


class SpanSink(Protocol):
    """Takes spans that have ended. It is called where the span ends, so it must not wait for anything."""

    def add(self, span: SpanRecord) -> None: ...


class SpanBuffer:
    """Spans in the order in which they ended. Any thread may add; one takes.

    What comes while it is full is dropped, as a process must not grow because its database is away.
    """

    def __init__(self, *, most: int = MOST_SPANS) -> None:
        self._most = most
        self._spans: deque[SpanRecord] = deque()

    def __len__(self) -> int:
        return len(self._spans)

    def add(self, span: SpanRecord) -> None:
        if len(self._spans) >= self._most:
            SPANS_DROPPED.labels("full").inc()
            return
        self._spans.append(span)

    def take(self, most: int) -> list[SpanRecord]:
        """The oldest, which are then no longer here."""
        return [self._spans.popleft() for _ in range(min(most, len(self._spans)))]

    def put_back(self, spans: Sequence[SpanRecord]) -> None:
        """The oldest again, as far as there is room: they could not be taken away now."""
        room = max(0, self._most - len(self._spans))
        kept = spans[-room:] if room else []
        self._spans.extendleft(reversed(kept))
        if len(kept) < len(spans):
            SPANS_DROPPED.labels("full").inc(len(spans) - len(kept))


KEPT = SpanBuffer()
"""The spans of this process, which has one tracer."""
