"""Settles answers that no caller waits for: reads them to their end, or breaks them off."""

import asyncio
from collections.abc import Iterable

from foundation.telemetry.background import TaskSet
from llm_gateway.configuration.file import OnDisconnect
from llm_gateway.exchange.failures import Billing, UpstreamFailed
from llm_gateway.stages.call import OpenedAnswer
from llm_gateway.stages.ending.plain_finisher import PlainFinisher
from llm_gateway.stages.ending.settler import Settler, outcome_of_failure
from llm_gateway.stages.ending.stream_finisher import StreamFinisher
from llm_gateway.streaming.outlet import Outlet


class Discarder:
    """Ends the losers of a race beside the call that another attempt has answered."""

    def __init__(self, settler: Settler, plain_finisher: PlainFinisher, stream_finisher: StreamFinisher) -> None:
        self._settler = settler
        self._plain_finisher = plain_finisher
        self._stream_finisher = stream_finisher
        self._tasks = TaskSet()

    def discard_losers(self, losers: Iterable["asyncio.Task[OpenedAnswer]"]) -> None:
        """Discard each when it has begun to answer: only then can it be known what it costs."""
        for loser in losers:
            self._tasks.start(self._discard(loser))

    async def drain(self) -> None:
        """Waits until every loser has ended and is settled."""
        await self._tasks.wait()

    async def _discard(self, loser: "asyncio.Task[OpenedAnswer]") -> None:
        try:
            opened = await loser
        except UpstreamFailed:
            return  # `AttemptSender` has settled it
        if not opened.attempt.call.request.streamed:
            await self._plain_finisher.charge(opened)
        elif opened.attempt.target.on_disconnect is OnDisconnect.ABORT:
            opened.permit.release()
            opened.answer.close()
            failure = UpstreamFailed("hedge_lost", billing=Billing.UNKNOWN, retryable=False, trips_breaker=False)
            await self._settler.settle(opened.attempt, outcome_of_failure(failure, status="cut"))
        else:
            outlet = Outlet()
            outlet.leave()
            await self._stream_finisher.pump(opened, outlet, keep=False)
