"""Whatever is posted is answered in its dialect's own words, costs nothing when refused, and harms nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.eventually import eventually
from fixtures.gateways.bad_bodies import MAX_BODY, bad_bodies
from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.gateways.wires import Wire, body_of, check_error, headers_of, is_answer
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import counters_of
from fixtures.money.ledger import events_of
from foundation.contracts.gateway.ledger import ScopeKind

_MAY_GROW = 96 * 1024 * 1024
MODELS = dict.fromkeys(Wire, "default") | {Wire.EMBEDDINGS: "embed-1"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.sampled_from(
    [
        *("messages", "input", "max_tokens", "max_output_tokens", "stream", "stream_options", "n", "tools", "system"),
        *("temperature", "stop", "user", "metadata", "tool_choice", "response_format", "instructions", "dimensions"),
    ]
)


@pytest.fixture
async def quiet_tenant(
    gateway: GatewayProcess, tenant: Tenant, database: ScratchDatabase, gateway_redis: RedisServer
) -> AsyncIterator[Tenant]:
    """At the end of its test nothing was held or charged, and it is served."""
    tenant.limit(database, tokens=10**6)
    yield tenant
    found = counters_of(gateway_redis, tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)
    assert found == (0, 0, 0, 0)
    await check_served(gateway, tenant)
    costly: list[dict[str, Any]] = []

    async def recorded() -> bool:
        events = await asyncio.to_thread(events_of, database, tenant.tenant_id)
        # what a provider refused is an event of nothing
        costly[:] = [one for one in events if one["cost_nano_usd"] or one["total_tokens"]]
        return len(costly) >= len(Wire)

    await eventually(recorded)
    assert len(costly) == len(Wire)


async def check_served(gateway: GatewayProcess, tenant: Tenant) -> None:
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as client:
        for wire in Wire:
            answer = await client.post(wire.path, json=body_of(wire, MODELS[wire]), headers=headers_of(tenant))
            assert answer.status_code == 200, answer.text
            assert is_answer(wire, answer.content)


def check_refused(wire: Wire, answer: httpx.Response, what: str) -> None:
    assert 400 <= answer.status_code < 500, (what, answer.status_code, answer.text[:300])
    try:
        check_error(wire, answer.status_code, answer.content, sent=what)
    except (AssertionError, ValueError) as problem:
        raise AssertionError(f"{what}: {problem} {answer.text[:300]}") from problem


@pytest.mark.parametrize("wire", Wire)
async def test_each_bad_body_is_refused_in_the_words_of_its_dialect(
    client: httpx.AsyncClient, quiet_tenant: Tenant, wire: Wire
) -> None:
    for what, body in bad_bodies(wire):
        answer = await client.post(wire.path, content=body, headers=headers_of(quiet_tenant))
        check_refused(wire, answer, what)


@pytest.mark.parametrize("wire", Wire)
async def test_a_body_that_is_too_large_is_refused_however_it_comes(
    client: httpx.AsyncClient, quiet_tenant: Tenant, wire: Wire
) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 2**20 + 1):
            yield b" " * 2**20

    answer = await client.post(wire.path, content=parts(), headers=headers_of(quiet_tenant))
    assert answer.status_code == 413
    check_refused(wire, answer, "chunked")


@pytest.mark.parametrize("wire", Wire)
async def test_any_member_may_be_anything_and_nothing_breaks(
    gateway: GatewayProcess, tenant: Tenant, database: ScratchDatabase, wire: Wire
) -> None:
    loop = asyncio.get_running_loop()
    # a model of its own: what trips a breaker here trips nobody else's
    model = f"fault-chunks=2+delay={0.001 * (1 + list(Wire).index(wire))}"

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(changed=st.dictionaries(MEMBERS, JSON, min_size=1, max_size=3))
    def tried(changed: dict[str, Any]) -> None:
        body = json.dumps({**body_of(wire, model), **changed}).encode()
        asyncio.run_coroutine_threadsafe(post(body), loop).result(60)

    async def post(body: bytes) -> None:
        answer = await http.post(wire.path, content=body, headers=headers_of(tenant))
        if answer.status_code != 200:
            check_refused(wire, answer, body.decode())

    async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as http:
        await asyncio.to_thread(tried)
    await check_served(gateway, tenant)
    assert {one["usage_source"] for one in events_of(database, tenant.tenant_id)} <= {"provider", "none"}


@pytest.mark.parametrize("wire", Wire)
async def test_any_bytes_are_refused(gateway: GatewayProcess, quiet_tenant: Tenant, wire: Wire) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(body=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
    def tried(body: bytes) -> None:
        asyncio.run_coroutine_threadsafe(post(body), loop).result(60)

    async def post(body: bytes) -> None:
        answer = await http.post(wire.path, content=body, headers=headers_of(quiet_tenant))
        check_refused(wire, answer, repr(body))

    async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as http:
        await asyncio.to_thread(tried)


@pytest.mark.parametrize(
    ("inside", "place"),
    [
        (b'"max_tokens": 100000, "max_tokens": 5, "messages": [{"role": "user", "content": "hello"}]', None),
        (b'"messages": [{"role": "user", "content": [], "content": "hello"}]', "messages.0"),
        (b'"messages": [{"role": "user", "content": "hello"}], "temperature": NaN', "temperature"),
        (b'"messages": [{"role": "user", "content": "hello"}], "temperature": 1e999', "temperature"),
        (b'"messages": [{"role": "user", "content": "hello"}], "seed": 99999999999999999999', "seed"),
        (b'"messages": [{"role": "user", "content": "a\\u0000b"}]', "messages.0.content"),
        (b'"messages": [{"role": "user", "content": "a\\ud800b"}]', "messages.0.content"),
    ],
)
async def test_a_body_that_two_readers_would_take_differently_is_refused_with_its_place(
    client: httpx.AsyncClient, quiet_tenant: Tenant, inside: bytes, place: str | None
) -> None:
    body = b'{"model": "default", ' + inside + b"}"
    answer = await client.post(Wire.CHAT.path, content=body, headers=headers_of(quiet_tenant))
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, place)
    check_refused(Wire.CHAT, answer, inside.decode())


async def test_lone_surrogates_are_refused_or_passed_on_but_break_nothing(
    client: httpx.AsyncClient, gateway: GatewayProcess, tenant: Tenant
) -> None:
    for wire in Wire:
        body = json.dumps(body_of(wire, MODELS[wire], text="?")).replace('"?"', '"\\ud800 \\udc00\\ud800"').encode()
        answer = await client.post(wire.path, content=body, headers=headers_of(tenant))
        if answer.status_code != 200:
            check_refused(wire, answer, "surrogates")
    await check_served(gateway, tenant)


def lies(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Lengths that are declared, and what is sent."""
    yield b"content-length: 10000", body
    yield b"content-length: 3", body
    yield b"content-length: -1", body
    yield b"content-length: many", body
    yield b"content-length: 99999999999999999999999", body
    yield b"content-length: 10\r\ncontent-length: 20", body
    yield b"content-length: 10\r\ntransfer-encoding: chunked", body
    yield b"transfer-encoding: chunked", b"zz\r\n" + body
    yield b"transfer-encoding: chunked", b"ffffff\r\n" + body


async def test_a_length_that_is_a_lie_is_no_call(gateway: GatewayProcess, quiet_tenant: Tenant) -> None:
    where = urlsplit(gateway.url)
    for declared, body in lies(json.dumps(body_of(Wire.CHAT, "default")).encode()):
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-api-key: " + quiet_tenant.api_key.encode()
        writer.write(head + b"\r\n" + declared + b"\r\n\r\n" + body)
        writer.write_eof()
        came = await asyncio.wait_for(reader.read(-1), 30)
        writer.close()
        assert came == b"" or came.startswith(b"HTTP/1.1 4"), (declared, came[:200])


@pytest.mark.full
async def test_refusing_large_bodies_takes_no_memory_for_good(
    client: httpx.AsyncClient, gateway: GatewayProcess, quiet_tenant: Tenant
) -> None:
    process = psutil.Process(gateway.process.pid)
    large = b'{"model": "default", "messages": [' + b"[" * (MAX_BODY - 100)
    sizes = []
    for _ in range(2):
        for _ in range(15):
            answer = await client.post(Wire.CHAT.path, content=large, headers=headers_of(quiet_tenant))
            check_refused(Wire.CHAT, answer, "large")
        sizes.append(process.memory_info().rss)
    assert sizes[1] - sizes[0] < _MAY_GROW
