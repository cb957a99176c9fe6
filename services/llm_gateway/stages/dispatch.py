"""The one retry loop: attempts until one begins to answer, each funded before it is sent and settled when it fails."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from foundation.domain.errors import DependencyUnavailable
from llm_gateway.breakers import Permit
from llm_gateway.call import Attempt, Call
from llm_gateway.ledger import Ledger
from llm_gateway.providers.base import (
    Billing,
    EventKind,
    EventReader,
    StreamEvent,
    UpstreamAnswer,
    UpstreamFailed,
)
from llm_gateway.routing import Target
from llm_gateway.stages.admit import Admit
from llm_gateway.stages.settle import Outcome, Settle
from llm_gateway.usage import NO_USAGE, Reason

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0


class BreakersOpen(DependencyUnavailable):
    """Every provider of the route has failed too often just now."""

    code = "circuit_open"


@dataclass(slots=True)
class Opened:
    """An attempt whose answer has begun: a plain one is whole, of a streamed one the first events are there."""

    attempt: Attempt
    permit: Permit
    answer: UpstreamAnswer
    deadline: float
    first_token_seconds: float
    body: bytes = b""
    first_events: list[StreamEvent] = field(default_factory=list)
    reader: EventReader | None = None
    chunks: AsyncIterator[bytes] | None = None


class Dispatch:
    def __init__(self, admit: Admit, settle: Settle, ledger: Ledger) -> None:
        self._admit = admit
        self._settle = settle
        self._ledger = ledger

    async def __call__(self, call: Call) -> Opened:
        """The first attempt that answers; raises the last failure, or what admission says."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + call.route.total_seconds
        number, before = 0, None
        while True:
            number += 1
            target, permit = _next_target(call, number)
            reason = Reason.FIRST if before is None else Reason.RETRY if target is before else Reason.FAILOVER
            before = target
            try:
                attempt = await self._admit(call, target, number=number, reason=reason)
            except BaseException:
                permit.nothing_learned()
                raise
            try:
                return await self._send(attempt, permit, deadline)
            except UpstreamFailed as failure:
                await self._settle(attempt, failed(failure))
                pause = _pause(number, failure)
                if not failure.retryable or number >= call.route.attempts or loop.time() + pause >= deadline:
                    raise
            await asyncio.sleep(pause)

    async def _send(self, attempt: Attempt, permit: Permit, deadline: float) -> Opened:
        call, target = attempt.call, attempt.target
        body = target.provider.body(call.request, model=target.model, max_output=call.bound.max_output)
        self._ledger.dispatching(attempt.reservation)
        try:
            async with asyncio.timeout_at(self._first_byte_by(attempt, deadline)):
                answer = await target.provider.send(
                    body, request=call.request, client_request_id=str(attempt.reservation.reservation_id)
                )
                self._ledger.watch(attempt.reservation, answer.close)
                opened = await (_first_events if call.request.streamed else _whole_body)(
                    attempt, permit, answer, deadline
                )
        except TimeoutError as error:
            permit.failed()
            raise UpstreamFailed(
                "upstream_timeout", billing=Billing.UNKNOWN, retryable=True, trips_breaker=True
            ) from error
        except UpstreamFailed as failure:
            if failure.trips_breaker:
                permit.failed()
            else:
                permit.nothing_learned()
            raise
        except BaseException:
            permit.nothing_learned()
            raise
        return opened

    def _first_byte_by(self, attempt: Attempt, deadline: float) -> float:
        """When to give up: a stream has its time to the first token, a plain answer the whole of what is left."""
        limit = asyncio.get_running_loop().time() + attempt.target.provider.timeouts.first_token
        return min(limit, deadline) if attempt.call.request.streamed else deadline


def failed(failure: UpstreamFailed, *, status: str = "failed") -> Outcome:
    """A failure as what it is settled at."""
    return Outcome(
        status=status,
        usage=NO_USAGE if failure.billing is Billing.NONE else None,
        http_status=failure.status,
        error_code=failure.code,
        provider_request_id=failure.request_id,
    )


def _next_target(call: Call, number: int) -> tuple[Target, Permit]:
    """The target of an attempt: the next one in turn whose breaker lets it through."""
    targets = call.route.targets
    for offset in range(len(targets)):
        target = targets[(number - 1 + offset) % len(targets)]
        if (permit := target.breaker.permit()) is not None:
            return target, permit
    soonest = min(target.breaker.retry_after for target in targets)
    raise BreakersOpen(f"all providers of {call.route.name!r} are failing", retry_after=max(0.5, soonest))


def _pause(number: int, failure: UpstreamFailed) -> float:
    """Full jitter below a doubling bound; what the provider asks for is honoured."""
    jittered = random.uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**number))  # noqa: S311
    return jittered if failure.retry_after is None else failure.retry_after + random.uniform(0, 0.1)  # noqa: S311


async def _whole_body(attempt: Attempt, permit: Permit, answer: UpstreamAnswer, deadline: float) -> Opened:
    parts = [chunk async for chunk in answer.chunks()]
    seconds = asyncio.get_running_loop().time() - attempt.started
    return Opened(attempt, permit, answer, deadline, seconds, body=b"".join(parts))


async def _first_events(attempt: Attempt, permit: Permit, answer: UpstreamAnswer, deadline: float) -> Opened:
    """Peek until the first event is whole, so that an early failure can still be retried."""
    request, provider = attempt.call.request, attempt.target.provider
    reader, chunks = provider.reader(wants_usage=request.wants_usage), answer.chunks()
    async for chunk in chunks:
        events = reader.feed(chunk)
        if events and events[0].kind is EventKind.ERROR:
            # a 200 that begins with an error event: nothing has left yet, so another attempt may do better
            raise UpstreamFailed(
                "upstream_error",
                billing=Billing.UNKNOWN,
                retryable=True,
                trips_breaker=True,
                request_id=answer.request_id,
            )
        if events:
            seconds = asyncio.get_running_loop().time() - attempt.started
            return Opened(attempt, permit, answer, deadline, seconds, first_events=events, reader=reader, chunks=chunks)
    raise UpstreamFailed(
        "upstream_cut", billing=Billing.UNKNOWN, retryable=True, trips_breaker=True, request_id=answer.request_id
    )
