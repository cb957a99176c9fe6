"""Funds one attempt: its bound is held in every scope of its caller, or the attempt is not made."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cachetools import LRUCache
from msgspec.structs import replace
from redis.exceptions import RedisError

from foundation.contracts.gateway.budget_policy import AwayPolicy
from foundation.contracts.gateway.ledger import AttemptReason
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId
from foundation.domain.money import dollars
from llm_gateway import metrics
from llm_gateway.accounting.attempt_book import AttemptBook, RedisUnavailable
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
from llm_gateway.budget.reserve_script import ReservationRequest, StepLease
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
    """Holds an attempt's bound, waiting for room that other calls hold; raises the refusal that the caller reads."""

    def __init__(self, book: AttemptBook, store: BudgetStore, limits: TenantLimitsCache) -> None:
        self._book = book
        self._store = store
        self._limits = limits
        self._backfills = BackfillReader(store, limits)
        self._scopes: LRUCache[int, tuple[Caller, EffectiveLimits, CallScopes]] = LRUCache(_MOST_REMEMBERED)
        # a tenant's zone is one of a few hundred, so that this needs no bound
        self._windows: dict[ZoneInfo, CalendarWindows] = {}

    async def fund(
        self, call: ModelCall, target: Target, *, number: int, reason: AttemptReason, waits: bool = True
    ) -> Attempt:
        """The funded attempt; raises what its caller is to read. Without `waits` there must be room this moment."""
        limits = await self._limits.of(call.caller.tenant_id)
        prices = [target.price for target in call.plan.targets]
        bound = chosen_bound(call.bound, call.plan.widest, prices=prices, by=limits.bounds)
        if bound is not call.bound:
            call = replace(call, bound=bound)
        gives_way = call.request.max_output is None and bound.max_output > LEAST_OUTPUT
        request = AttemptRequest(
            call, target, number, reason, self._scopes_of_call(call.caller, limits), waits, gives_way
        )
        try:
            return await self._hold_bound(request, limits)
        except RedisUnavailable as away:
            return self._admit_without_redis(request, limits, away)

    async def _hold_bound(self, request: AttemptRequest, limits: EffectiveLimits) -> Attempt:
        """The attempt with its bound held; `RedisUnavailable` when nothing can be held now."""
        tenant_id = request.call.caller.tenant_id
        backfills: Mapping[int, Backfill] = NO_BACKFILLS
        for _ in range(_TRIES):
            try:
                return await self._reserve(request, limits, backfills)
            except BucketClosed:
                await self._wait_until_open(keys.bucket_of(tenant_id))
            except StaleWindow:
                # Midnight fell between this clock's reading and the server's, so the day is computed again.
                await asyncio.sleep(0.05)
            except BackfillNeeded as needed:
                backfills = await self._read_backfills(tenant_id, request, needed)
        raise DependencyUnavailable("budgets cannot be checked: they changed with every try", retry_after=1)

    async def _reserve(
        self, request: AttemptRequest, limits: EffectiveLimits, backfills: Mapping[int, Backfill]
    ) -> Attempt:
        now = datetime.now(UTC)
        windows = self._windows_at(now, limits.zone)
        attempt = make_attempt(request, windows=windows, now=now)
        run = request.call.caller.run
        lease = StepLease(run.generation, run.fence) if run else None
        reservation = ReservationRequest(
            attempt.reservation, request.counted_in.scopes, windows, lease, request.rates, backfills
        )
        try:
            headroom = await self._book.reserve(reservation, waits=request.waits, once=request.gives_way)
        except ReservationRefused as refusal:
            if (smaller := _shrink(request, limits, refusal)) is not None:
                return await self._reserve(smaller, limits, backfills)
            if isinstance(refusal, WindowFull):
                _count_rate_limit_hit(request.call.caller)
            error = error_of_refusal(refusal, windows=windows, now=now)
            if error is None:
                # This is no error of the caller's: `_hold_bound` repairs the cause and tries again.
                raise
            raise error from refusal
        except WaitedTooLong as waited:
            if waited.refusal.blocking.unit == "calls":
                _count_rate_limit_hit(request.call.caller)
            raise error_of_wait(waited) from waited
        except QueueFull as full:
            raise error_of_full_queue() from full
        return replace(attempt, headroom=headroom)

    def _scopes_of_call(self, caller: Caller, limits: EffectiveLimits) -> CallScopes:
        """Where the caller's calls count; made anew when its limits are, since both are objects that many calls share.

        They are compared by identity, which costs less for every call than to hash or compare what they hold.
        """
        known = self._scopes.get(id(caller))
        if known is not None and known[0] is caller and known[1] is limits:
            return known[2]
        scopes = scopes_of_call(
            limits,
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            api_key_id=caller.api_key_id,
            run=caller.run,
        )
        self._scopes[id(caller)] = (caller, limits, scopes)
        return scopes

    def _windows_at(self, now: datetime, zone: ZoneInfo) -> CalendarWindows:
        known = self._windows.get(zone)
        if known is None or not known.day.start_ms <= now.timestamp() * 1000 < known.day.end_ms:
            known = self._windows[zone] = windows_at(now, zone)
        return known

    async def _wait_until_open(self, bucket: int) -> None:
        try:
            async with asyncio.timeout(_REBUILD_SECONDS):
                while not await self._store.is_open(bucket):  # noqa: ASYNC110  # another process opens it
                    await asyncio.sleep(0.1)
        except (TimeoutError, RedisError) as error:
            raise RedisUnavailable("budgets cannot be checked: they are being counted anew", retry_after=1) from error

    async def _read_backfills(
        self, tenant_id: TenantId, request: AttemptRequest, needed: BackfillNeeded
    ) -> dict[int, Backfill]:
        try:
            async with asyncio.timeout(_REBUILD_SECONDS):
                return await self._backfills.read(tenant_id, request.counted_in.scopes, needed)
        except (TimeoutError, RedisError) as error:
            raise DependencyUnavailable(
                "a rolling budget cannot be checked: it is being counted", retry_after=1
            ) from error

    def _admit_without_redis(self, request: AttemptRequest, limits: EffectiveLimits, away: RedisUnavailable) -> Attempt:
        """The attempt as the tenant has declared for this case: refused, within an allowance, or free."""
        declared = limits.redis_away
        if declared.policy is AwayPolicy.CLOSED:
            raise away
        now = datetime.now(UTC)
        windows = self._windows_at(now, limits.zone)
        # The attempt keeps the id that Redis may have: if a hold was made after all, it belongs to this attempt.
        known_id = away.reservation_id
        attempt = make_attempt(request, windows=windows, now=now, reservation_id=known_id, is_local=True)
        if declared.policy is AwayPolicy.BOUNDED_LOCAL:
            allowance = allowance_of(declared, gateways=limits.gateways)
            while not self._book.local.fits(attempt.reservation, allowance):
                smallest = _shrink_to_least(request, limits)
                if smallest is None:
                    raise DependencyUnavailable(
                        "budgets cannot be checked, and the allowance for such times is used up"
                        f" ({allowance.tokens} tokens, {dollars(allowance.nano_usd)} dollars at this gateway)",
                        retry_after=1,
                    )
                request = smallest
                attempt = make_attempt(request, windows=windows, now=now, reservation_id=known_id, is_local=True)
        self._book.admit_locally(attempt.reservation)
        return attempt


def _shrink(request: AttemptRequest, limits: EffectiveLimits, refusal: ReservationRefused) -> AttemptRequest | None:
    """The same attempt with the longest answer that there is room for; None when it would be refused even so."""
    if not request.gives_way:
        return None
    if isinstance(refusal, WindowFull):
        window = refusal.rates[refusal.number]
        return _shrink_within(request, limits, window.left, "tokens") if window.rate.counts_tokens else None
    if not isinstance(refusal, BudgetSpent | RoomHeldByOthers):
        return None
    if refusal.blocking.unit == "calls":
        # A shorter answer frees no slot, so the call has to wait for one.
        return replace(request, gives_way=False)
    return _shrink_within(request, limits, refusal.blocking.left, refusal.blocking.unit)


def _shrink_to_least(request: AttemptRequest, limits: EffectiveLimits) -> AttemptRequest | None:
    return _shrink_within(request, limits, 0, "tokens") if request.gives_way else None


def _shrink_within(request: AttemptRequest, limits: EffectiveLimits, left: int, unit: str) -> AttemptRequest | None:
    call = request.call
    prices = [target.price for target in call.plan.targets]
    bound = bound_within(left, unit, call.plan.widest, prices=prices, by=limits.bounds, below=call.bound.max_output)
    if bound is None:
        return None
    return replace(request, call=replace(call, bound=bound), gives_way=bound.max_output > LEAST_OUTPUT)


def _count_rate_limit_hit(caller: Caller) -> None:
    metrics.RATE_LIMIT_HITS.labels(str(caller.tenant_id)).inc()
