"""Who is told to wait, what every answer says of it, and what goes on without Redis."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.api.problems import problem
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer, running_redis
from foundation.cloud.presence.redis import connect
from foundation.cloud.rate_buckets.in_process import InProcessBuckets
from foundation.cloud.rate_buckets.redis import RedisBuckets
from foundation.cloud.rate_buckets.shared_or_own import SharedOrOwn

FLOOD = 40
SLOW = 0.001
"""Tokens a second: none comes while a test runs."""
SMALL: dict[str, Any] = {
    "rate_limit_tenant": SLOW,
    "rate_limit_tenant_burst": 12,
    "rate_limit_credential": SLOW,
    "rate_limit_credential_burst": 8,
    "rate_limit_address": SLOW,
    "rate_limit_address_burst": 10,
}
OPEN = dict.fromkeys(SMALL, 100_000)

MakeApi = Callable[..., AbstractAsyncContextManager[ApiInProcess]]


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running_redis(Path(tmp_path_factory.mktemp("rates")))


@pytest.fixture
def an_api(scratch: ScratchDatabase, signing: Signing) -> MakeApi:
    @asynccontextmanager
    async def make(redis: RedisServer | None = None, **limits: Any) -> AsyncIterator[ApiInProcess]:
        client = connect(redis.url if redis else f"redis://127.0.0.1:{free_port()}/0", timeout_seconds=5)
        buckets = SharedOrOwn(RedisBuckets(client), InProcessBuckets(), tell=lambda _: None)
        nowhere = f"http://127.0.0.1:{free_port()}"
        try:
            async with api_in_process(
                scratch, gateway_url=nowhere, signing=signing, rate_buckets=buckets, **{**SMALL, **limits}
            ) as running:
                yield running
        finally:
            await client.aclose()

    return make


async def flood(client: httpx.AsyncClient, times: int = FLOOD, path: str = "/tasks") -> Counter[int]:
    answers = await asyncio.gather(*(client.get(path) for _ in range(times)))
    return Counter(answer.status_code for answer in answers)


async def answers_well(client: httpx.AsyncClient) -> bool:
    return (await client.get("/tasks")).status_code == 200


def fields(answer: httpx.Response) -> tuple[list[str], dict[str, dict[str, int]]]:
    """The policies as they were told, and of each what is left."""
    policies = answer.headers["ratelimit-policy"].split(", ")
    left = {}
    for item in answer.headers["ratelimit"].split(", "):
        name, *parameters = item.split(";")
        left[name.strip('"')] = {key: int(value) for key, value in (one.split("=") for one in parameters)}
    return policies, left


async def test_who_asks_too_fast_is_told_so_and_nobody_else(an_api: MakeApi, scratch: ScratchDatabase) -> None:
    tenant, neighbour = Tenant().create(scratch), Tenant().create(scratch)
    async with an_api() as api, api.caller(tenant) as owner, api.caller(neighbour) as other:
        assert await flood(owner) == {200: 8, 429: FLOOD - 8}
        refused = await owner.get("/tasks")
        body = problem(refused, 429, "rate_limited")
        assert (body["retryable"], body["violated-policies"]) == (True, ["credential"])
        assert "RateLimit-Policy" in body["remedy"]
        assert "0.001 requests a second, 8 at once, of one credential" in body["detail"]
        assert 900 < int(refused.headers["retry-after"]) <= 1000
        assert fields(refused)[1]["credential"]["r"] == 0
        assert refused.headers["x-request-id"]
        assert (await other.get("/tasks")).status_code == 200


async def test_all_of_a_tenant_share_its_bucket(an_api: MakeApi, tenant: Tenant) -> None:
    async with an_api(rate_limit_credential_burst=100) as api:
        async with api.caller(tenant) as owner, api.caller(tenant, role="viewer") as viewer:
            assert await flood(owner) + await flood(viewer) == {200: 12, 429: 2 * FLOOD - 12}
            body = problem(await viewer.get("/tasks"), 429, "rate_limited")
        assert body["violated-policies"] == ["tenant"]


async def test_every_answer_says_what_is_left(an_api: MakeApi, tenant: Tenant) -> None:
    limits = {**OPEN, "rate_limit_tenant": 1, "rate_limit_tenant_burst": 4000}
    async with an_api(**limits) as api, api.caller(tenant) as owner:
        task = await owner.post("/tasks", json={"name": "a task", "steps": [{"name": "wait", "kind": "noop"}]})
        known = await owner.get(f"/tasks/{task.json()['id']}")
        answers = {
            201: task,
            200: known,
            304: await owner.get(f"/tasks/{task.json()['id']}", headers={"if-none-match": known.headers["etag"]}),
            404: await owner.get(f"/tasks/{uuid4()}"),
            405: await owner.put("/tasks"),
            400: await owner.get("/tasks?limit=none"),
            413: await owner.post("/tasks", content=b" " * 2_000_000),
        }
        for status, answer in answers.items():
            assert answer.status_code == status
            policies, left = fields(answer)
            assert policies == ['"tenant";q=4000;w=4000', '"credential";q=100000;w=1'], status
            assert 3900 < left["tenant"]["r"] < 4000, status
            assert left["tenant"]["t"] >= 1
        heard = await owner.head("/events", headers={"accept": "text/event-stream"})
        assert heard.headers["content-type"].startswith("text/event-stream")
        assert set(fields(heard)[1]) == {"tenant", "credential"}


async def test_what_has_no_caller_is_counted_by_its_address(an_api: MakeApi) -> None:
    async with an_api() as api, api.bearing("nonsense") as client:
        unknown = await client.get("/tasks")
        assert unknown.status_code == 401
        assert fields(unknown)[0] == ['"address";q=10;w=10000']
        root = httpx.ASGITransport(app=api.app)
        async with httpx.AsyncClient(transport=root, base_url="http://test") as outside:
            for path, status in (("/nowhere", 404), ("/api/v1/openapi.json", 200)):
                answer = await outside.get(path)
                assert (answer.status_code, set(fields(answer)[1])) == (status, {"address"})
            assert await flood(outside, path="/nowhere") == {404: 7, 429: FLOOD - 7}


async def test_guesses_are_bounded_and_hold_nobody_up_who_is_known(an_api: MakeApi, tenant: Tenant) -> None:
    limits = {**OPEN, "rate_limit_address": SLOW, "rate_limit_address_burst": 10}
    async with an_api(**limits) as api, api.caller(tenant) as known, api.caller(tenant, role="viewer") as late:
        # Who proves themselves gets the address's token back, and needs none from then on.
        assert [(await known.get("/tasks")).status_code for _ in range(2)] == [200, 200]
        assert await flood(known) == {200: FLOOD}
        guesses: Counter[int] = Counter()
        for number in range(FLOOD):
            async with api.bearing(f"guess-{number}") as guesser:
                guesses += Counter([(await guesser.get("/tasks")).status_code])
        assert guesses == {401: 10, 429: FLOOD - 10}
        assert await flood(known) == {200: FLOOD}
        # Nobody knows of this one yet; trying it would be a guess more.
        problem(await late.get("/tasks"), 429, "rate_limited")


async def test_a_credential_that_opens_nothing_any_more_is_a_guess_again(
    an_api: MakeApi, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    limits = {**OPEN, "rate_limit_address": SLOW, "rate_limit_address_burst": 10}
    async with an_api(**limits) as api, api.caller(tenant, role="viewer") as member:
        assert (await member.get("/tasks")).status_code == 200
        with scratch.superuser() as connection:
            connection.execute(
                "DELETE FROM memberships WHERE tenant_id = %s AND user_id <> %s", [tenant.tenant_id, tenant.user_id]
            )
        assert (await member.get("/tasks")).status_code == 403
        assert await flood(member) == {403: 10, 429: FLOOD - 10}


async def test_what_is_refused_at_the_door_leaves_no_trace_in_the_audit(
    an_api: MakeApi, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with an_api() as api, api.caller(tenant) as owner:
        for _ in range(FLOOD):
            await owner.post("/tasks", json={"name": ""})
    with scratch.superuser() as connection:
        query = "SELECT status, count(*) FROM audit_log WHERE tenant_id = %s GROUP BY status"
        told = connection.execute(query, [tenant.tenant_id]).fetchall()
    assert told == [(422, 8)]


async def test_replicas_share_what_a_tenant_may_do(an_api: MakeApi, redis_server: RedisServer, tenant: Tenant) -> None:
    async with an_api(redis_server) as one, an_api(redis_server) as two:
        here, there = one.caller(tenant), two.caller(tenant)
        async with here, there:
            answers = [await client.get("/tasks") for _ in range(6) for client in (here, there)]
    # No process has drawn more than one token ahead.
    assert [answer.status_code for answer in answers] == [200] * 8 + [429] * 4


async def test_without_redis_each_process_counts_alone(an_api: MakeApi, tmp_path: Path, tenant: Tenant) -> None:
    server = RedisServer(tmp_path)
    server.start()
    try:
        quick = {"rate_limit_tenant": 1, "rate_limit_credential": 1}
        async with an_api(server, **quick) as one, an_api(server, **quick) as two:
            here, there = one.caller(tenant), two.caller(tenant)
            async with here, there:
                assert (await flood(here))[200] >= 8
                server.kill()
                for client in (here, there):
                    await eventually(partial(answers_well, client))
                    assert 7 <= (await flood(client))[200] < FLOOD
    finally:
        server.kill()
