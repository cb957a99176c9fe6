"""Funds one attempt: its bound is held in every scope of its caller, or it does not happen."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from foundation.domain.errors import (
    BudgetExceeded,
    Conflict,
    DependencyUnavailable,
    LeaseLost,
    QuotaExceeded,
    RunClosed,
)
from foundation.domain.ids import new_uuid
from foundation.domain.money import dollars
from llm_gateway import metrics
from llm_gateway.budget import keys
from llm_gateway.budget.limits import Limits, LimitsCache
from llm_gateway.budget.rates import CallLimits, call_limits
from llm_gateway.budget.refusals import (
    Blocked,
    BucketClosed,
    HeldByOthers,
    InProgress,
    RateLimited,
    RunIsClosed,
    Spent,
    StaleLease,
    StaleWindow,
)
from llm_gateway.budget.reservation import Reservation, ScopeKey
from llm_gateway.budget.scopes import Limit, Scope, ScopeKind, Windows, windows_at
from llm_gateway.budget.store import BudgetStore, Funded, Lease
from llm_gateway.budget.waiting import QueueFull, WaitedTooLong
from llm_gateway.call import Attempt, Call, Caller
from llm_gateway.ledger import Ledger
from llm_gateway.routing import Target
from llm_gateway.too_fast import TooFast, too_fast
from llm_gateway.usage import Reason, UsageEvent, encode_event

_REBUILD_SECONDS = 5.0
_RETRY_HELD_SECONDS = 0.5


class CallInProgress(Conflict):
    """The same call is under way; its answer will be there to replay."""

    code = "call_in_progress"
    retryable = True


class RoomHeld(QuotaExceeded):
    """The budget would do, but calls in flight hold it."""

    code = "budget_held"


class Admit:
    def __init__(self, ledger: Ledger, store: BudgetStore, limits: LimitsCache) -> None:
        self._ledger = ledger
        self._store = store
        self._limits = limits

    async def __call__(self, call: Call, target: Target, *, number: int, reason: Reason, waits: bool = True) -> Attempt:
        """The funded attempt; raises what the caller is to be told. Without `waits` there must be room this moment."""
        limits = await self._limits.of(call.caller.tenant_id)
        scopes = scopes_of(call.caller, limits)
        try:
            return await self._reserve(call, target, number, reason, scopes, limits, waits=waits)
        except BucketClosed:
            await self._until_open(keys.bucket_of(call.caller.tenant_id))
        except StaleWindow:
            # midnight fell between our clock and the server's: look at the clock again
            await asyncio.sleep(0.05)
        try:
            return await self._reserve(call, target, number, reason, scopes, limits, waits=waits)
        except (BucketClosed, StaleWindow) as error:
            raise DependencyUnavailable("budgets cannot be checked at the moment", retry_after=1) from error

    async def _reserve(
        self,
        call: Call,
        target: Target,
        number: int,
        reason: Reason,
        scopes: list[Scope],
        limits: Limits,
        *,
        waits: bool,
    ) -> Attempt:
        now = datetime.now(UTC)
        windows = windows_at(now, limits.zone)
        rates = _limits_of(call.caller, limits, number)
        attempt = self._prepare(call, target, number, reason, scopes, windows, now, rates)
        run = call.caller.run
        try:
            funded = await self._ledger.reserve(
                attempt.reservation,
                scopes=scopes,
                windows=windows,
                lease=Lease(run.generation, run.fence) if run else None,
                limits=rates,
                waits=waits,
            )
        except InProgress as error:
            raise CallInProgress("the same call is in progress", retry_after=0.5) from error
        except RunIsClosed as error:
            raise RunClosed("the run takes no more calls") from error
        except StaleLease as error:
            raise LeaseLost("another worker holds the step now") from error
        except Spent as error:
            raise _exceeded(error.blocked, windows, now) from error
        except RateLimited as error:
            metrics.RATE_LIMIT_HITS.labels(str(call.caller.tenant_id)).inc()
            raise too_fast(error) from error
        except HeldByOthers as error:
            raise RoomHeld(f"calls in flight hold the {error.blocked.scope} budget") from error
        except WaitedTooLong as error:
            if error.refusal.blocked.unit == "calls":
                metrics.RATE_LIMIT_HITS.labels(str(call.caller.tenant_id)).inc()
                detail = f"the {error.refusal.blocked.scope} has as many calls open as it may"
                raise TooFast(detail, retry_after=_RETRY_HELD_SECONDS) from error
            where = f"{error.refusal.blocked.scope} budget"
            raise RoomHeld(f"calls in flight hold the {where}", retry_after=_RETRY_HELD_SECONDS) from error
        except QueueFull as error:
            raise RoomHeld("too many calls wait for room", retry_after=_RETRY_HELD_SECONDS * 4) from error
        return replace(attempt, funded=funded)

    async def _until_open(self, bucket: int) -> None:
        try:
            async with asyncio.timeout(_REBUILD_SECONDS):
                while not await self._store.is_open(bucket):  # noqa: ASYNC110  # another process opens it
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise DependencyUnavailable("budgets are being rebuilt", retry_after=1) from error

    def _prepare(
        self,
        call: Call,
        target: Target,
        number: int,
        reason: Reason,
        scopes: list[Scope],
        windows: Windows,
        now: datetime,
        rates: CallLimits,
    ) -> Attempt:
        tenant_id = call.caller.tenant_id
        bucket = keys.bucket_of(tenant_id)
        lost = _lost_event(call, target, number, reason, windows.day.label, now)
        reservation = Reservation(
            reservation_id=lost.event_id,
            tenant_id=tenant_id,
            bound_tokens=call.bound.tokens,
            bound_nano_usd=call.bound.nano_usd,
            day=windows.day.label,
            month=windows.month.label,
            scopes=tuple(
                ScopeKey(keys.scope(bucket, tenant_id, scope.kind, scope.scope_id), scope.kind.windowed)
                for scope in scopes
            ),
            lost_event=encode_event(lost),
            call_marker=keys.call_marker(bucket, tenant_id, call.replayable.call_key) if call.replayable else None,
            limited=rates.lines(),
        )
        loop_time = asyncio.get_running_loop().time()
        return Attempt(call, number, target, reservation, lost, Funded(), now, loop_time)


def scopes_of(caller: Caller, limits: Limits) -> list[Scope]:
    """The scopes of a caller, run and step last, as the scripts want them."""
    scopes = [limits.scope(ScopeKind.TENANT, caller.tenant_id)]
    if caller.user_id is not None:
        scopes.append(limits.scope(ScopeKind.USER, caller.user_id))
    if caller.api_key_id is not None:
        scopes.append(limits.scope(ScopeKind.KEY, caller.api_key_id))
    if (run := caller.run) is not None:
        scopes.append(Scope(ScopeKind.RUN, run.run_id, total=Limit(run.caps.run.tokens, run.caps.run.nano_usd)))
        scopes.append(Scope(ScopeKind.STEP, run.step_id, total=Limit(run.caps.step.tokens, run.caps.step.nano_usd)))
    return scopes


def _limits_of(caller: Caller, limits: Limits, number: int) -> CallLimits:
    """A retry of ours is no further request of the caller; a run's call is none of its user's."""
    scopes = {ScopeKind.TENANT: caller.tenant_id}
    if caller.user_id is not None:
        scopes[ScopeKind.USER] = caller.user_id
    if caller.api_key_id is not None:
        scopes[ScopeKind.KEY] = caller.api_key_id
    uncounted = frozenset(ScopeKind) if number > 1 else frozenset({ScopeKind.USER} if caller.run else ())
    return call_limits(caller.tenant_id, scopes, limits.rates, uncounted=uncounted)


def _lost_event(call: Call, target: Target, number: int, reason: Reason, day: str, now: datetime) -> UsageEvent:
    run = call.caller.run
    return UsageEvent(
        tenant_id=call.caller.tenant_id,
        event_day=date.fromisoformat(day),
        event_id=new_uuid(),
        kind="attempt",
        request_id=call.request_id,
        attempt=number,
        reason=reason,
        dialect=call.request.dialect.value,
        route=call.route.name,
        provider=target.provider.name,
        model=target.model,
        status="lost",
        usage_source="bound",
        input_tokens=call.bound.input_tokens,
        output_tokens=call.bound.output_tokens,
        total_tokens=call.bound.tokens,
        cost_nano_usd=call.bound.nano_usd,
        bound_tokens=call.bound.tokens,
        bound_nano_usd=call.bound.nano_usd,
        price_version=target.price.version,
        started_at=now,
        user_id=call.caller.user_id,
        api_key_id=call.caller.api_key_id,
        run_id=run.run_id if run else None,
        step_id=run.step_id if run else None,
        generation=run.generation if run else None,
        fence=run.fence if run else None,
        call_key=call.replayable.call_key if call.replayable else None,
        trace_id=call.trace_id,
    )


def _exceeded(blocked: Blocked, windows: Windows, now: datetime) -> BudgetExceeded:
    left = dollars(blocked.left) if blocked.unit == "nano_usd" else blocked.left
    remaining: dict[str, int | str] = {"usd" if blocked.unit == "nano_usd" else "tokens": left}
    window = windows.of(blocked.period)
    if window is not None:
        resets = datetime.fromtimestamp(window.end_ms / 1000, UTC)
        remaining["resets_at"] = resets.isoformat().replace("+00:00", "Z")
        remaining["resets_in_seconds"] = max(0, int((resets - now) / timedelta(seconds=1)))
    detail = f"the call does not fit what is left of the {blocked.scope} budget ({blocked.period})"
    return BudgetExceeded(detail, scope=blocked.scope.value, remaining=remaining)
