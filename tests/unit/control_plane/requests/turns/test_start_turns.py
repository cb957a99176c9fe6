"""A tenant's starts wait in a line of their own: few at once, none for ever, and nobody else behind them."""

import asyncio

import pytest

from control_plane.requests.turns.start_turns import MOST_AT_ONCE, StartTurns
from foundation.domain.errors import QuotaExceeded
from foundation.domain.ids import TenantId, new_uuid


class Starts:
    """Starts that go on until they are let go."""

    def __init__(self, turns: StartTurns) -> None:
        self.running = self.most = self.done = 0
        self.go = asyncio.Event()
        self._turns = turns

    async def one(self, tenant_id: TenantId) -> None:
        async with self._turns.one(tenant_id):
            self.running += 1
            self.most = max(self.most, self.running)
            await self.go.wait()
            self.running -= 1
        self.done += 1


async def test_few_of_a_tenant_start_at_once_and_in_the_end_all() -> None:
    starts, tenant_id = Starts(StartTurns()), TenantId(new_uuid())
    asked = [asyncio.create_task(starts.one(tenant_id)) for _ in range(20)]
    await asyncio.sleep(0)
    starts.go.set()
    await asyncio.gather(*asked)
    assert (starts.most, starts.done) == (MOST_AT_ONCE, 20)


async def test_nobody_waits_behind_the_starts_of_another_tenant() -> None:
    turns = StartTurns()
    flood, other = Starts(turns), Starts(turns)
    tenant_id = TenantId(new_uuid())
    asked = [asyncio.create_task(flood.one(tenant_id)) for _ in range(20)]
    await asyncio.sleep(0)
    other.go.set()
    await other.one(TenantId(new_uuid()))
    assert flood.done == 0
    flood.go.set()
    await asyncio.gather(*asked)


async def test_whose_turn_does_not_come_is_told_when_to_come_again_and_takes_no_place() -> None:
    turns = StartTurns(patience_seconds=0.05)
    starts, tenant_id = Starts(turns), TenantId(new_uuid())
    holding = [asyncio.create_task(starts.one(tenant_id)) for _ in range(MOST_AT_ONCE)]
    await asyncio.sleep(0)
    with pytest.raises(QuotaExceeded) as refused:
        await starts.one(tenant_id)
    assert refused.value.retry_after == 1
    starts.go.set()
    await asyncio.gather(*holding)
    await starts.one(tenant_id)
    assert starts.done == MOST_AT_ONCE + 1
