"""Each fault on each wire, plain or streamed, translated or not, left at each chunk: the ledger meets the invoice."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from psycopg.rows import dict_row

from fixtures.chaos.world import World, a_world
from fixtures.gateways.fault_cells import BEFORE, Cell, Money, Wiring, all_cells, sampled
from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.gateways.gateway_routes import LOCAL, MODELS
from fixtures.gateways.reconciling import reconcile
from fixtures.gateways.wires import body_of, check_error, check_error_event, headers_of, is_answer

CELLS = all_cells()
SEED = 20261126
AT_ONCE = 48
_TIMEOUTS = "\n[providers.simulated.timeouts]\nfirst_token = 4\nidle = 4\ntotal = 9\n"
_SPEAKS_ALL = """[providers.simulated]
adapter = "openai-compatible"
speaks = ["responses", "embeddings"]
base_url = "{simulated_provider_url}/v1"
urls = { messages = "{simulated_provider_url}/v1" }
"""
_SPEAKS_ONE = '[providers.simulated]\nadapter = "ADAPTER"\nbase_url = "{simulated_provider_url}/v1"\n'
_SPEAKS = {
    Wiring.NATIVE: _SPEAKS_ALL,
    Wiring.ABORTING: _SPEAKS_ALL + 'on_disconnect = "abort"\n',
    Wiring.CHAT_ONLY: _SPEAKS_ONE.replace("ADAPTER", "openai-compatible"),
    Wiring.MESSAGES_ONLY: _SPEAKS_ONE.replace("ADAPTER", "anthropic"),
}
Ledger = dict[UUID, list[dict[str, Any]]]
_SOURCES = {Money.TOLD: "provider", Money.LOST: "bound", Money.FREE: "none"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a caller that stayed got."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Played:
    cell: Cell
    tenant: Tenant
    seen: Seen | None


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    local = LOCAL.read_text()
    assert _SPEAKS_ALL in local
    with a_world(tmp_path) as world:
        for wiring, provider in _SPEAKS.items():
            file = tmp_path / f"{wiring}.toml"
            file.write_text(local.replace(_SPEAKS_ALL, provider) + _TIMEOUTS)
            world.gateway(wiring, routes=(file, MODELS))
        yield world


@pytest.mark.parametrize(
    "of_each",
    [
        pytest.param(5, id="sample"),
        pytest.param(len(CELLS), id="all", marks=[pytest.mark.full, pytest.mark.timeout(2400)]),
    ],
)
async def test_in_every_cell_the_caller_is_told_the_truth_and_the_ledger_meets_the_invoice(
    world: World, of_each: int, record_property: Callable[[str, object], None]
) -> None:
    cells = sampled(CELLS, of_each=of_each, seed=SEED)
    random.Random(SEED).shuffle(cells)
    played = await _all_played(world, cells)
    await _until_all_is_over(world)
    billed, ledger = _billed(world), _ledger(world)
    wrong = [f"{one.cell}: {problem}" for one in played if (problem := _problem(one, ledger, billed))]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(played)} cells", *wrong[:30]])

    reconcile(world.gateways[Wiring.NATIVE], world.database)
    ledger = _ledger(world)
    unequal = [
        f"{one.cell}: {charged} charged, {invoiced} billed"
        for one in played
        if (charged := _charged(one, ledger)) != (invoiced := _invoiced(one, ledger, billed))
    ]
    assert not unequal, "\n".join(unequal)
    assert sum(_charged(one, ledger) for one in played) == sum(billed.values())
    record_property("sample", f"{len(cells)} of {len(CELLS)} cells, seed {SEED}")


async def _all_played(world: World, cells: list[Cell]) -> list[Played]:
    places = asyncio.Semaphore(AT_ONCE)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client:

        async def play(cell: Cell) -> Played:
            async with places:
                tenant = await asyncio.to_thread(Tenant().create, world.database)
                gateway = world.gateways[cell.wiring]
                seen = await _seen(client, gateway, tenant, cell)
                # a busy machine may find its database slow; who is told to come again, does
                while seen is not None and b'"dependency_unavailable"' in seen.body:
                    seen = await _seen(client, gateway, tenant, cell)
                return Played(cell, tenant, seen if cell.leaves_after is None else None)

        return await asyncio.gather(*(play(cell) for cell in cells))


async def _seen(client: httpx.AsyncClient, gateway: GatewayProcess, tenant: Tenant, cell: Cell) -> Seen | None:
    body = body_of(cell.wire, cell.model, streamed=cell.streamed)
    request = client.build_request("POST", gateway.url + cell.wire.path, json=body, headers=headers_of(tenant))
    if cell.leaves_after == BEFORE:
        request.extensions["timeout"]["read"] = 0.2
    try:
        answer = await client.send(request, stream=True)
    except httpx.ReadTimeout:
        return None
    try:
        chunks = [] if cell.leaves_after == 0 and answer.status_code == 200 else await _read(answer, cell.leaves_after)
    finally:
        await answer.aclose()
    return Seen(answer.status_code, b"".join(chunks))


async def _read(answer: httpx.Response, most: int | None) -> list[bytes]:
    chunks: list[bytes] = []
    try:
        async for chunk in answer.aiter_raw():
            chunks.append(chunk)
            if len(chunks) == most:
                break
    except httpx.ReadTimeout:
        if most != BEFORE:
            raise
    return chunks


async def _until_all_is_over(world: World) -> None:
    """Gateways that are told to stop end every call that they have begun; the next one records what is left."""
    await asyncio.gather(*(asyncio.to_thread(gateway.process.stop) for gateway in world.gateways.values()))
    await asyncio.to_thread(world.gateways[Wiring.NATIVE].process.start)
    await world.until_quiet()


def _billed(world: World) -> dict[str, int]:
    """Nano-dollars by what the gateway called the request; an id may be billed once only."""
    lines = world.simulated.lines()
    found = Counter[str]()
    for line in lines:
        assert line.client_request_id, "every attempt names itself"
        assert line.client_request_id not in found, "an attempt is sent once"
        found[line.client_request_id] = int(Decimal(line.cost_usd) * 10**9)
    return dict(found)


def _ledger(world: World) -> Ledger:
    """All events by their tenants, in one question: there are thousands of tenants."""
    found: Ledger = defaultdict(list)
    with world.database.superuser() as connection, connection.cursor(row_factory=dict_row) as cursor:
        for event in cursor.execute("SELECT * FROM llm_events"):
            found[event["tenant_id"]].append(event)
    return found


def _attempts(played: Played, ledger: Ledger) -> list[dict[str, Any]]:
    events = ledger[played.tenant.tenant_id]
    return sorted((one for one in events if one["kind"] == "attempt"), key=lambda event: event["attempt"])


def _charged(played: Played, ledger: Ledger) -> int:
    return sum(event["cost_nano_usd"] for event in ledger[played.tenant.tenant_id])


def _invoiced(played: Played, ledger: Ledger, billed: dict[str, int]) -> int:
    return sum(billed.get(str(event["event_id"]), 0) for event in _attempts(played, ledger))


def _problem(played: Played, ledger: Ledger, billed: dict[str, int]) -> str | None:
    """What is wrong with a cell before the provider's report is in; None when nothing is."""
    attempts = _attempts(played, ledger)
    try:
        _check_money(played.cell, attempts, billed)
        if played.seen is not None:
            _check_seen(played.cell, played.seen, attempts)
    except (AssertionError, ValueError, KeyError) as problem:
        about = [(one["status"], one["usage_source"], one["error_code"]) for one in attempts]
        return f"{type(problem).__name__} {str(problem)[:400]} {about} {str(played.seen)[:300]}"
    return None


def _check_money(cell: Cell, attempts: list[dict[str, Any]], billed: dict[str, int]) -> None:
    assert [one["attempt"] for one in attempts] == list(range(1, len(attempts) + 1))
    for one in attempts:
        identity: UUID = one["event_id"]
        invoiced = billed.get(str(identity), 0)
        match one["usage_source"]:
            case "provider":
                assert one["cost_nano_usd"] == invoiced > 0
            case "bound":
                assert one["cost_nano_usd"] == one["bound_nano_usd"] >= invoiced
            case source:
                assert (source, one["cost_nano_usd"], invoiced) == ("none", 0, 0)
    if not attempts:
        assert cell.leaves_after == BEFORE, "a call leaves an event"
        return
    expected = {_SOURCES[cell.money]}
    expected |= {"bound"} if cell.may_be_broken_off else set()
    expected |= {"none"} if cell.may_be_given_up else set()
    assert attempts[-1]["usage_source"] in expected
    if cell.money is not Money.TOLD:
        assert {one["usage_source"] for one in attempts} <= expected


def _check_seen(cell: Cell, seen: Seen, attempts: list[dict[str, Any]]) -> None:
    status = attempts[-1]["status"]
    if seen.status != 200:
        assert status == "failed"
        assert cell.wire.value == "embeddings" or cell.wire.ending.encode() not in seen.body
        check_error(cell.wire, seen.status, seen.body)
    elif not cell.streamed:
        assert status == "succeeded"
        assert is_answer(cell.wire, seen.body)
    elif status == "succeeded":
        assert cell.wire.ending in _last_event(seen.body)
        assert b"event: error" not in seen.body
    else:
        assert status == "cut"
        assert cell.wire.ending.encode() not in seen.body
        check_error_event(cell.wire, _last_event(seen.body))


def _last_event(body: bytes) -> str:
    text = body.decode().replace("\r\n", "\n")
    assert text.endswith("\n\n"), text[-100:]
    return text.rstrip("\n").rpartition("\n\n")[2] + "\n\n"
