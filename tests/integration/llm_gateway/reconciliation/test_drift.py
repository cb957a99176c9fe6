"""The report on drift: a tenant's invoice, ledger and counters side by side; its exit code says which differ."""

import contextlib
import dataclasses
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from msgspec.structs import replace

from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.gateways.ground import GatewayGround
from fixtures.gateways.reconciling import reconcile, run_reconcile
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer, running_redis
from fixtures.money.counters import as_field, counters_of
from fixtures.money.ledger import charged, recorded_events
from fixtures.providers.simulated import SimulatedProvider, running_simulated_provider
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.money import Amount
from llm_gateway.budget.limits.scope_counts import FIELD, ScopeCounts
from llm_gateway.budget.redis import keys

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


@pytest.fixture
def invoice(tmp_path: Path) -> Iterator[SimulatedProvider]:
    """A provider that has billed nobody else."""
    yield from running_simulated_provider(tmp_path)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis whose events no recorder of another ledger takes."""
    yield from running_redis(tmp_path)


@pytest.fixture
def own_gateway(
    ground: GatewayGround, own_redis: RedisServer, own_database: ScratchDatabase, invoice: SimulatedProvider
) -> Iterator[GatewayProcess]:
    own = dataclasses.replace(ground, redis=own_redis, database=own_database, simulated=invoice)
    yield from own.running("drift")


async def spend(gateway: GatewayProcess, tenant: Tenant) -> None:
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as client:
        for model in ("default", "fault-no-usage"):
            headers = {"authorization": f"Bearer {tenant.api_key}"}
            await client.post(PATH, json={**BODY, "model": model}, headers=headers)


def of(report: dict[str, Any], tenant: Tenant) -> dict[str, Any]:
    [found] = [one for one in report["tenants"] if one["tenant_id"] == str(tenant.tenant_id)]
    return dict(found)


async def test_the_ledger_of_a_deleted_tenant_is_compared_with_its_invoice_alone(
    own_gateway: GatewayProcess, own_database: ScratchDatabase, own_redis: RedisServer
) -> None:
    tenant = Tenant().create(own_database)
    await spend(own_gateway, tenant)
    await recorded_events(own_database, tenant.tenant_id, count=2)
    with own_database.superuser() as connection:
        connection.execute(
            """INSERT INTO tenant_deletions (tenant_id, deletion_id, status, requested_by, not_before, certificate)
               VALUES (%s, gen_random_uuid(), 'deleted', 'a test', now(), 'c')""",
            [tenant.tenant_id],
        )
        connection.execute("DELETE FROM tenants WHERE tenant_id = %s", [tenant.tenant_id])
    with contextlib.closing(own_redis.client()) as client:
        client.delete(*client.scan_iter(match=f"*{tenant.tenant_id}*"))
    found = of(reconcile(own_gateway, own_database), tenant)
    assert (found["counters_nano_usd"], found["drift_usd"]) == (None, "0")
    assert found["ledger_nano_usd"] == found["billed_nano_usd"] > 0


async def test_each_tenants_accounts_stand_side_by_side(
    own_gateway: GatewayProcess, own_database: ScratchDatabase, own_redis: RedisServer
) -> None:
    tenants = [Tenant().create(own_database) for _ in range(2)]
    for tenant in tenants:
        await spend(own_gateway, tenant)
        await recorded_events(own_database, tenant.tenant_id, count=2)
    report = reconcile(own_gateway, own_database)
    assert len(report["tenants"]) == 2
    for tenant in tenants:
        found = of(report, tenant)
        amount = charged(own_database, tenant.tenant_id)
        assert {found[f"{name}_nano_usd"] for name in ("billed", "charged", "ledger", "counters")} == {amount}
        assert (found["drift_usd"], found["counters_drift_usd"], found["counters_drift_tokens"]) == ("0", "0", 0)
        assert counters_of(own_redis, tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)[1] == amount


async def test_counters_that_differ_from_the_ledger_have_an_exit_code_of_their_own(
    own_gateway: GatewayProcess, own_database: ScratchDatabase, own_redis: RedisServer
) -> None:
    tenant = Tenant().create(own_database)
    await spend(own_gateway, tenant)
    reconcile(own_gateway, own_database)
    scope = keys.scope(keys.bucket_of(tenant.tenant_id), tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)
    with contextlib.closing(redis.Redis(port=own_redis.port)) as client:
        counts = ScopeCounts.read(client.hget(scope, FIELD))
        more = Amount(counts.total.committed.tokens, counts.total.committed.nano_usd + 7)
        client.hset(scope, FIELD, as_field(replace(counts, total=replace(counts.total, committed=more))))
    done = run_reconcile(own_gateway, own_database)
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert (report["drift_after_usd"], of(report, tenant)["counters_drift_usd"]) == ("0", "0.000000007")


@pytest.mark.parametrize("wrong", ["DELETE FROM llm_events", "UPDATE llm_events SET provider = 'another'"])
async def test_a_ledger_that_differs_from_the_invoice_exits_with_one_and_names_the_request(
    own_gateway: GatewayProcess, own_database: ScratchDatabase, invoice: SimulatedProvider, wrong: str
) -> None:
    tenant = Tenant().create(own_database)
    await spend(own_gateway, tenant)
    reconcile(own_gateway, own_database)
    first = invoice.lines()[0]
    with own_database.superuser() as connection:
        connection.execute(f"{wrong} WHERE event_id::text = %s".encode(), [first.client_request_id])
    done = run_reconcile(own_gateway, own_database)
    assert done.returncode == 1
    assert json.loads(done.stdout)["requests_unexplained"] == [first.request_id]


def test_what_cannot_be_compared_is_not_called_drift(
    own_gateway: GatewayProcess, own_database: ScratchDatabase, invoice: SimulatedProvider
) -> None:
    invoice.process.kill()
    done: subprocess.CompletedProcess[str] = run_reconcile(own_gateway, own_database)
    assert (done.returncode, done.stdout) == (4, "")
    assert "usage report" in done.stderr
