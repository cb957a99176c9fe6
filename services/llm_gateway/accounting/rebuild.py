"""Opens the buckets whose counters Redis has lost, from the ledger and from every live gateway's journal."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId, new_uuid
from foundation.storage.ledger.gateway_instances import live_gateways
from foundation.storage.ledger.llm_events import (
    committed_by_ancestor,
    committed_by_caller,
    committed_by_step,
    live_run_states,
    live_step_fences,
    recorded_event_ids,
    tenants_without_counters,
)
from foundation.storage.ledger.rolling_spend import committed_in_rolling_windows
from foundation.storage.session.database import Database
from foundation.telemetry.logs import logger
from llm_gateway.accounting.attempt_book import AttemptBook
from llm_gateway.accounting.ledger_writer import LedgerWriter
from llm_gateway.budget.limits.scopes import SLICES
from llm_gateway.budget.limits.tenant_limits import ALIVE_SECONDS
from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.replies import text
from llm_gateway.budget.redis.runners.pooled import PooledRunner
from llm_gateway.budget.redis.scripts import Scripts
from llm_gateway.budget.totals.bucket_totals import BucketTotals
from llm_gateway.budget.totals.redis_holds import read_redis_holds

_REQUEST = "ls:rebuild"
_LEADER = "ls:rebuild-leader"
_LOCK_MS = 10_000
_GIVE_UP_SECONDS = 60.0
_CLAIM_IDLE_MS = 1000

_log = logger(__name__)


class LockLost(DependencyUnavailable):
    """Another gateway may rebuild too, so this rebuild has to begin again."""


class Rebuilder:
    """Each gateway has one. The one that gets the lock rebuilds the closed buckets; all put back their own holds."""

    def __init__(
        self,
        redis: Redis,
        *,
        gateway: Database,
        recording: Database,
        writer: LedgerWriter,
        book: AttemptBook,
        instance_id: str,
    ) -> None:
        self._redis = redis
        self._scripts = Scripts(PooledRunner(redis))
        self._gateway = gateway
        self._recording = recording
        self._writer = writer
        self._book = book
        self._instance_id = instance_id
        self._contributed = ""

    async def run(self) -> None:
        """Puts holds back when another gateway rebuilds, and rebuilds when a bucket is closed, until cancelled.

        The loop does not use `every`, because a bucket that is found closed ends the pause early.
        """
        while True:
            try:
                await self.contribute_if_asked()
                await self.rebuild_closed()
                self._book.closed.clear()
            except (RedisError, DependencyUnavailable, TimeoutError) as error:
                _log.debug("a rebuild waits", exc_info=error)
                await asyncio.sleep(0.2)
            try:
                async with asyncio.timeout(1.0):
                    await self._book.closed.wait()
            except TimeoutError:
                continue

    async def contribute_if_asked(self) -> None:
        nonce = text(await self._redis.get(_REQUEST))
        if nonce in {"", self._contributed}:
            return
        # No batch of this gateway may be on its way into the ledger while another gateway counts the ledger.
        async with self._writer.between_batches:
            await self._book.restore_holds(set(await self._closed()))
        await self._redis.sadd(f"{_REQUEST}:{nonce}", self._instance_id)
        await self._redis.expire(f"{_REQUEST}:{nonce}", 300)
        self._contributed = nonce

    async def rebuild_closed(self) -> int:
        """Rebuild all closed buckets that no other gateway rebuilds; returns how many were opened."""
        closed = await self._closed()
        if not closed:
            return 0
        owner = str(new_uuid())
        # Only one rebuild runs at a time, because all live gateways contribute to the same request.
        if not await self._lock(_LEADER, owner):
            return 0
        locked: list[int] = []
        try:
            locked = [number for number in closed if await self._lock(keys.rebuild_lock(number), owner)]
            async with asyncio.timeout(_GIVE_UP_SECONDS):
                await self._redis.set(_REQUEST, owner, ex=int(_GIVE_UP_SECONDS))
                await self.contribute_if_asked()
                await self._wait_for_contributions(owner, locked)
                await self._record_everything(owner, locked)
                buckets = await self._sum_up(locked)
                opened = [await self._open(bucket, owner) for bucket in buckets]
        finally:
            await self._unlock(locked, owner)
        _log.info("budget counters rebuilt", extra={"buckets": sum(opened)})
        return sum(opened)

    async def _closed(self) -> list[int]:
        pipeline = self._redis.pipeline(transaction=False)
        for number in range(keys.BUCKETS):
            pipeline.exists(keys.epoch(number))
        return [number for number, known in enumerate(await pipeline.execute()) if not known]

    async def _lock(self, key: str, owner: str) -> bool:
        return bool(await self._redis.set(key, owner, nx=True, px=_LOCK_MS))

    async def _keep_locks(self, owner: str, locked: Iterable[int]) -> None:
        """Prolong the locks; `LockLost` when one is gone, since Redis may have lost its data once more."""
        for key in (_LEADER, *map(keys.rebuild_lock, locked)):
            if text(await self._redis.get(key)) != owner:
                raise LockLost("the counters were lost again while they were rebuilt")
            await self._redis.pexpire(key, _LOCK_MS)

    async def _unlock(self, locked: Iterable[int], owner: str) -> None:
        for key in (*map(keys.rebuild_lock, locked), _LEADER):
            if text(await self._redis.get(key)) == owner:
                await self._redis.delete(key)

    async def _wait_for_contributions(self, owner: str, locked: list[int]) -> None:
        while True:
            async with self._gateway.across_tenants(reason="which gateways are alive") as tx:
                alive = await live_gateways(tx, seconds=ALIVE_SECONDS)
            answered = {text(name) for name in await self._redis.smembers(f"{_REQUEST}:{owner}")}
            if alive | {self._instance_id} <= answered:
                return
            await self._keep_locks(owner, locked)
            await asyncio.sleep(0.2)

    async def _record_everything(self, owner: str, locked: list[int]) -> None:
        while await self._writer.count_unrecorded(locked):
            await self._writer.record_once(new=True, block_ms=None)
            await self._writer.take_over(idle_ms=_CLAIM_IDLE_MS)
            await self._keep_locks(owner, locked)
            await asyncio.sleep(0.05)

    async def _sum_up(self, locked: list[int]) -> list[BucketTotals]:
        """The counters of these buckets, from the ledger and the holds."""
        holds = [hold for number in locked for hold in await read_redis_holds(self._redis, number)]
        # All queries share one snapshot: an event recorded between two of them would count as a hold and as a charge.
        async with self._recording.across_tenants(reason="rebuild budget counters", one_moment=True) as tx:
            attempts = [(hold.tenant_id, hold.event_day, hold.identity) for hold in holds]
            recorded = await recorded_event_ids(tx, attempts) if attempts else set()
            buckets = {number: BucketTotals(number) for number in locked}
            # Their ledger stays, and a counter of theirs would be the only thing that is left of them.
            totals = _Totals(buckets, without=await tenants_without_counters(tx))
            for caller in await committed_by_caller(tx):
                totals.of(caller.tenant_id).add_caller(caller)
            for step in await committed_by_step(tx):
                totals.of(step.tenant_id).add_step(step)
            for ancestor in await committed_by_ancestor(tx):
                totals.of(ancestor.tenant_id).add_ancestor(ancestor)
            for one in await committed_in_rolling_windows(tx, slices=SLICES):
                totals.of(one.tenant_id).add_slice(one)
            for run in await live_run_states(tx):
                totals.of(run.tenant_id).add_run(run)
            for fence in await live_step_fences(tx):
                totals.of(fence.tenant_id).add_fence(fence)
        for hold in holds:
            buckets[hold.bucket].add_hold(hold, recorded=hold.identity in recorded)
        return list(buckets.values())

    async def _open(self, bucket: BucketTotals, owner: str) -> bool:
        server = (await self._redis.info("server"))["run_id"]
        scopes = bucket.scopes.fields()
        pattern = keys.scope_pattern(bucket.number)
        known = [text(key) async for key in self._redis.scan_iter(pattern, count=1000)]
        # The set of a run's steps counts nothing, and close_run.lua finds the steps' keys by it.
        remove = [key for key in known if not key.endswith(":steps")]
        answer = await self._scripts.open_bucket.run(
            keys=[keys.epoch(bucket.number), keys.rebuild_lock(bucket.number), keys.leases(bucket.number)],
            args=[
                owner,
                f"{server}:{owner}",
                json.dumps(remove),
                json.dumps(scopes),
                keys.prefix(bucket.number),
                json.dumps(bucket.settled_holds),
            ],
        )
        return text(answer) == "done"


@dataclass(frozen=True, slots=True)
class _Totals:
    """The totals that are rebuilt here, by the bucket's number; nothing of some tenants is counted."""

    buckets: dict[int, BucketTotals]
    without: frozenset[TenantId]

    def of(self, tenant_id: TenantId) -> BucketTotals:
        """The totals of a tenant's bucket; for what is not counted here, totals that are thrown away."""
        number = keys.bucket_of(tenant_id)
        found = None if tenant_id in self.without else self.buckets.get(number)
        return found or BucketTotals(number)
