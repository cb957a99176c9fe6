"""Answers that nobody waits for any more: read to their end or broken off, and settled either way."""

import asyncio
from collections.abc import Iterable

from llm_gateway.configuration.file import OnDisconnect
from llm_gateway.exchange.failures import Billing, UpstreamFailed
from llm_gateway.stages.call import OpenedAnswer
from llm_gateway.stages.ending.plain_finisher import PlainFinisher
from llm_gateway.stages.ending.settler import Settler, outcome_of_failure
from llm_gateway.stages.ending.stream_finisher import StreamFinisher
from llm_gateway.streaming.outlet import Outlet


class Discarder:
    """The losers of a race."""

    def __init__(self, settle: Settler, plain: PlainFinisher, stream: StreamFinisher) -> None:
        self._settle = settle
        self._plain = plain
        self._stream = stream
        self._running: set[asyncio.Task[None]] = set()

    def when_open(self, losers: Iterable["asyncio.Task[OpenedAnswer]"]) -> None:
        for loser in losers:
            task = asyncio.create_task(self._discarded(loser))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def drain(self) -> None:
        """Wait for all of them."""
        while self._running:
            await asyncio.wait(self._running)

    async def _discarded(self, loser: "asyncio.Task[OpenedAnswer]") -> None:
        try:
            opened = await loser
        except UpstreamFailed:
            return  # settled where it failed
        if not opened.attempt.call.request.streamed:
            await self._plain.charge(opened)
        elif opened.attempt.target.on_disconnect is OnDisconnect.ABORT:
            opened.permit.nothing_learned()
            opened.answer.close()
            failure = UpstreamFailed("hedge_lost", billing=Billing.UNKNOWN, retryable=False, trips_breaker=False)
            await self._settle(opened.attempt, outcome_of_failure(failure, status="cut"))
        else:
            outlet = Outlet()
            outlet.leave()
            await self._stream.pump(opened, outlet, keep=False)
