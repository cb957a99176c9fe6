"""Sends one funded attempt and waits until its answer has begun; an attempt that fails is settled here."""

import asyncio

from llm_gateway.accounting.attempt_book import AttemptBook
from llm_gateway.breakers.breaker import Permit
from llm_gateway.configuration.file import AfterFirstByte, OnDisconnect
from llm_gateway.exchange.failures import UpstreamFailed, broken_off, client_gone
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

    async def send(self, attempt: Attempt, permit: Permit, deadline: float) -> OpenedAnswer:
        """The begun answer; `UpstreamFailed` when there is none, and then the attempt is settled already."""
        try:
            return await self._open(attempt, permit, deadline)
        except UpstreamFailed as failure:
            _report(permit, failure)
            await self._settler.settle(attempt, outcome_of_failure(failure))
            raise
        except BaseException:
            permit.release()
            raise

    async def _open(self, attempt: Attempt, permit: Permit, deadline: float) -> OpenedAnswer:
        call, target = attempt.call, attempt.target
        request = call.plan.request_for(target)
        body = target.provider.body(request, model=target.model, max_output=attempt.max_output)
        self._book.mark_dispatching(attempt.reservation)
        leaving = _Leaving(attempt)
        try:
            async with asyncio.timeout_at(_first_byte_by(attempt, deadline)) as limit:
                leaving.watch(limit)
                try:
                    answer = await target.provider.send(
                        body, request=request, client_request_id=attempt.reservation.name
                    )
                    self._book.holds.watch(attempt.reservation.reservation_id, answer.close)
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
            raise broken_off("upstream_timeout") from error


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
        if watching.cancelled() or self._limit is None or self._limit.expired():
            return
        self.left = True
        self._limit.reschedule(asyncio.get_running_loop().time())


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
