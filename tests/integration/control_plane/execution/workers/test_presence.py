"""Who sees which workers, and what is told when it cannot be known."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase
from foundation.cloud.presence.fake import FakePresence
from foundation.contracts.gateway.operations import BreakerState
from foundation.contracts.presence import BreakerPresence, WorkerPresence, WorkerStatus
from foundation.domain.ids import TenantId

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def presence() -> FakePresence:
    return FakePresence()


@pytest.fixture
async def watched(scratch: ScratchDatabase, signing: Signing, presence: FakePresence) -> AsyncIterator[ApiInProcess]:
    url = f"http://127.0.0.1:{free_port()}"
    async with api_in_process(scratch, gateway_url=url, signing=signing, presence=presence) as running:
        yield running


async def a_worker(presence: FakePresence, worker_id: str, **running: Tenant) -> None:
    held = {TenantId(tenant.tenant_id): int(count.removeprefix("n")) for count, tenant in running.items()}
    breakers = (
        BreakerPresence(name="model_gateway", state=BreakerState.CLOSED, since=NOON, retry_after_seconds=0),
        BreakerPresence(name="tool_launcher", state=BreakerState.OPEN, since=NOON, retry_after_seconds=3.5),
    )
    worker = WorkerPresence(
        id=worker_id,
        status=WorkerStatus.WORKING,
        since=NOON,
        seen_at=NOON,
        concurrency=8,
        running=held,
        breakers=breakers,
    )
    await presence.show(worker, seconds=60)


async def test_an_operator_sees_all_and_a_tenants_administrator_what_holds_its_steps(
    watched: ApiInProcess, presence: FakePresence, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    neighbour = Tenant().create(scratch)
    await a_worker(presence, "both", n2=tenant, n3=neighbour)
    await a_worker(presence, "idle")
    await a_worker(presence, "theirs", n4=neighbour)
    async with watched.operator() as operator:
        seen = (await operator.get("/workers")).json()
    assert seen["count"] == 3
    assert [(one["id"], one["running"], one["concurrency"]) for one in seen["items"]] == [
        ("both", 5, 8),
        ("idle", 0, 8),
        ("theirs", 4, 8),
    ]
    assert set(seen["items"][0]) == {"id", "status", "since", "seen_at", "running", "concurrency", "breakers"}
    [tripped] = seen["items"][0]["breakers"]
    assert (tripped["name"], tripped["state"], tripped["retry_after_seconds"]) == ("tool_launcher", "open", 3.5)
    async with watched.caller(tenant) as owner:
        own = (await owner.get("/workers")).json()
    assert own["items"][0]["breakers"] is None
    assert (own["count"], [(one["id"], one["running"], one["concurrency"]) for one in own["items"]]) == (
        1,
        [("both", 2, None)],
    )
    async with watched.caller(tenant, role="member") as member:
        assert (await member.get("/workers")).status_code == 403


async def test_while_it_cannot_be_known_who_lives_nobody_is_told_that_there_is_none(
    watched: ApiInProcess, presence: FakePresence
) -> None:
    presence.away = True
    async with watched.operator() as operator:
        problem(await operator.get("/workers"), 503, "dependency_unavailable")
