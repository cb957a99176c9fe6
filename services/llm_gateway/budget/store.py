"""The budgets in Redis, one method a script: reserve, settle, renew, lapse, close, adjust, restore."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from redis.asyncio import Redis

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.ids import RunId, TenantId
from foundation.domain.money import MAX_AMOUNT, Amount
from llm_gateway.budget.limits.scope_counts import FIELD, ScopeCounts, WindowCounts
from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.base import ScriptRunner
from llm_gateway.budget.redis.replies import ReserveReply, text
from llm_gateway.budget.redis.runners.pooled import PooledRunner
from llm_gateway.budget.redis.scripts import Scripts
from llm_gateway.budget.refusals import BucketClosed
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.reserve_script import (
    Headroom,
    ReservationRequest,
    make_arguments,
    make_keys,
    read_headroom,
    read_refusal,
)

ALL_GENERATIONS = MAX_AMOUNT
"""Above every generation, and still a number that Lua holds exactly."""


class SettlementState(StrEnum):
    """The result of a settlement in Redis."""

    CLOSED = "closed"
    UNKNOWN = "unknown"
    ALREADY = "already"
    LAPSED = "lapsed"
    SETTLED = "settled"
    LOWERED = "lowered"


class BudgetStore:
    """Each method that runs one script takes one round trip."""

    def __init__(self, redis: Redis, *, lease: timedelta, runner: ScriptRunner | None = None) -> None:
        """`runner` is what the scripts go through; without one, the pool."""
        self._redis = redis
        self._scripts = Scripts(runner or PooledRunner(redis))
        self._lease_ms = int(lease.total_seconds() * 1000)

    async def forget_tenant(self, tenant_id: TenantId) -> int:
        """Removes what Redis keeps under the tenant's name, and its items; returns how many keys those were."""
        items = keys.items(keys.bucket_of(tenant_id), tenant_id)
        # a list of "<bytes> <key>"
        found = {text(one).partition(" ")[2] for one in await self._redis.lrange(items, 0, -1)}
        for pattern in keys.tenant_patterns(tenant_id):
            found |= {text(key) async for key in self._redis.scan_iter(pattern, count=1000)}
        return int(await self._redis.delete(*sorted(found))) if found else 0

    async def reserve(self, request: ReservationRequest) -> Headroom:
        """Hold the bound in all scopes, within all limits; raises the `ReservationRefused` with the reason."""
        answer = await self._scripts.reserve.run(
            keys=make_keys(request), args=make_arguments(request, lease_ms=self._lease_ms)
        )
        if answer[0] != ReserveReply.RESERVED:
            raise read_refusal(answer, request)
        return read_headroom(answer, request)

    async def settle(
        self, reservation: Reservation, used: Amount, event: str, *, remember: timedelta | None, lowering: str = ""
    ) -> SettlementState:
        """Commit what was used and append its event; a repeat changes nothing.

        `lowering` is the adjustment event to append where the hold has lapsed into a charge at its bound.
        """
        bucket = reservation.bucket
        answer = await self._scripts.settle.run(
            keys=[
                keys.epoch(bucket),
                keys.leases(bucket),
                keys.stream(bucket),
                reservation.hold_key,
                reservation.marker_key,
            ],
            args=[
                reservation.name,
                used.tokens,
                used.nano_usd,
                event,
                "" if remember is None else int(remember.total_seconds()),
                lowering,
            ],
        )
        return SettlementState(answer[0].decode())

    async def renew(self, bucket: int, reservation_ids: Sequence[UUID]) -> set[UUID]:
        """Move the leases' end; answers those that have lapsed or settled meanwhile."""
        gone = await self._scripts.renew.run(
            keys=[keys.epoch(bucket), keys.leases(bucket)], args=[self._lease_ms, *map(str, reservation_ids)]
        )
        return {UUID(value.decode()) for value in gone}

    async def lapse(self, *, most: int = 100) -> int:
        """Charge the holds of all buckets whose leases ran out."""
        total = 0
        for bucket in range(keys.BUCKETS):
            total += await self._scripts.lapse.run(
                keys=[keys.epoch(bucket), keys.leases(bucket), keys.stream(bucket)], args=[keys.prefix(bucket), most]
            )
        return total

    async def close_run(self, tenant_id: TenantId, run_id: RunId, *, generation: int = ALL_GENERATIONS) -> None:
        """Close the run: no call of it up to this generation is admitted any more. `BucketClosed` during a rebuild."""
        bucket = keys.bucket_of(tenant_id)
        run = keys.scope(bucket, tenant_id, ScopeKind.RUN, run_id)
        if await self._scripts.close_run.run(keys=[keys.epoch(bucket), run], args=[generation]) == b"closed":
            raise BucketClosed

    async def adjust(
        self, reservation: Reservation, by: Amount, event: str, *, event_id: UUID, corrects_ms: int | None
    ) -> str:
        """Add to what is committed, exactly once an event id: `closed`, `already` or `adjusted`.

        `corrects_ms` is when the charge that this corrects was committed; None for a charge of its own.
        """
        bucket = reservation.bucket
        answer = await self._scripts.adjust.run(
            keys=[
                keys.epoch(bucket),
                keys.stream(bucket),
                keys.adjustment(bucket, event_id),
                *reservation.scope_names,
            ],
            args=[
                by.tokens,
                by.nano_usd,
                reservation.day,
                reservation.month,
                event,
                "" if corrects_ms is None else corrects_ms,
                *(int(scope.windowed) for scope in reservation.scopes),
            ],
        )
        return str(answer.decode())

    async def restore(self, reservation: Reservation) -> bool:
        """Put a hold back that Redis has lost; False when it has it, as it was."""
        bucket = reservation.bucket
        answer = await self._scripts.restore.run(
            keys=[keys.epoch(bucket), keys.leases(bucket), reservation.hold_key, reservation.marker_key],
            args=[
                reservation.name,
                self._lease_ms,
                reservation.bound_tokens,
                reservation.bound_nano_usd,
                reservation.day,
                reservation.month,
                reservation.scope_lines(),
                reservation.lost_event,
                int(reservation.call_marker is not None),
                reservation.limited,
                int(reservation.is_estimate),
            ],
        )
        return text(answer) == "restored"

    async def counters(self, tenant_id: TenantId, kind: ScopeKind, scope_id: UUID) -> WindowCounts:
        """What is committed and held in a scope, in total; zero where nothing was ever counted."""
        key = keys.scope(keys.bucket_of(tenant_id), tenant_id, kind, scope_id)
        [field] = await self._redis.hmget(key, [FIELD])
        return ScopeCounts.read(field).total

    async def is_open(self, bucket: int) -> bool:
        return bool(await self._redis.exists(keys.epoch(bucket)))

    async def now_ms(self) -> int:
        """The server's time, which is that of all commits."""
        seconds, micros = await self._redis.time()
        return seconds * 1000 + micros // 1000

    async def is_recorded_until(self, bucket: int, moment_ms: int) -> bool:
        """Whether the ledger has every event that was or will be made up to this millisecond of the server's."""
        if await self.now_ms() <= moment_ms:
            return False
        return not await self._redis.xrange(keys.stream(bucket), "-", str(moment_ms), count=1)

    async def ping(self) -> None:
        await self._redis.ping()
