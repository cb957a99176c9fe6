"""Relays a stream's events to the caller in the caller's dialect, and holds back the last one until it is settled."""

from llm_gateway.exchange.failures import Billing, UpstreamFailed, broken_off
from llm_gateway.exchange.usage import Usage
from llm_gateway.stages.call import OpenedAnswer
from llm_gateway.streaming.outlet import Outlet
from llm_gateway.wires.base import EventKind, StreamEvent

_MAX_KEPT_BYTES = 64 * 1024 * 1024


class StreamRelay:
    """`kept` are the bytes that were passed on, for replay; `usage` is the last that came; `ending` the last event."""

    def __init__(self, opened: OpenedAnswer, outlet: Outlet, *, keep: bool) -> None:
        call, target = opened.attempt.call, opened.attempt.target
        self._opened = opened
        self._outlet = outlet
        self._keep = keep
        self._translator = None if target.translation is None else target.translation.events(asked=call.plan.asked)
        self._kept_size = 0
        self.kept: list[bytes] = []
        self.usage: Usage | None = None
        self.ending = b""

    @property
    def was_aborted(self) -> bool:
        """Whether the caller left and the answer was broken off for that."""
        return self._outlet.gone and self._opened.answer.closed

    async def relay(self, events: list[StreamEvent]) -> bool:
        """Pass events on; answers whether the stream has come to its end."""
        outgoing: list[bytes] = []
        done = False
        for event in events:
            if event.usage is not None:
                # a provider may repeat its usage; the last one counts
                self.usage = event.usage
            if event.kind is EventKind.ERROR:
                raise stream_failure("upstream_error", self._opened)
            if event.kind is EventKind.DONE:
                done = True
                self._end(event.wire, outgoing)
                break
            outgoing += self._translate(event.wire)
        if wire := b"".join(outgoing):
            self._remember(wire)
            await self._outlet.put(wire)
        return done

    def _translate(self, wire: bytes) -> list[bytes]:
        """An event in the caller's dialect."""
        if self._translator is None or not wire:
            return [wire]
        try:
            return self._translator.feed(wire)
        except ValueError as error:
            raise stream_failure("upstream_malformed", self._opened) from error

    def _end(self, wire: bytes, outgoing: list[bytes]) -> None:
        if self._translator is None:
            self.ending = wire
            return
        try:
            *before, self.ending = self._translator.end(wire)
        except ValueError as error:
            raise stream_failure("upstream_malformed", self._opened) from error
        outgoing += before

    def _remember(self, wire: bytes) -> None:
        if not self._keep:
            return
        self.kept.append(wire)
        self._kept_size += len(wire)
        if self._kept_size > _MAX_KEPT_BYTES:
            raise UpstreamFailed("upstream_too_large", billing=Billing.UNKNOWN, retryable=False, trips_breaker=False)


def stream_failure(code: str, opened: OpenedAnswer) -> UpstreamFailed:
    """The failure of a stream that did not end as its dialect ends a stream."""
    return broken_off(code, request_id=opened.answer.request_id)
