"""One gateway rebuilds the counters that Redis lost, after every live gateway has put its holds back."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId, new_uuid
from llm_gateway.accounting.rebuild import LockLost, Rebuilder
from llm_gateway.budget.redis import keys

TENANT = TenantId(new_uuid())
BUCKET = keys.bucket_of(TENANT)
REQUEST, LEADER = "ls:rebuild", "ls:rebuild-leader"
SCOPE = keys.scope(BUCKET, TENANT, ScopeKind.TENANT, TENANT)


class CountersLost:
    """Redis without the epoch of one bucket, as far as a rebuild uses it."""

    def __init__(self) -> None:
        self.texts = {keys.epoch(number): "open" for number in range(keys.BUCKETS) if number != BUCKET}
        self.sets: dict[str, set[str]] = {}
        self.scopes: list[str] = []
        self.opened: list[list[Any]] = []
        self.lost_meanwhile = ""
        """A key that is gone once a rebuild asks who has contributed."""

    async def get(self, key: str) -> bytes | None:
        return self.texts[key].encode() if key in self.texts else None

    async def set(self, key: str, value: str, *, nx: bool = False, px: int = 0, ex: int = 0) -> bool:
        assert px or ex, "what nobody removes must end by itself"
        if nx and key in self.texts:
            return False
        self.texts[key] = value
        return True

    async def delete(self, key: str) -> None:
        del self.texts[key]

    async def pexpire(self, key: str, _milliseconds: int) -> None:
        assert key in self.texts

    async def expire(self, key: str, _seconds: int) -> None:
        assert key in self.sets

    async def sadd(self, key: str, member: str) -> None:
        self.sets.setdefault(key, set()).add(member)

    async def smembers(self, key: str) -> list[bytes]:
        self.texts.pop(self.lost_meanwhile, None)
        return [member.encode() for member in self.sets.get(key, ())]

    async def zrange(self, _key: str, _first: int, _last: int) -> list[bytes]:
        return []

    async def info(self, section: str) -> dict[str, str]:
        assert section == "server"
        return {"run_id": "server"}

    async def scan_iter(self, _pattern: str, *, count: int) -> AsyncIterator[bytes]:
        assert count
        for key in self.scopes:
            yield key.encode()

    async def evalsha(self, _digest: str, count: int, *values: Any) -> bytes:
        """open_bucket.lua: it opens under the owner's lock alone."""
        script_keys, args = values[:count], list(values[count:])
        if self.texts.get(script_keys[1]) != args[0]:
            return b"lost"
        self.texts[script_keys[0]] = args[1]
        del self.texts[script_keys[1]]
        self.opened.append(args)
        return b"done"

    def pipeline(self, *, transaction: bool) -> Any:
        assert not transaction
        asked: list[int] = []

        async def execute() -> list[int]:
            return asked

        return SimpleNamespace(exists=lambda key: asked.append(int(key in self.texts)), execute=execute)


class Rows:
    """The ledger's answers; `alive` are the gateways that were seen lately, `gone` the tenants that are deleted."""

    def __init__(self) -> None:
        self.alive: set[Any] = {"own"}
        self.gone: set[Any] = set()
        self.charged = [
            {"tenant_id": TENANT, "user_id": None, "api_key_id": None, "day": date(2026, 3, 1)}
            | {"tokens": 5, "nano_usd": 50}
        ]
        self.is_away = False
        self.snapshots: list[bool] = []

    @asynccontextmanager
    async def across_tenants(self, *, reason: str, one_moment: bool = False) -> AsyncIterator[Any]:
        assert reason
        if self.is_away:
            raise DependencyUnavailable("PostgreSQL is away")
        self.snapshots.append(one_moment)

        async def execute(statement: Any, _values: Mapping[str, Any] | None = None) -> Any:
            rows = self.charged if "event_day AS day" in str(statement) else []
            values = self.gone if "tenant_deletions" in str(statement) else self.alive
            return SimpleNamespace(mappings=lambda: rows, scalars=lambda: values)

        yield SimpleNamespace(execute=execute)


class Writer:
    """`unrecorded` counts down with each batch that is recorded."""

    def __init__(self) -> None:
        self.between_batches = asyncio.Lock()
        self.unrecorded = 0

    async def count_unrecorded(self, buckets: list[int]) -> int:
        assert set(buckets) <= {BUCKET}, "a bucket that another gateway rebuilds is not waited for"
        return self.unrecorded

    async def record_once(self, *, new: bool, block_ms: int | None) -> int:
        assert (new, block_ms) == (True, None)
        self.unrecorded -= 1
        return 1

    async def take_over(self, *, idle_ms: int) -> int:
        assert idle_ms
        return 0


class Book:
    """`restored` are the closed buckets for which this gateway has put its holds back."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.closed = asyncio.Event()
        self.restored: list[set[int]] = []

    async def restore_holds(self, buckets: set[int]) -> None:
        assert self._writer.between_batches.locked(), "no batch may be on its way meanwhile"
        self.restored.append(buckets)


class Bench:
    """A gateway's rebuilder on all of these."""

    def __init__(self) -> None:
        self.redis, self.rows, self.writer = CountersLost(), Rows(), Writer()
        self.book = Book(self.writer)
        parts: Any = self
        self.rebuilder = Rebuilder(
            parts.redis,
            gateway=parts.rows,
            recording=parts.rows,
            writer=parts.writer,
            book=parts.book,
            instance_id="own",
        )

    def locks(self) -> list[str]:
        return [key for key in (LEADER, keys.rebuild_lock(BUCKET)) if key in self.redis.texts]


async def test_a_closed_bucket_is_opened_with_the_sums_of_the_ledger() -> None:
    bench = Bench()
    bench.writer.unrecorded = 2
    assert await bench.rebuilder.rebuild_closed() == 1
    [opened] = bench.redis.opened
    counts = json.loads(opened[3])[SCOPE]
    assert counts == ["counts", [5, 50, 0, 0, "2026-03-01", 5, 50, 0, 0, "2026-03", 5, 50, 0, 0]]
    assert (bench.writer.unrecorded, bench.book.restored, bench.locks()) == (0, [{BUCKET}], [])
    assert bench.rows.snapshots == [False, True], "the sums are of one moment"
    assert await bench.rebuilder.rebuild_closed() == 0


async def test_nothing_is_counted_of_a_tenant_that_is_deleted() -> None:
    bench = Bench()
    bench.rows.gone = {TENANT}
    assert await bench.rebuilder.rebuild_closed() == 1
    [opened] = bench.redis.opened
    assert json.loads(opened[3]) == {}


async def test_what_was_counted_before_is_removed_but_the_sets_by_which_steps_are_found() -> None:
    bench = Bench()
    bench.redis.scopes = [SCOPE, f"{SCOPE}:steps"]
    await bench.rebuilder.rebuild_closed()
    assert json.loads(bench.redis.opened[0][2]) == [SCOPE]


@pytest.mark.parametrize("key", [LEADER, keys.rebuild_lock(BUCKET)], ids=["any", "this bucket"])
async def test_nothing_is_opened_while_another_gateway_rebuilds(key: str) -> None:
    bench = Bench()
    bench.redis.texts[key] = "another"
    assert await bench.rebuilder.rebuild_closed() == 0
    assert (bench.redis.opened, bench.redis.texts[key]) == ([], "another")


async def test_a_gateway_puts_its_holds_back_once_for_each_request() -> None:
    bench = Bench()
    await bench.rebuilder.contribute_if_asked()
    assert bench.book.restored == []
    for request in ("first", "first", "second"):
        bench.redis.texts[REQUEST] = request
        await bench.rebuilder.contribute_if_asked()
    assert bench.book.restored == [{BUCKET}, {BUCKET}]
    assert bench.redis.sets == {f"{REQUEST}:first": {"own"}, f"{REQUEST}:second": {"own"}}


async def test_a_rebuild_begins_again_when_its_lock_is_gone_while_it_waits() -> None:
    bench = Bench()
    bench.rows.alive = {"own", "another"}
    bench.redis.lost_meanwhile = keys.rebuild_lock(BUCKET)
    with pytest.raises(LockLost):
        await bench.rebuilder.rebuild_closed()
    assert (bench.redis.opened, bench.locks()) == ([], [])


async def test_nothing_stays_locked_when_the_ledger_is_away() -> None:
    bench = Bench()
    bench.rows.is_away = True
    with pytest.raises(DependencyUnavailable):
        await bench.rebuilder.rebuild_closed()
    assert (bench.redis.opened, bench.locks()) == ([], [])
