"""A hold that Redis has renewed lasts another lease; one that it has lost, or cannot renew, is cut in time."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as NotConnected

from fixtures.money.gateway_calls import LEASE, MoneyBench, a_call, a_provider, a_route, a_target
from foundation.contracts.gateway.ledger import AttemptReason
from llm_gateway.stages.call import Attempt

LATE = LEASE.total_seconds() * 0.8
"""After it less than a quarter of a lease is left."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MoneyBench]:
    bench = MoneyBench(tmp_path)
    yield bench
    bench.journal.close()


class Watched:
    """An attempt whose hold is watched, on a loop whose clock can be moved on."""

    def __init__(self, bench: MoneyBench, attempt: Attempt, monkeypatch: pytest.MonkeyPatch) -> None:
        self._bench = bench
        self.cuts = 0
        loop = asyncio.get_running_loop()
        self._clock, self._shift = loop.time, 0.0
        monkeypatch.setattr(loop, "time", lambda: self._clock() + self._shift)
        bench.book.holds.watch(attempt.reservation.reservation_id, self._cut)

    def _cut(self) -> None:
        self.cuts += 1

    async def renew_after(self, seconds: float) -> bool:
        self._shift += seconds
        return await self._bench.book.holds.renew()


async def watched(bench: MoneyBench, monkeypatch: pytest.MonkeyPatch) -> Watched:
    call = a_call(a_route(a_target(a_provider("first"))))
    attempt = await bench.funding.fund(call, call.plan.targets[0], number=1, reason=AttemptReason.FIRST)
    return Watched(bench, attempt, monkeypatch)


async def test_a_hold_that_is_renewed_lasts_from_then_on(bench: MoneyBench, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = await watched(bench, monkeypatch)
    for _ in range(4):
        assert await hold.renew_after(LATE)
    assert hold.cuts == 0


async def test_a_hold_that_redis_has_lost_is_cut_before_its_lease_ends(
    bench: MoneyBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await watched(bench, monkeypatch)
    bench.runner.lose_holds()
    assert await hold.renew_after(1)
    assert hold.cuts == 0
    assert await hold.renew_after(LATE)
    assert hold.cuts == 1


async def test_without_redis_a_hold_is_cut_when_less_than_a_quarter_of_its_lease_is_left(
    bench: MoneyBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await watched(bench, monkeypatch)
    bench.runner.failure = NotConnected()
    assert not await hold.renew_after(LEASE.total_seconds() * 0.7)
    assert hold.cuts == 0
    assert not await hold.renew_after(LEASE.total_seconds() * 0.1)
    assert hold.cuts == 1
