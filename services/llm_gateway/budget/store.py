"""The budget's words over its scripts: reserve, settle, renew, lapse, close, adjust, restore."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from redis.asyncio import Redis

from foundation.domain.money import MAX_AMOUNT
from llm_gateway.budget import keys
from llm_gateway.budget.rates import NO_LIMITS, CallLimits, RateState
from llm_gateway.budget.refusals import (
    AlreadyAnswered,
    Blocked,
    BucketClosed,
    HeldByOthers,
    InProgress,
    RateLimited,
    Refusal,
    RunIsClosed,
    Spent,
    StaleLease,
    StaleWindow,
)
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.scopes import Amount, Limit, Period, Scope, ScopeKind, Windows
from llm_gateway.budget.scripts import PooledRunner, ScriptRunner, Scripts

ALL_GENERATIONS = MAX_AMOUNT


class Settled(StrEnum):
    """What a settlement found."""

    CLOSED = "closed"
    UNKNOWN = "unknown"
    ALREADY = "already"
    LAPSED = "lapsed"
    SETTLED = "settled"
    LOWERED = "lowered"


@dataclass(frozen=True, slots=True)
class Lease:
    """Under which lease of a run's step a call comes."""

    generation: int
    fence: int


@dataclass(frozen=True, slots=True)
class Remaining:
    """What a scope has left after a reservation; None where it has no limit."""

    scope: ScopeKind
    tokens: int | None
    nano_usd: int | None


@dataclass(frozen=True, slots=True)
class Funded:
    """What is left after a reservation; a repeat of one that stands knows nothing new."""

    at_us: int = 0
    remaining: tuple[Remaining, ...] = ()
    rates: tuple[RateState, ...] = ()
    nearly_spent: tuple[tuple[ScopeKind, Period], ...] = ()
    """Where four fifths of a limit are committed."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What stands in a scope: committed and held, in total."""

    committed: Amount
    held: Amount


class BudgetStore:
    """All of it in one round trip a word."""

    def __init__(self, redis: Redis, *, lease: timedelta, runner: ScriptRunner | None = None) -> None:
        """`runner` is what the scripts go through; without one, the pool."""
        self._redis = redis
        self._scripts = Scripts(runner or PooledRunner(redis))
        self._lease_ms = int(lease.total_seconds() * 1000)

    async def reserve(
        self,
        reservation: Reservation,
        *,
        scopes: Sequence[Scope],
        windows: Windows,
        lease: Lease | None,
        limits: CallLimits = NO_LIMITS,
    ) -> Funded:
        """Hold the bound in all scopes, within all limits; raises the `Refusal` that says why not."""
        bucket = reservation.bucket
        call = [
            keys.epoch(bucket),
            keys.leases(bucket),
            keys.stream(bucket),
            reservation.hold_key,
            reservation.marker_key,
        ]
        arguments: list[str | int] = [
            keys.prefix(bucket),
            str(reservation.reservation_id),
            self._lease_ms,
            reservation.bound_tokens,
            reservation.bound_nano_usd,
            windows.day.label,
            windows.day.start_ms,
            windows.day.end_ms,
            windows.month.label,
            windows.month.start_ms,
            windows.month.end_ms,
            "" if lease is None else lease.generation,
            "" if lease is None else lease.fence,
            reservation.lost_event,
            int(reservation.call_marker is not None),
            len(scopes),
            len(limits.rates),
            reservation.limited,
        ]
        for scope in scopes:
            arguments += [int(scope.kind.windowed), *_limits(scope.total), *_limits(scope.day), *_limits(scope.month)]
        for rate in limits.rates:
            arguments += [int(rate.counts_tokens), rate.width_us, rate.limit]
        for slots in limits.slots:
            arguments += [slots.scope_number + 1, slots.limit]
        scope_keys, logs = [scope.key for scope in reservation.scopes], [rate.key for rate in limits.rates]
        touched = [*call, *scope_keys, *logs, *(slots.key for slots in limits.slots)]
        answer = await self._scripts.reserve(keys=touched, args=arguments)
        if answer[0] != b"reserved":
            raise _refusal(answer, scopes, limits)
        return _funded(answer, scopes, limits)

    async def settle(
        self, reservation: Reservation, used: Amount, event: str, *, remember: timedelta | None, lowering: str = ""
    ) -> Settled:
        """Commit what was used and append its event; a repeat changes nothing.

        `lowering` is the adjustment event to append where the hold has lapsed into a charge at its bound.
        """
        bucket = reservation.bucket
        answer = await self._scripts.settle(
            keys=[
                keys.epoch(bucket),
                keys.leases(bucket),
                keys.stream(bucket),
                reservation.hold_key,
                reservation.marker_key,
            ],
            args=[
                str(reservation.reservation_id),
                used.tokens,
                used.nano_usd,
                event,
                "" if remember is None else int(remember.total_seconds()),
                lowering,
            ],
        )
        return Settled(answer[0].decode())

    async def renew(self, bucket: int, reservation_ids: Sequence[UUID]) -> set[UUID]:
        """Move the leases' end; answers those that have lapsed or settled meanwhile."""
        gone = await self._scripts.renew(
            keys=[keys.epoch(bucket), keys.leases(bucket)], args=[self._lease_ms, *map(str, reservation_ids)]
        )
        return {UUID(value.decode()) for value in gone}

    async def lapse(self, *, most: int = 100) -> int:
        """Charge the holds of all buckets whose leases ran out."""
        total = 0
        for bucket in range(keys.BUCKETS):
            total += await self._scripts.lapse(
                keys=[keys.epoch(bucket), keys.leases(bucket), keys.stream(bucket)], args=[keys.prefix(bucket), most]
            )
        return total

    async def close_run(self, tenant_id: UUID, run_id: UUID, *, generation: int = ALL_GENERATIONS) -> None:
        """Admit no call of the run up to this generation any more; `BucketClosed` during a rebuild."""
        bucket = keys.bucket_of(tenant_id)
        run = keys.scope(bucket, tenant_id, ScopeKind.RUN, run_id)
        if await self._scripts.close_run(keys=[keys.epoch(bucket), run], args=[generation]) == b"closed":
            raise BucketClosed

    async def adjust(self, reservation: Reservation, by: Amount, event: str, *, event_id: UUID) -> str:
        """Add to what is committed, exactly once an event id: `closed`, `already` or `adjusted`."""
        bucket = reservation.bucket
        answer = await self._scripts.adjust(
            keys=[
                keys.epoch(bucket),
                keys.stream(bucket),
                keys.adjustment(bucket, event_id),
                *(scope.key for scope in reservation.scopes),
            ],
            args=[
                by.tokens,
                by.nano_usd,
                reservation.day,
                reservation.month,
                event,
                *(int(scope.windowed) for scope in reservation.scopes),
            ],
        )
        return str(answer.decode())

    async def restore(self, reservation: Reservation) -> None:
        """Put a hold back that Redis has lost."""
        bucket = reservation.bucket
        await self._scripts.restore(
            keys=[keys.epoch(bucket), keys.leases(bucket), reservation.hold_key, reservation.marker_key],
            args=[
                str(reservation.reservation_id),
                self._lease_ms,
                reservation.bound_tokens,
                reservation.bound_nano_usd,
                reservation.day,
                reservation.month,
                reservation.scope_lines(),
                reservation.lost_event,
                int(reservation.call_marker is not None),
                reservation.limited,
            ],
        )

    async def counters(self, tenant_id: UUID, kind: ScopeKind, scope_id: UUID) -> Counters:
        """What is committed and held in a scope; zero where nothing was ever counted."""
        key = keys.scope(keys.bucket_of(tenant_id), tenant_id, kind, scope_id)
        values = [
            int(value or 0) for value in await self._redis.hmget(key, ["tokens", "nano", "held_tokens", "held_nano"])
        ]
        return Counters(Amount(values[0], values[1]), Amount(values[2], values[3]))

    async def is_open(self, bucket: int) -> bool:
        return bool(await self._redis.exists(keys.epoch(bucket)))

    async def has_unrecorded_events(self, bucket: int) -> bool:
        return bool(await self._redis.xlen(keys.stream(bucket)))

    async def ping(self) -> None:
        await self._redis.ping()


def _limits(limit: Limit) -> tuple[str | int, str | int]:
    return ("" if limit.tokens is None else limit.tokens, "" if limit.nano_usd is None else limit.nano_usd)


_PLAIN: dict[bytes, type[Refusal]] = {
    b"closed": BucketClosed,
    b"replay": AlreadyAnswered,
    b"in_progress": InProgress,
    b"run_closed": RunIsClosed,
    b"stale_lease": StaleLease,
}


def _funded(answer: list[bytes], scopes: Sequence[Scope], limits: CallLimits) -> Funded:
    if len(answer) == 1:
        return Funded()
    rates_at = 3 + 2 * len(scopes)
    left = [int(value) if value else None for value in answer[3:rates_at]]
    remaining = (Remaining(scope.kind, left[2 * at], left[2 * at + 1]) for at, scope in enumerate(scopes))
    nearly = (words.split(" ") for words in answer[2].decode().split(",") if words)
    nearly_spent = tuple((scopes[int(number) - 1].kind, Period(name)) for number, name in nearly)
    return Funded(int(answer[1]), tuple(remaining), _rate_states(answer[rates_at:], limits), nearly_spent)


def _rate_states(values: list[bytes], limits: CallLimits) -> tuple[RateState, ...]:
    return tuple(RateState(rate, int(values[2 * at]), int(values[2 * at + 1])) for at, rate in enumerate(limits.rates))


def _refusal(answer: list[bytes], scopes: Sequence[Scope], limits: CallLimits) -> Refusal:
    if answer[0] in _PLAIN:
        return _PLAIN[answer[0]]()
    if answer[0] == b"stale_window":
        return StaleWindow(int(answer[1]))
    if answer[0] == b"limited":
        wait_us = int(answer[2]) if answer[2] else None
        return RateLimited(int(answer[1]) - 1, wait_us, int(answer[3]), _rate_states(answer[4:], limits))
    number = int(answer[1]) - 1
    blocked = Blocked(
        number=number,
        scope=scopes[number].kind,
        period=Period(answer[2].decode()),
        unit=answer[3].decode(),
        left=int(answer[4]),
    )
    return Spent(blocked) if answer[0] == b"spent" else HeldByOthers(blocked)
