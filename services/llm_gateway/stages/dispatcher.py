"""The one retry loop: attempts until one begins to answer, each funded before it is sent."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass

from foundation.domain.errors import DependencyUnavailable, LockstepError
from llm_gateway.accounting.usage_event import AttemptReason
from llm_gateway.breakers.alerts import Alert, Alerts
from llm_gateway.breakers.breaker import Permit
from llm_gateway.exchange.failures import FailedAttempt, UpstreamFailed
from llm_gateway.planning.order import NearlySpentCallers
from llm_gateway.routing.routes import Target
from llm_gateway.stages.call import Attempt, ModelCall, OpenedAnswer
from llm_gateway.stages.ending.discarder import Discarder
from llm_gateway.stages.funding import Funding
from llm_gateway.stages.sender import Sender

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0


class BreakersOpen(DependencyUnavailable):
    """Every provider of the route has failed too often just now."""

    code = "circuit_open"


@dataclass(slots=True)
class _Progress:
    """What became of a call so far."""

    deadline: float
    number: int = 0
    before: Target | None = None
    refused: tuple[Target, ...] = ()
    """Those that will not answer this request."""
    failures: tuple[FailedAttempt, ...] = ()

    def note(self, attempt: Attempt, failure: UpstreamFailed) -> None:
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
    def __init__(
        self, admit: Funding, send: Sender, *, discard: Discarder, nearly_spent: NearlySpentCallers, alerts: Alerts
    ) -> None:
        self._admit = admit
        self._send = send
        self._discard = discard
        self._nearly_spent = nearly_spent
        self._alerts = alerts

    async def __call__(self, call: ModelCall) -> OpenedAnswer:
        """The first attempt that answers; raises the last failure, or what admission says."""
        loop = asyncio.get_running_loop()
        progress = _Progress(deadline=loop.time() + call.route.total_seconds)
        while True:
            attempt, permit = await self._next(call, progress)
            try:
                return await self._first_answer(call, attempt, permit, progress)
            except UpstreamFailed as failure:
                if _coming(call, progress) is None:
                    raise self._given_up(call, failure, progress) from failure
                pause = _pause(call, progress, failure)
                # a target that refuses the request is not an attempt at answering it
                tried = progress.number - len(progress.refused)
                is_last = tried >= call.route.attempts or loop.time() + pause >= progress.deadline
                if not (failure.retryable or failure.refuses) or is_last:
                    raise self._given_up(call, failure, progress) from failure
                if await _left(call, within=pause):
                    raise

    async def _next(self, call: ModelCall, progress: _Progress) -> tuple[Attempt, Permit]:
        """The next attempt, funded."""
        target, permit = await _next_target(call, progress)
        reason = progress.reason_for(target)
        if reason is AttemptReason.FIRST and call.plan.prefers_cheaper and target is call.route.cheaper:
            reason = AttemptReason.CHEAPER
        try:
            attempt = await self._admit(call, target, number=progress.number + 1, reason=reason)
        except BaseException:
            permit.nothing_learned()
            raise
        progress.number += 1
        progress.before = target
        call.attempts.append(attempt)
        if call.route.cheaper is not None:
            self._nearly_spent.learn(call.caller, nearly=bool(attempt.funded.nearly_spent))
        return attempt, permit

    async def _first_answer(
        self, call: ModelCall, attempt: Attempt, permit: Permit, progress: _Progress
    ) -> OpenedAnswer:
        after = call.route.config.hedge_after_seconds
        if after is None or len(call.plan.targets) == 1 or progress.number >= call.route.attempts:
            try:
                return await self._send(attempt, permit, progress.deadline)
            except UpstreamFailed as failure:
                progress.note(attempt, failure)
                raise
        return await self._hedged(call, (attempt, permit), progress, after=after)

    async def _hedged(
        self, call: ModelCall, first: tuple[Attempt, Permit], progress: _Progress, *, after: float
    ) -> OpenedAnswer:
        """The first of two to answer: the second is sent only when the first is slow and it is funded at once."""
        racing: dict[asyncio.Task[OpenedAnswer], Attempt] = {}

        def start(attempt: Attempt, permit: Permit) -> None:
            racing[asyncio.ensure_future(self._send(attempt, permit, progress.deadline))] = attempt

        start(*first)
        await asyncio.wait(racing, timeout=after)
        if not any(task.done() for task in racing) and (second := await self._hedge(call, progress)) is not None:
            start(*second)
        failure: UpstreamFailed | None = None
        while racing:
            done, _ = await asyncio.wait(racing, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                attempt = racing.pop(task)
                try:
                    opened = task.result()
                except UpstreamFailed as error:
                    progress.note(attempt, error)
                    failure = error
                    continue
                self._discard.when_open(racing)
                return opened
        if failure is None:
            raise AssertionError("a race without runners")
        raise failure

    async def _hedge(self, call: ModelCall, progress: _Progress) -> tuple[Attempt, Permit] | None:
        """A second attempt at another target; None where that has no leave or no room this very moment."""
        try:
            target, permit = await _next_target(call, progress)
        except BreakersOpen:
            return None
        if target is progress.before:
            permit.nothing_learned()
            return None
        try:
            attempt = await self._admit(
                call, target, number=progress.number + 1, reason=AttemptReason.HEDGE, waits=False
            )
        except LockstepError:
            permit.nothing_learned()
            return None
        progress.number += 1
        return attempt, permit

    def _given_up(self, call: ModelCall, failure: UpstreamFailed, progress: _Progress) -> UpstreamFailed:
        failure.attempts = progress.failures
        if failure.retryable:
            self._alerts.say(
                Alert.ALL_ATTEMPTS_FAILED,
                route=call.route.name,
                tenant_id=str(call.caller.tenant_id),
                request_id=str(call.request_id),
                attempts=[f"{one.provider}/{one.model}: {one.code}" for one in progress.failures],
            )
        return failure


async def _left(call: ModelCall, *, within: float) -> bool:
    """Whether nobody can get an answer any more after this pause. One that is stored can be fetched later."""
    if call.request.streamed or call.replayable is not None:
        await asyncio.sleep(within)
        return False
    leaving = asyncio.ensure_future(call.client.gone())
    try:
        return bool((await asyncio.wait({leaving}, timeout=within))[0])
    finally:
        leaving.cancel()


def _in_turn(call: ModelCall, progress: _Progress) -> Iterator[Target]:
    """The targets after those that were tried, without those that refuse the request."""
    targets = call.plan.targets
    for offset in range(len(targets)):
        target = targets[(progress.number + offset) % len(targets)]
        if target not in progress.refused:
            yield target


def _coming(call: ModelCall, progress: _Progress) -> Target | None:
    return next(_in_turn(call, progress), None)


async def _next_target(call: ModelCall, progress: _Progress) -> tuple[Target, Permit]:
    """The next one in turn whose breaker lets it through."""
    for target in _in_turn(call, progress):
        if (permit := await target.breaker.permit()) is not None:
            return target, permit
    soonest = min(target.breaker.retry_after for target in _in_turn(call, progress))
    raise BreakersOpen(f"all providers of {call.route.name!r} are failing", retry_after=max(0.5, soonest))


def _pause(call: ModelCall, progress: _Progress, failure: UpstreamFailed) -> float:
    """None before another provider or after a refusal; else jitter below a doubling bound, or what is asked for."""
    coming = _coming(call, progress)
    same = coming is not None and progress.before is not None and coming.provider.name == progress.before.provider.name
    if not same or failure.refuses:
        return 0.0
    jittered = random.uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**progress.number))  # noqa: S311
    return jittered if failure.retry_after is None else failure.retry_after + random.uniform(0, 0.1)  # noqa: S311
