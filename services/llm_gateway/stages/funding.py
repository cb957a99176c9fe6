"""Funds one attempt: its bound is held in every scope of its caller, or it does not happen."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from redis.exceptions import RedisError

from foundation.contracts.gateway.budget_policy import AwayPolicy
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.money import dollars
from llm_gateway import metrics
from llm_gateway.accounting.attempt_book import AttemptBook, RedisUnavailable
from llm_gateway.accounting.usage_event import AttemptReason
from llm_gateway.budget.backfilling import BackfillReader
from llm_gateway.budget.limits.backfill import NO_BACKFILLS, Backfill
from llm_gateway.budget.limits.counted import CallScopes, scopes_of_call
from llm_gateway.budget.limits.scopes import CalendarWindows, windows_at
from llm_gateway.budget.limits.tenant_limits import EffectiveLimits, TenantLimitsCache
from llm_gateway.budget.local_allowance import allowance_of
from llm_gateway.budget.redis import keys
from llm_gateway.budget.refusals import (
    BackfillNeeded,
    BucketClosed,
    BudgetSpent,
    ReservationRefused,
    RoomHeldByOthers,
    StaleWindow,
    WindowFull,
)
from llm_gateway.budget.reserve_script import StepLease
from llm_gateway.budget.store import BudgetStore
from llm_gateway.budget.waiting import QueueFull, WaitedTooLong
from llm_gateway.exchange.caller import Caller
from llm_gateway.pricing.bounds import LEAST_OUTPUT, bound_within, chosen_bound
from llm_gateway.refusals.refusal_errors import error_of_full_queue, error_of_refusal, error_of_wait
from llm_gateway.routing.routes import Target
from llm_gateway.stages.call import Attempt, ModelCall
from llm_gateway.stages.new_attempt import AttemptRequest, make_attempt

_REBUILD_SECONDS = 5.0
_TRIES = 3
_MOST_REMEMBERED = 10_000


class Funding:
    def __init__(self, ledger: AttemptBook, store: BudgetStore, limits: TenantLimitsCache) -> None:
        self._ledger = ledger
        self._store = store
        self._limits = limits
        self._seeding = BackfillReader(store, limits)
        self._counted: dict[int, tuple[Caller, EffectiveLimits, CallScopes]] = {}
        self._windows: dict[ZoneInfo, CalendarWindows] = {}

    async def __call__(
        self, call: ModelCall, target: Target, *, number: int, reason: AttemptReason, waits: bool = True
    ) -> Attempt:
        """The funded attempt; raises what the caller is to be told. Without `waits` there must be room this moment."""
        limits = await self._limits.of(call.caller.tenant_id)
        prices = [target.price for target in call.plan.targets]
        bound = chosen_bound(call.bound, call.plan.widest, prices=prices, by=limits.bounds)
        if bound is not call.bound:
            call = replace(call, bound=bound)
        gives_way = call.request.max_output is None and bound.max_output > LEAST_OUTPUT
        asked = AttemptRequest(call, target, number, reason, self._counted_in(call.caller, limits), waits, gives_way)
        try:
            return await self._held(asked, limits)
        except RedisUnavailable as away:
            return self._without_redis(asked, limits, away)

    async def _held(self, asked: AttemptRequest, limits: EffectiveLimits) -> Attempt:
        """The attempt with its bound held; `RedisUnavailable` when nothing can be held now."""
        tenant_id = asked.call.caller.tenant_id
        seeds: Mapping[int, Backfill] = NO_BACKFILLS
        for _ in range(_TRIES):
            try:
                return await self._reserve(asked, limits, seeds)
            except BucketClosed:
                await self._until_open(keys.bucket_of(tenant_id))
            except StaleWindow:
                # midnight fell between our clock and the server's: look at the clock again
                await asyncio.sleep(0.05)
            except BackfillNeeded as uncounted:
                seeds = await self._seeds(tenant_id, asked, uncounted)
        raise DependencyUnavailable("budgets cannot be checked at the moment", retry_after=1)

    async def _reserve(self, asked: AttemptRequest, limits: EffectiveLimits, seeds: Mapping[int, Backfill]) -> Attempt:
        now = datetime.now(UTC)
        windows = self._windows_at(now, limits.zone)
        attempt = make_attempt(asked, windows=windows, now=now)
        run = asked.call.caller.run
        try:
            funded = await self._ledger.reserve(
                attempt.reservation,
                scopes=asked.counted.scopes,
                windows=windows,
                lease=StepLease(run.generation, run.fence) if run else None,
                limits=asked.rates,
                seeds=seeds,
                waits=asked.waits,
                once=asked.gives_way,
            )
        except ReservationRefused as refusal:
            if (smaller := _smaller(asked, limits, refusal)) is not None:
                return await self._reserve(smaller, limits, seeds)
            if isinstance(refusal, WindowFull):
                _count_hit(asked.call.caller)
            if (told := error_of_refusal(refusal, windows=windows, now=now)) is None:
                raise
            raise told from refusal
        except WaitedTooLong as waited:
            if waited.refusal.blocked.unit == "calls":
                _count_hit(asked.call.caller)
            raise error_of_wait(waited) from waited
        except QueueFull as full:
            raise error_of_full_queue(full) from full
        return replace(attempt, funded=funded)

    def _counted_in(self, caller: Caller, limits: EffectiveLimits) -> CallScopes:
        """Made anew when the caller's limits are: both are objects that many calls share."""
        known = self._counted.get(id(caller))
        if known is not None and known[0] is caller and known[1] is limits:
            return known[2]
        if len(self._counted) >= _MOST_REMEMBERED:
            self._counted.clear()
        counted = scopes_of_call(
            limits,
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            api_key_id=caller.api_key_id,
            run=caller.run,
        )
        self._counted[id(caller)] = (caller, limits, counted)
        return counted

    def _windows_at(self, now: datetime, zone: ZoneInfo) -> CalendarWindows:
        known = self._windows.get(zone)
        if known is None or not known.day.start_ms <= now.timestamp() * 1000 < known.day.end_ms:
            known = self._windows[zone] = windows_at(now, zone)
        return known

    async def _until_open(self, bucket: int) -> None:
        try:
            async with asyncio.timeout(_REBUILD_SECONDS):
                while not await self._store.is_open(bucket):  # noqa: ASYNC110  # another process opens it
                    await asyncio.sleep(0.1)
        except (TimeoutError, RedisError) as error:
            raise RedisUnavailable("budgets are being rebuilt", retry_after=1) from error

    async def _seeds(self, tenant_id: UUID, asked: AttemptRequest, uncounted: BackfillNeeded) -> dict[int, Backfill]:
        try:
            async with asyncio.timeout(_REBUILD_SECONDS):
                return await self._seeding.seeds(tenant_id, asked.counted.scopes, uncounted)
        except (TimeoutError, RedisError) as error:
            raise DependencyUnavailable("a rolling budget is being counted", retry_after=1) from error

    def _without_redis(self, asked: AttemptRequest, limits: EffectiveLimits, away: RedisUnavailable) -> Attempt:
        """The attempt as the tenant has declared for this case: refused, within an allowance, or free."""
        declared = limits.redis_away
        if declared.policy is AwayPolicy.CLOSED:
            raise away
        now = datetime.now(UTC)
        windows = self._windows_at(now, limits.zone)
        # under the id that Redis may know: a hold that it made is this attempt's
        attempt = make_attempt(asked, windows=windows, now=now, reservation_id=away.reservation_id, is_local=True)
        if declared.policy is AwayPolicy.BOUNDED_LOCAL:
            share = allowance_of(declared, gateways=limits.gateways)
            while not self._ledger.local.fits(attempt.reservation, share) and (less := _least(asked, limits)):
                asked = less
                attempt = make_attempt(
                    asked, windows=windows, now=now, reservation_id=away.reservation_id, is_local=True
                )
            if not self._ledger.local.fits(attempt.reservation, share):
                raise DependencyUnavailable(
                    "budgets cannot be checked, and the allowance for that is used up"
                    f" ({share.tokens} tokens, {dollars(share.nano_usd)} dollars at this gateway)",
                    retry_after=1,
                )
        self._ledger.admit_locally(attempt.reservation)
        return attempt


def _smaller(asked: AttemptRequest, limits: EffectiveLimits, refusal: ReservationRefused) -> AttemptRequest | None:
    """The same with an answer as long as there is room for; None when it has to be told or to wait."""
    if not asked.gives_way:
        return None
    if isinstance(refusal, WindowFull):
        rate = refusal.rates[refusal.number]
        return _within(asked, limits, rate.left, "tokens") if rate.rate.counts_tokens else None
    if not isinstance(refusal, BudgetSpent | RoomHeldByOthers):
        return None
    if refusal.blocked.unit == "calls":
        # a slot is waited for, whatever the answer's length
        return replace(asked, gives_way=False)
    return _within(asked, limits, refusal.blocked.left, refusal.blocked.unit)


def _least(asked: AttemptRequest, limits: EffectiveLimits) -> AttemptRequest | None:
    return _within(asked, limits, 0, "tokens") if asked.gives_way else None


def _within(asked: AttemptRequest, limits: EffectiveLimits, left: int, unit: str) -> AttemptRequest | None:
    call = asked.call
    prices = [target.price for target in call.plan.targets]
    bound = bound_within(left, unit, call.plan.widest, prices=prices, by=limits.bounds, below=call.bound.max_output)
    if bound is None:
        return None
    return replace(asked, call=replace(call, bound=bound), gives_way=bound.max_output > LEAST_OUTPUT)


def _count_hit(caller: Caller) -> None:
    metrics.RATE_LIMIT_HITS.labels(str(caller.tenant_id)).inc()
