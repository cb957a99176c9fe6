"""Estimates are computed one at a time, and few wait: they take processor time that other requests need."""

import asyncio

import pytest

from control_plane.requests.turns.estimate_turns import MOST, MOST_OF_TENANT, EstimateTurns
from foundation.domain.errors import DependencyUnavailable, QuotaExceeded
from foundation.domain.ids import TenantId, new_uuid


async def test_one_is_computed_at_a_time_and_those_beyond_the_room_are_refused() -> None:
    turns, running, most = EstimateTurns(), 0, 0
    go = asyncio.Event()

    async def one(tenant_id: TenantId) -> None:
        nonlocal running, most
        async with turns.one(tenant_id):
            running += 1
            most = max(most, running)
            await go.wait()
            running -= 1

    tenants = [TenantId(new_uuid()) for _ in range(MOST // MOST_OF_TENANT)]
    asked = [asyncio.create_task(one(tenant_id)) for tenant_id in tenants for _ in range(MOST_OF_TENANT)]
    await asyncio.sleep(0)
    with pytest.raises(QuotaExceeded) as own:
        await one(tenants[0])
    with pytest.raises(DependencyUnavailable) as full:
        await one(TenantId(new_uuid()))
    assert own.value.retry_after == full.value.retry_after
    go.set()
    await asyncio.gather(*asked)
    assert most == 1
    await one(tenants[0])
