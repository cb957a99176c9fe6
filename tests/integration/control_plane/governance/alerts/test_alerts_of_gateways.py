"""Alerts that a gateway's figures raise, each by its cause."""

from pathlib import Path

import httpx

from fixtures.alerting.evaluation import Scrape, is_raised, scraped
from fixtures.gateways.gateway import GatewayProcess, Signing, Tenant, running_gateway_process
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.providers.simulated import SimulatedProvider


async def call(gateway: GatewayProcess, tenant: Tenant, model: str) -> int:
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
    headers = {"authorization": f"Bearer {tenant.api_key}"}
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60, headers=headers) as client:
        return (await client.post("/v1/chat/completions", json=body)).status_code


def figures(gateway: GatewayProcess) -> Scrape:
    return scraped({"llm-gateway": gateway.metrics_url})


async def test_a_provider_that_fails_raises_an_open_breaker(gateway: GatewayProcess, tenant: Tenant) -> None:
    model = f"fault-status=503+delay=0.{tenant.tenant_id.int % 10**12:015}"
    before = figures(gateway)
    for _ in range(3):
        assert await call(gateway, tenant, model) >= 500
    assert is_raised("CircuitBreakerOpen", before, figures(gateway))


async def test_a_spent_budget_raises_refused_calls(
    gateway: GatewayProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    with scratch.superuser() as connection:
        connection.execute(
            """INSERT INTO budgets (tenant_id, scope, scope_id, period, limit_tokens)
               VALUES (%s, 'tenant', %s, 'month', 1)""",
            [tenant.tenant_id, str(tenant.tenant_id)],
        )
    before = figures(gateway)
    assert not is_raised("CallsOverBudget", before, figures(gateway))
    assert await call(gateway, tenant, "default") == 402
    assert is_raised("CallsOverBudget", before, figures(gateway))


async def test_a_gateway_that_stopped_raises_a_service_that_is_down(
    tmp_path: Path, gateway_redis: RedisServer, scratch: ScratchDatabase, simulated: SimulatedProvider, signing: Signing
) -> None:
    for gateway in running_gateway_process(
        tmp_path, redis=gateway_redis, database=scratch, simulated=simulated, signing=signing, instance="to-be-stopped"
    ):
        before = figures(gateway)
        assert not is_raised("ServiceDown", before, before)
        gateway.process.stop()
        assert is_raised("ServiceDown", before, figures(gateway))
