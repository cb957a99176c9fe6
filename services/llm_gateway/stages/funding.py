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
from llm_gateway.accounting.attempt_book import Ledger, RedisAway
from llm_gateway.accounting.usage_event import Reason
from llm_gateway.budget.backfilling import Seeding
from llm_gateway.budget.limits.backfill import NO_SEEDS, Seed
from llm_gateway.budget.limits.counted import CountedIn, counted_in
from llm_gateway.budget.limits.scopes import Windows, windows_at
from llm_gateway.budget.limits.tenant_limits import Limits, LimitsCache
from llm_gateway.budget.local_allowance import share_of
from llm_gateway.budget.redis import keys
from llm_gateway.budget.refusals import (
    BucketClosed,
    HeldByOthers,
    RateLimited,
    Refusal,
    Spent,
    StaleWindow,
    Unseeded,
)
from llm_gateway.budget.reserve_script import Lease
from llm_gateway.budget.store import BudgetStore
from llm_gateway.budget.waiting import QueueFull, WaitedTooLong
from llm_gateway.exchange.caller import Caller
from llm_gateway.pricing.bounds import LEAST_OUTPUT, bound_within, chosen_bound
from llm_gateway.refusals.refusal_errors import refused, still_held, too_many_wait
from llm_gateway.routing.routes import Target
from llm_gateway.stages.call import Attempt, Call
from llm_gateway.stages.new_attempt import Asked, prepare

_REBUILD_SECONDS = 5.0
_TRIES = 3
_MOST_REMEMBERED = 10_000


class Admit:
    def __init__(self, ledger: Ledger, store: BudgetStore, limits: LimitsCache) -> None:
        self._ledger = ledger
        self._store = store
        self._limits = limits
        self._seeding = Seeding(store, limits)
        self._counted: dict[int, tuple[Caller, Limits, CountedIn]] = {}
        self._windows: dict[ZoneInfo, Windows] = {}

    async def __call__(self, call: Call, target: Target, *, number: int, reason: Reason, waits: bool = True) -> Attempt:
        """The funded attempt; raises what the caller is to be told. Without `waits` there must be room this moment."""
        limits = await self._limits.of(call.caller.tenant_id)
        prices = [target.price for target in call.plan.targets]
        bound = chosen_bound(call.bound, call.plan.widest, prices=prices, by=limits.bounds)
        if bound is not call.bound:
            call = replace(call, bound=bound)
        gives_way = call.request.max_output is None and bound.max_output > LEAST_OUTPUT
        asked = Asked(call, target, number, reason, self._counted_in(call.caller, limits), waits, gives_way)
        try:
            return await self._held(asked, limits)
        except RedisAway as away:
            return self._without_redis(asked, limits, away)

    async def _held(self, asked: Asked, limits: Limits) -> Attempt:
        """The attempt with its bound held; `RedisAway` when nothing can be held now."""
        tenant_id = asked.call.caller.tenant_id
        seeds: Mapping[int, Seed] = NO_SEEDS
        for _ in range(_TRIES):
            try:
                return await self._reserve(asked, limits, seeds)
            except BucketClosed:
                await self._until_open(keys.bucket_of(tenant_id))
            except StaleWindow:
                # midnight fell between our clock and the server's: look at the clock again
                await asyncio.sleep(0.05)
            except Unseeded as uncounted:
                seeds = await self._seeds(tenant_id, asked, uncounted)
        raise DependencyUnavailable("budgets cannot be checked at the moment", retry_after=1)

    async def _reserve(self, asked: Asked, limits: Limits, seeds: Mapping[int, Seed]) -> Attempt:
        now = datetime.now(UTC)
        windows = self._windows_at(now, limits.zone)
        attempt = prepare(asked, windows=windows, now=now)
        run = asked.call.caller.run
        try:
            funded = await self._ledger.reserve(
                attempt.reservation,
                scopes=asked.counted.scopes,
                windows=windows,
                lease=Lease(run.generation, run.fence) if run else None,
                limits=asked.rates,
                seeds=seeds,
                waits=asked.waits,
                once=asked.gives_way,
            )
        except Refusal as refusal:
            if (smaller := _smaller(asked, limits, refusal)) is not None:
                return await self._reserve(smaller, limits, seeds)
            if isinstance(refusal, RateLimited):
                _count_hit(asked.call.caller)
            if (told := refused(refusal, windows=windows, now=now)) is None:
                raise
            raise told from refusal
        except WaitedTooLong as waited:
            if waited.refusal.blocked.unit == "calls":
                _count_hit(asked.call.caller)
            raise still_held(waited) from waited
        except QueueFull as full:
            raise too_many_wait(full) from full
        return replace(attempt, funded=funded)

    def _counted_in(self, caller: Caller, limits: Limits) -> CountedIn:
        """Made anew when the caller's limits are: both are objects that many calls share."""
        known = self._counted.get(id(caller))
        if known is not None and known[0] is caller and known[1] is limits:
            return known[2]
        if len(self._counted) >= _MOST_REMEMBERED:
            self._counted.clear()
        counted = counted_in(
            limits,
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            api_key_id=caller.api_key_id,
            run=caller.run,
        )
        self._counted[id(caller)] = (caller, limits, counted)
        return counted

    def _windows_at(self, now: datetime, zone: ZoneInfo) -> Windows:
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
            raise RedisAway("budgets are being rebuilt", retry_after=1) from error

    async def _seeds(self, tenant_id: UUID, asked: Asked, uncounted: Unseeded) -> dict[int, Seed]:
        try:
            async with asyncio.timeout(_REBUILD_SECONDS):
                return await self._seeding.seeds(tenant_id, asked.counted.scopes, uncounted)
        except (TimeoutError, RedisError) as error:
            raise DependencyUnavailable("a rolling budget is being counted", retry_after=1) from error

    def _without_redis(self, asked: Asked, limits: Limits, away: RedisAway) -> Attempt:
        """The attempt as the tenant has declared for this case: refused, within an allowance, or free."""
        declared = limits.redis_away
        if declared.policy is AwayPolicy.CLOSED:
            raise away
        now = datetime.now(UTC)
        windows = self._windows_at(now, limits.zone)
        # under the id that Redis may know: a hold that it made is this attempt's
        attempt = prepare(asked, windows=windows, now=now, reservation_id=away.reservation_id, is_local=True)
        if declared.policy is AwayPolicy.BOUNDED_LOCAL:
            share = share_of(declared, gateways=limits.gateways)
            while not self._ledger.local.fits(attempt.reservation, share) and (less := _least(asked, limits)):
                asked = less
                attempt = prepare(asked, windows=windows, now=now, reservation_id=away.reservation_id, is_local=True)
            if not self._ledger.local.fits(attempt.reservation, share):
                raise DependencyUnavailable(
                    "budgets cannot be checked, and the allowance for that is used up"
                    f" ({share.tokens} tokens, {dollars(share.nano_usd)} dollars at this gateway)",
                    retry_after=1,
                )
        self._ledger.admit_locally(attempt.reservation)
        return attempt


def _smaller(asked: Asked, limits: Limits, refusal: Refusal) -> Asked | None:
    """The same with an answer as long as there is room for; None when it has to be told or to wait."""
    if not asked.gives_way:
        return None
    if isinstance(refusal, RateLimited):
        rate = refusal.rates[refusal.number]
        return _within(asked, limits, rate.left, "tokens") if rate.rate.counts_tokens else None
    if not isinstance(refusal, Spent | HeldByOthers):
        return None
    if refusal.blocked.unit == "calls":
        # a slot is waited for, whatever the answer's length
        return replace(asked, gives_way=False)
    return _within(asked, limits, refusal.blocked.left, refusal.blocked.unit)


def _least(asked: Asked, limits: Limits) -> Asked | None:
    return _within(asked, limits, 0, "tokens") if asked.gives_way else None


def _within(asked: Asked, limits: Limits, left: int, unit: str) -> Asked | None:
    call = asked.call
    prices = [target.price for target in call.plan.targets]
    bound = bound_within(left, unit, call.plan.widest, prices=prices, by=limits.bounds, below=call.bound.max_output)
    if bound is None:
        return None
    return replace(asked, call=replace(call, bound=bound), gives_way=bound.max_output > LEAST_OUTPUT)


def _count_hit(caller: Caller) -> None:
    metrics.RATE_LIMIT_HITS.labels(str(caller.tenant_id)).inc()
