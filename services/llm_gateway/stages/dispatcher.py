"""Makes attempts until one begins to answer, each funded before it is sent: the gateway's only retry loop.

It is not a library's loop because each round chooses another target, takes its breaker's permit and holds its bound.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from foundation.contracts.gateway.ledger import AttemptReason
from foundation.domain.errors import DependencyUnavailable, LockstepError
from llm_gateway.breakers.alerts import Alert, Alerts
from llm_gateway.breakers.breaker import Permit
from llm_gateway.exchange.failures import FailedAttempt, UpstreamFailed
from llm_gateway.planning.order import NearlySpentCallers
from llm_gateway.routing.routes import Target
from llm_gateway.stages.call import Attempt, ModelCall, OpenedAnswer
from llm_gateway.stages.ending.discarder import Discarder
from llm_gateway.stages.funding import Funding
from llm_gateway.stages.sender import AttemptSender

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0
_RETRY_AFTER_JITTER = 0.1
"""Jitter, so that calls which were refused together do not all return at the same moment."""


class BreakersOpen(DependencyUnavailable):
    """Every provider of the route has failed too often just now."""

    code = "circuit_open"
    usual_remedy = "send the call again after the time that Retry-After names, or ask for another model"


@dataclass(slots=True)
class _Progress:
    """The progress of a call so far; times are of the event loop's clock."""

    deadline: float
    number: int = 0
    """How many attempts were funded."""
    before: Target | None = None
    refused: tuple[Target, ...] = ()
    """Targets that will not answer this request."""
    failures: tuple[FailedAttempt, ...] = ()

    def add_failure(self, attempt: Attempt, failure: UpstreamFailed) -> None:
        target = attempt.target
        failed = FailedAttempt(target.provider.name, target.model, failure.code, failure.status)
        self.failures = (*self.failures, failed)
        if failure.refuses:
            self.refused = (*self.refused, target)

    def reason_for(self, target: Target) -> AttemptReason:
        if self.before is None:
            return AttemptReason.FIRST
        return AttemptReason.RETRY if target is self.before else AttemptReason.FAILOVER


class Dispatcher:
    """Finds the attempt that answers a call: makes attempts in the plan's order, and hedges where the route says so."""

    def __init__(
        self,
        funding: Funding,
        sender: AttemptSender,
        *,
        discarder: Discarder,
        nearly_spent: NearlySpentCallers,
        alerts: Alerts,
    ) -> None:
        self._funding = funding
        self._sender = sender
        self._discarder = discarder
        self._nearly_spent = nearly_spent
        self._alerts = alerts

    async def open_answer(self, call: ModelCall) -> OpenedAnswer:
        """The first attempt that answers; raises the last attempt's failure, or why no attempt was funded."""
        loop = asyncio.get_running_loop()
        progress = _Progress(deadline=loop.time() + call.route.total_seconds)
        while True:
            attempt, permit = await self._fund_next(call, progress)
            try:
                return await self._send_or_hedge(call, attempt, permit, progress)
            except UpstreamFailed as failure:
                pause = pause_before_next(call, progress, failure)
                if not may_try_again(call, progress, failure, at=loop.time() + pause):
                    raise self._give_up(call, failure, progress) from failure
                if await _client_leaves(call, within=pause):
                    raise  # to nobody: another attempt would be paid for and not read

    async def _fund_next(self, call: ModelCall, progress: _Progress) -> tuple[Attempt, Permit]:
        """The next attempt, funded."""
        target, permit = await _permit_next_target(call, progress)
        reason = progress.reason_for(target)
        if reason is AttemptReason.FIRST and call.plan.prefers_cheaper and target is call.route.cheaper:
            reason = AttemptReason.CHEAPER
        try:
            attempt = await self._funding.fund(call, target, number=progress.number + 1, reason=reason)
        except BaseException:
            permit.release()
            raise
        progress.number += 1
        progress.before = target
        call.attempts.append(attempt)
        if call.route.cheaper is not None:
            self._nearly_spent.learn(call.caller, nearly=bool(attempt.headroom.nearly_spent))
        return attempt, permit

    async def _send_or_hedge(
        self, call: ModelCall, attempt: Attempt, permit: Permit, progress: _Progress
    ) -> OpenedAnswer:
        after = call.route.config.hedge_after_seconds
        if after is None or len(call.plan.targets) == 1 or progress.number >= call.route.attempts:
            try:
                return await self._sender.send(attempt, permit, progress.deadline)
            except UpstreamFailed as failure:
                progress.add_failure(attempt, failure)
                raise
        return await self._race(call, (attempt, permit), progress, after=after)

    async def _race(
        self, call: ModelCall, first: tuple[Attempt, Permit], progress: _Progress, *, after: float
    ) -> OpenedAnswer:
        """The first of two to answer: the second is sent only when the first is slow and it is funded at once."""
        racing: dict[asyncio.Task[OpenedAnswer], Attempt] = {}

        def start(attempt: Attempt, permit: Permit) -> None:
            racing[asyncio.ensure_future(self._sender.send(attempt, permit, progress.deadline))] = attempt

        start(*first)
        await asyncio.wait(racing, timeout=after)
        if not any(task.done() for task in racing) and (second := await self._fund_hedge(call, progress)) is not None:
            start(*second)
        failure: UpstreamFailed | None = None
        while racing:
            done, _ = await asyncio.wait(racing, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                attempt = racing.pop(task)
                try:
                    opened = task.result()
                except UpstreamFailed as error:
                    progress.add_failure(attempt, error)
                    failure = error
                    continue
                self._discarder.discard_losers(racing)
                return opened
        if failure is None:
            raise AssertionError("a race without runners")
        raise failure

    async def _fund_hedge(self, call: ModelCall, progress: _Progress) -> tuple[Attempt, Permit] | None:
        """A second attempt at another target; None where its breaker is open or its bound has no room right now."""
        try:
            target, permit = await _permit_next_target(call, progress)
        except BreakersOpen:
            return None
        if target is progress.before:
            permit.release()
            return None
        try:
            attempt = await self._funding.fund(
                call, target, number=progress.number + 1, reason=AttemptReason.HEDGE, waits=False
            )
        except LockstepError:
            permit.release()
            return None
        progress.number += 1
        return attempt, permit

    def _give_up(self, call: ModelCall, failure: UpstreamFailed, progress: _Progress) -> UpstreamFailed:
        """The failure with all attempts in it; an alert where another attempt could have succeeded."""
        failure.attempts = progress.failures
        if failure.retryable:
            self._alerts.send(
                Alert.ALL_ATTEMPTS_FAILED,
                route=call.route.name,
                tenant_id=str(call.caller.tenant_id),
                request_id=str(call.request_id),
                attempts=[f"{one.provider}/{one.model}: {one.code}" for one in progress.failures],
            )
        return failure


def may_try_again(call: ModelCall, progress: _Progress, failure: UpstreamFailed, *, at: float) -> bool:
    """Whether another attempt may begin at a moment of the loop's clock, after this failure."""
    if _next_target(call, progress) is None or failure.is_last or not (failure.retryable or failure.refuses):
        return False
    # A target that refuses the request has made no attempt to answer it, so it does not count.
    tried = progress.number - len(progress.refused)
    return tried < call.route.attempts and at < progress.deadline


def pause_before_next(
    call: ModelCall,
    progress: _Progress,
    failure: UpstreamFailed,
    *,
    draw: Callable[[float, float], float] = random.uniform,
) -> float:
    """Seconds to wait: none before another provider or after a refusal; else what the provider asked for, or jitter."""
    target, before = _next_target(call, progress), progress.before
    same_provider = target is not None and before is not None and target.provider.name == before.provider.name
    if not same_provider or failure.refuses:
        return 0.0
    if failure.retry_after is not None:
        return failure.retry_after + draw(0, _RETRY_AFTER_JITTER)
    return draw(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**progress.number))


async def _client_leaves(call: ModelCall, *, within: float) -> bool:
    """Sleep, but return True early once no caller can get the answer. A stored answer can still be fetched later."""
    if call.request.streamed or call.identity is not None:
        await asyncio.sleep(within)
        return False
    leaving = asyncio.ensure_future(call.client.gone())
    try:
        return bool((await asyncio.wait({leaving}, timeout=within))[0])
    finally:
        leaving.cancel()


def _targets_in_turn(call: ModelCall, progress: _Progress) -> Iterator[Target]:
    """The targets after those that were tried, without those that refuse the request."""
    targets = call.plan.targets
    for offset in range(len(targets)):
        target = targets[(progress.number + offset) % len(targets)]
        if target not in progress.refused:
            yield target


def _next_target(call: ModelCall, progress: _Progress) -> Target | None:
    return next(_targets_in_turn(call, progress), None)


async def _permit_next_target(call: ModelCall, progress: _Progress) -> tuple[Target, Permit]:
    """The next target in turn whose breaker lets a call through."""
    for target in _targets_in_turn(call, progress):
        if (permit := await target.breaker.permit()) is not None:
            return target, permit
    soonest = min(target.breaker.retry_after for target in _targets_in_turn(call, progress))
    raise BreakersOpen(
        f"every provider of {call.route.name!r} has failed too often just now, so none is asked",
        retry_after=max(0.5, soonest),
    )
