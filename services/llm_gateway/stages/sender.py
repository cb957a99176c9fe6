"""Sends one funded attempt and waits until its answer has begun; an attempt that fails is settled here."""

import asyncio

from foundation.telemetry.background import TaskSet
from llm_gateway.accounting.attempt_book import AttemptBook
from llm_gateway.breakers.breaker import Permit
from llm_gateway.configuration.file import AfterFirstByte, OnDisconnect
from llm_gateway.exchange.failures import UpstreamFailed, broken_off, client_gone, gateway_ending
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.providers.base import UpstreamAnswer
from llm_gateway.stages.call import Attempt, OpenedAnswer
from llm_gateway.stages.ending.settler import Settler, outcome_of_failure
from llm_gateway.wires.base import EventKind, StreamEvent

_TOO_MANY = 429
_UNWATCHED_SECONDS = 0.05


class AttemptSender:
    """Sends attempts, reports their outcome to the breaker, and settles those that fail before an answer begins."""

    def __init__(self, settler: Settler, book: AttemptBook) -> None:
        self._settler = settler
        self._book = book
        self._settling = TaskSet()

    async def drain(self) -> None:
        """Waits until attempts that were called off are settled."""
        await self._settling.wait()

    async def send(self, attempt: Attempt, permit: Permit, deadline: float) -> OpenedAnswer:
        """The begun answer; `UpstreamFailed` when there is none, and then the attempt is settled already."""
        try:
            return await self._open(attempt, permit, deadline)
        except UpstreamFailed as failure:
            _report(permit, failure)
            await self._settler.settle(attempt, outcome_of_failure(failure))
            raise
        except asyncio.CancelledError:
            permit.release()
            called_off = outcome_of_failure(gateway_ending(was_sent=True))
            self._settling.start(self._settler.settle(attempt, called_off))
            raise
        except BaseException:
            permit.release()
            raise

    async def _open(self, attempt: Attempt, permit: Permit, deadline: float) -> OpenedAnswer:
        call, target = attempt.call, attempt.target
        request = call.plan.request_for(target)
        body = target.provider.body(request, model=target.model, max_output=attempt.max_output)
        if self._book.holds.ending:
            raise gateway_ending(was_sent=False)
        self._book.mark_dispatching(attempt.reservation)
        leaving = _Leaving(attempt)
        try:
            async with asyncio.timeout_at(_first_byte_by(attempt, deadline)) as limit:
                leaving.watch(limit)
                try:
                    answer = await self._answer(attempt, body, request, limit)
                    if not request.streamed:
                        return await _read_body(attempt, permit, answer, deadline)
                finally:
                    leaving.stop()
                opened = await _read_first_events(attempt, permit, answer, deadline)
                limit.reschedule(deadline)
                if call.route.config.after_first_byte is AfterFirstByte.RESTART_IF_BUFFERED:
                    await _buffer_beginning(opened)
                return opened
        except TimeoutError as error:
            if leaving.left:
                raise client_gone() from error
            if self._book.holds.ending:
                raise gateway_ending(was_sent=True) from error
            raise broken_off("upstream_timeout") from error

    async def _answer(
        self, attempt: Attempt, body: bytes, request: ModelRequest, limit: asyncio.Timeout
    ) -> UpstreamAnswer:
        """The answer, from which on breaking it off ends the attempt; before it, the end of its time does.

        A provider that says nothing is waited for no longer than the attempt's hold lasts, or this gateway does.
        """
        holds, identity = self._book.holds, attempt.reservation.reservation_id
        holds.watch(identity, lambda: _end_now(limit))
        try:
            answer = await attempt.target.provider.send(
                body, request=request, client_request_id=attempt.reservation.name
            )
        except BaseException:
            holds.unwatch(identity)
            raise
        holds.watch(identity, answer.close)
        return answer


def _end_now(limit: asyncio.Timeout) -> None:
    if not limit.expired():
        limit.reschedule(asyncio.get_running_loop().time())


class _Leaving:
    """Ends the time of a plain answer when its caller leaves, where breaking it off stops the bill.

    It watches only after a moment, because most short answers have come by then.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._client = attempt.call.client
        self._matters = not (attempt.target.on_disconnect is OnDisconnect.DRAIN or attempt.call.request.streamed)
        self._timer: asyncio.TimerHandle | None = None
        self._watching: asyncio.Future[None] | None = None
        self._limit: asyncio.Timeout | None = None
        self.left = False

    def watch(self, limit: asyncio.Timeout) -> None:
        """From now on, end the block that is under the limit."""
        if self._matters:
            self._limit = limit
            self._timer = asyncio.get_running_loop().call_later(_UNWATCHED_SECONDS, self._look)

    def stop(self) -> None:
        self._limit = None
        if self._timer is not None:
            self._timer.cancel()
        if self._watching is not None:
            self._watching.cancel()

    def _look(self) -> None:
        self._watching = asyncio.ensure_future(self._client.gone())
        self._watching.add_done_callback(self._has_left)

    def _has_left(self, watching: "asyncio.Future[None]") -> None:
        if watching.cancelled() or self._limit is None:
            return
        self.left = True
        _end_now(self._limit)


def _report(permit: Permit, failure: UpstreamFailed) -> None:
    """Count a failure at the breaker if it shows that the provider is unhealthy."""
    if failure.trips_breaker:
        permit.report_failure()
    elif failure.status == _TOO_MANY:
        permit.report_rate_limit(failure.retry_after)
    else:
        permit.release()


def _first_byte_by(attempt: Attempt, deadline: float) -> float:
    """When to give up: a stream has its time to the first token, a plain answer the whole of what is left.

    A worker streams only to show text as it comes: its call has the time that it has when it is plain.
    """
    if attempt.call.caller.run is not None:
        return deadline
    limit = asyncio.get_running_loop().time() + attempt.target.provider.timeouts.first_token
    return min(limit, deadline) if attempt.call.request.streamed else deadline


async def _read_body(attempt: Attempt, permit: Permit, answer: UpstreamAnswer, deadline: float) -> OpenedAnswer:
    body = await answer.whole()
    seconds = asyncio.get_running_loop().time() - attempt.started
    return OpenedAnswer(attempt, permit, answer, deadline, seconds, body=body)


async def _read_first_events(attempt: Attempt, permit: Permit, answer: UpstreamAnswer, deadline: float) -> OpenedAnswer:
    """Peek until the first event is whole, so that an early failure can still be retried."""
    call, provider = attempt.call, attempt.target.provider
    wants_usage = call.request.wants_usage or attempt.target.translation is not None
    reader, chunks = provider.reader(wants_usage=wants_usage), answer.chunks()
    async for chunk in chunks:
        events = reader.feed(chunk)
        if events and events[0].kind is EventKind.ERROR:
            # A 200 that begins with an error event: nothing was sent to the caller yet, so another attempt may follow.
            raise broken_off("upstream_error", request_id=answer.request_id)
        if events:
            seconds = asyncio.get_running_loop().time() - attempt.started
            return OpenedAnswer(
                attempt, permit, answer, deadline, seconds, first_events=events, reader=reader, chunks=chunks
            )
    raise broken_off("upstream_cut", request_id=answer.request_id)


async def _buffer_beginning(opened: OpenedAnswer) -> None:
    """Read on while little has come, so that a stream which breaks early can begin again elsewhere."""
    config, loop = opened.attempt.call.route.config, asyncio.get_running_loop()
    until, size = loop.time() + config.buffer_seconds, sum(len(event.wire) for event in opened.first_events)
    reader, chunks = opened.reader, opened.chunks
    if reader is None or chunks is None or _ends(opened.first_events):
        return
    while size < config.buffer_bytes and loop.time() < until:
        try:
            async with asyncio.timeout(opened.attempt.target.provider.timeouts.idle):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            raise broken_off("upstream_cut", request_id=opened.answer.request_id) from None
        events = reader.feed(chunk)
        if any(event.kind is EventKind.ERROR for event in events):
            raise broken_off("upstream_error", request_id=opened.answer.request_id)
        opened.first_events += events
        size += sum(len(event.wire) for event in events)
        if _ends(events):
            return


def _ends(events: list[StreamEvent]) -> bool:
    return any(event.kind is EventKind.DONE for event in events)
