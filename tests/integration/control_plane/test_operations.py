"""Breakers and alerts: read and reset service to service, by administrators alone, with nothing of other tenants."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.api.problems import problem
from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Signing, Tenant
from fixtures.machine.postgres import ScratchDatabase

PROVIDER = "simulated"


async def fail(gateway: GatewayProcess, tenant: Tenant, model: str, *, times: int = 1) -> None:
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
    headers = {"authorization": f"Bearer {tenant.api_key}"}
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60, headers=headers) as client:
        for _ in range(times):
            answer = await client.post("/v1/chat/completions", json=body)
            assert answer.status_code >= 500, answer.text


def model(tenant: Tenant) -> str:
    """A failing model of this test's own: breakers are everyone's."""
    return f"fault-status=503+delay=0.{tenant.tenant_id.int % 10**12:015}"


async def seen_by(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """The breaker, once the ledger has the calls that went there."""

    async def answered() -> bool:
        return (await client.get(path)).status_code == 200

    await eventually(answered)
    return dict((await client.get(path)).json())


async def test_a_breaker_that_opened_is_seen_by_who_called_and_reset_by_an_operator_which_is_written_down(
    api: ApiInProcess, tenant: Tenant, gateway: GatewayProcess, platform_acts: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    failing = model(tenant)
    path = f"/breakers/{PROVIDER}/{failing}"
    await fail(gateway, tenant, failing, times=3)
    async with api.caller(tenant) as owner, api.operator() as operator:
        seen = await seen_by(owner, path)
        assert (seen["provider"], seen["model"], seen["state"]) == (PROVIDER, failing, "open")
        assert seen["failures"] >= 5
        for client in (owner, operator):
            assert seen in [
                {**item, "retry_after_seconds": seen["retry_after_seconds"]}
                for item in (await client.get("/breakers")).json()["items"]
            ]
        problem(await owner.delete(path), 403, "forbidden")
        assert (await owner.get(path)).json()["state"] == "open"
        reset = await operator.delete(path)
        assert (reset.status_code, reset.json()["state"]) == (200, "closed")
        assert (await owner.get(path)).json()["state"] == "closed"
    told = [(actor, action, detail["state"]) for actor, action, detail in platform_acts(f"{PROVIDER}/{failing}")]
    assert told == [("operator:the-operator", "breaker.reset", "open")]


async def test_a_tenant_sees_no_breaker_of_a_model_that_it_never_called(
    api: ApiInProcess, tenant: Tenant, gateway: GatewayProcess, scratch: ScratchDatabase
) -> None:
    neighbour = Tenant().create(scratch)
    theirs = f"/breakers/{PROVIDER}/{model(neighbour)}"
    await fail(gateway, neighbour, model(neighbour))
    async with api.caller(tenant) as owner, api.caller(neighbour) as other:
        await seen_by(other, theirs)
        problem(await owner.get(theirs), 404, "not_found")
        assert (await owner.get("/breakers")).json()["items"] == []
        alerts = (await owner.get("/operations/alerts")).json()["items"]
        assert [entry for entry in alerts if model(neighbour) in str(entry)] == []


async def test_an_operator_sees_the_alerts_of_all_tenants(
    api: ApiInProcess, tenant: Tenant, gateway: GatewayProcess, scratch: ScratchDatabase
) -> None:
    neighbour = Tenant().create(scratch)
    await asyncio.gather(fail(gateway, tenant, model(tenant)), fail(gateway, neighbour, model(neighbour)))
    async with api.operator() as operator:
        found = (await operator.get("/operations/alerts")).json()["items"]
    tenants = {(entry["about"] or {}).get("tenant_id") for entry in found if entry["kind"] == "alert"}
    assert {str(tenant.tenant_id), str(neighbour.tenant_id)} <= tenants


async def test_an_operator_is_a_member_of_no_tenant(api: ApiInProcess) -> None:
    async with api.operator() as operator:
        for path in ("/runs", "/tasks", "/budgets", "/limits", "/usage?group_by=model"):
            problem(await operator.get(path), 403, "forbidden")


async def test_a_key_operates_nothing(api: ApiInProcess, tenant: Tenant) -> None:
    async with api.caller(tenant) as client:
        client.headers["authorization"] = f"Bearer {tenant.api_key}"
        problem(await client.delete("/breakers/simulated/nobody"), 403, "forbidden")


async def test_a_breaker_that_nobody_knows_does_not_exist_and_its_reset_leaves_no_trace(
    api: ApiInProcess, platform_acts: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    async with api.operator() as operator:
        for path in ("/breakers/simulated/nobody", "/breakers/nobody/default", "/breakers/x/..%2F..%2Foperations"):
            problem(await operator.get(path), 404, "not_found")
            problem(await operator.delete(path), 404, "not_found")
    assert platform_acts("simulated/nobody") == []


async def test_alerts_are_the_tenants_own(
    api: ApiInProcess, tenant: Tenant, gateway: GatewayProcess, scratch: ScratchDatabase
) -> None:
    neighbour = Tenant().create(scratch)
    await asyncio.gather(fail(gateway, tenant, model(tenant)), fail(gateway, neighbour, model(neighbour)))
    for one, other in ((tenant, neighbour), (neighbour, tenant)):
        async with api.caller(one) as owner:
            found = (await owner.get("/operations/alerts")).json()["items"]
            alerts = [entry for entry in found if entry["kind"] == "alert"]
            assert {entry["about"]["tenant_id"] for entry in alerts} == {str(one.tenant_id)}
            assert {entry["name"] for entry in alerts} == {"all_attempts_failed"}
            assert str(other.tenant_id) not in str(found)
            assert {entry["kind"] for entry in found} <= {"alert", "breaker"}
            assert [entry["at"] for entry in found] == sorted((entry["at"] for entry in found), reverse=True)
            assert len((await owner.get("/operations/alerts", params={"limit": 1})).json()["items"]) == 1


async def test_nobody_but_an_administrator_sees_them(api: ApiInProcess, tenant: Tenant) -> None:
    for role, allowed in (("viewer", False), ("member", False), ("admin", True)):
        async with api.caller(tenant, role=role) as caller:
            for path in ("/breakers", "/breakers/simulated/nobody", "/operations/alerts"):
                assert ((await caller.get(path)).status_code == 403) is not allowed
            problem(await caller.delete("/breakers/simulated/nobody"), 403, "forbidden")


async def test_a_gateway_that_is_away_is_a_dependency_that_is_unavailable(
    lonely_api: ApiInProcess, tenant: Tenant, platform_acts: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    before = platform_acts("simulated/default")
    async with lonely_api.caller(tenant) as owner, lonely_api.operator() as operator:
        for path in ("/breakers", "/breakers/simulated/default", "/operations/alerts"):
            for client in (owner, operator):
                assert problem(await client.get(path), 503, "dependency_unavailable")["retryable"] is True
        problem(await operator.delete("/breakers/simulated/default"), 503, "dependency_unavailable")
    assert platform_acts("simulated/default") == before


async def test_a_reset_that_the_gateway_does_not_make_was_asked_for_all_the_same(
    scratch: ScratchDatabase,
    signing: Signing,
    platform_acts: Callable[[str], list[tuple[Any, ...]]],
) -> None:
    breaker = {"provider": "p", "model": "m", "state": "open", "why": "failures"}
    known = json.dumps([{**breaker, "retry_after_seconds": 1, "calls": 5, "failures": 5}]).encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Lists one breaker, and fails to reset it."""
        head = await reader.readuntil(b"\r\n\r\n")
        status, body = (b"200 OK", known) if head.startswith(b"GET ") else (b"500 Broken", b"{}")
        writer.write(b"HTTP/1.1 %b\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with (
        server,
        api_in_process(scratch, gateway_url=f"http://127.0.0.1:{port}", signing=signing) as api,
        api.operator() as operator,
    ):
        problem(await operator.delete("/breakers/p/m"), 503, "dependency_unavailable")
    assert [action for _, action, _ in platform_acts("p/m")] == ["breaker.reset"]


@pytest.mark.parametrize("answers", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[1", b"nonsense\r\n\r\n"])
async def test_a_gateway_that_stays_silent_or_speaks_nonsense_is_given_up(
    scratch: ScratchDatabase, signing: Signing, tenant: Tenant, answers: bytes
) -> None:
    """Of three kinds: it never answers, it breaks off within an answer, it answers what is no HTTP."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answers)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with (
        server,
        api_in_process(scratch, gateway_url=f"http://127.0.0.1:{port}", signing=signing, seconds=0.5) as api,
        api.caller(tenant) as owner,
    ):
        problem(await owner.get("/breakers"), 503, "dependency_unavailable")


async def test_another_platforms_services_are_not_heard(
    scratch: ScratchDatabase, gateway: GatewayProcess, tenant: Tenant
) -> None:
    async with api_in_process(scratch, gateway_url=gateway.url, signing=Signing()) as api, api.caller(tenant) as owner:
        problem(await owner.get("/breakers"), 503, "dependency_unavailable")
