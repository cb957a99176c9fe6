"""The relay: what is in the outbox leaves at least once, whatever fails in between."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import PostgresDsn
from sqlalchemy import text

from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import ARun, a_run, database
from foundation.domain.errors import DependencyUnavailable
from foundation.storage.session import outbox
from foundation.storage.session.database import DatabaseSettings
from foundation.storage.session.notifications import Wakeups
from foundation.storage.session.outbox import Due, OutboxEffect, OutboxKind
from foundation.storage.session.relay import EffectSender, Relay


@pytest.fixture
async def place(scratch: ScratchDatabase) -> Any:
    owner, relay = database(scratch), database(scratch, "relay")
    async with owner.across_tenants(reason="each test starts with an empty outbox") as tx:
        await tx.execute(text("DELETE FROM outbox"))
    wakeups = Wakeups(DatabaseSettings(url=PostgresDsn(scratch.url("relay"))), "outbox")
    yield owner, relay, wakeups
    await relay.close()
    await owner.close()


async def put(owner: Any, run: ARun, *tokens: str, delay: float = 0) -> None:
    effects = [
        OutboxEffect(OutboxKind.STEP_CALLBACK, run.run_id, {"task_token": token}, None, delay) for token in tokens
    ]
    async with owner.tenant(run.tenant_id) as tx:
        await outbox.write(tx, run.tenant_id, effects)


async def left(owner: Any, run: ARun) -> list[str]:
    async with owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(text("SELECT payload FROM outbox WHERE run_id = :r ORDER BY 1"), {"r": run.run_id})
        return [row.payload["task_token"] for row in rows]


async def test_what_was_sent_goes_and_what_failed_stays(place: Any) -> None:
    owner, relay, wakeups = place
    run = await a_run(owner)
    await put(owner, run, "a", "b", "c")

    async def deliver(effects: Sequence[Due]) -> list[Due]:
        return [effect for effect in effects if effect.payload["task_token"] == "b"]

    assert await Relay(relay, wakeups, {OutboxKind.STEP_CALLBACK: EffectSender(deliver)}).relay_once()
    assert await left(owner, run) == ["b"]


async def test_a_receiver_that_is_away_keeps_everything_with_the_reason(place: Any) -> None:
    owner, relay, wakeups = place
    run = await a_run(owner)
    await put(owner, run, "a")

    async def deliver(_: Sequence[Due]) -> list[Due]:
        raise DependencyUnavailable("away")

    assert await Relay(relay, wakeups, {OutboxKind.STEP_CALLBACK: EffectSender(deliver)}).relay_once()
    async with owner.tenant(run.tenant_id) as tx:
        row = (
            await tx.execute(text("SELECT attempts, last_error FROM outbox WHERE run_id = :r"), {"r": run.run_id})
        ).one()
    assert tuple(row) == (1, "away")


async def test_an_effect_is_sent_by_one_relay_at_a_time(place: Any) -> None:
    owner, relay, wakeups = place
    run = await a_run(owner)
    await put(owner, run, *(f"t{number:03}" for number in range(250)))
    sent: list[str] = []

    async def deliver(effects: Sequence[Due]) -> list[Due]:
        sent.extend(effect.payload["task_token"] for effect in effects)
        await asyncio.sleep(0)
        return []

    relays = [Relay(relay, wakeups, {OutboxKind.STEP_CALLBACK: EffectSender(deliver)}) for _ in range(3)]

    async def until_empty(one: Relay) -> None:
        while await one.relay_once():
            pass

    await asyncio.gather(*(until_empty(one) for one in relays))
    assert sorted(sent) == [f"t{number:03}" for number in range(250)]
    assert await left(owner, run) == []


async def test_an_effect_waits_for_its_time_unless_the_receiver_can_wait_itself(place: Any) -> None:
    owner, relay, wakeups = place
    run = await a_run(owner)
    await put(owner, run, "later", delay=60)
    seen: list[float] = []

    async def deliver(effects: Sequence[Due]) -> list[Due]:
        seen.extend(effect.wait_seconds for effect in effects)
        return []

    assert not await Relay(relay, wakeups, {OutboxKind.STEP_CALLBACK: EffectSender(deliver)}).relay_once()
    assert await Relay(relay, wakeups, {OutboxKind.STEP_CALLBACK: EffectSender(deliver, ahead=True)}).relay_once()
    assert 50 < seen[0] <= 60


async def test_each_service_relays_only_its_own_kinds(place: Any) -> None:
    owner, relay, wakeups = place
    run = await a_run(owner)
    await put(owner, run, "a")

    async def deliver(_: Sequence[Due]) -> list[Due]:
        raise AssertionError("not its kind")

    assert not await Relay(relay, wakeups, {OutboxKind.START_EXECUTION: EffectSender(deliver)}).relay_once()


async def test_a_commit_wakes_the_relay(place: Any) -> None:
    owner, relay, wakeups = place
    run = await a_run(owner)
    sent = asyncio.Event()

    async def deliver(_: Sequence[Due]) -> list[Due]:
        sent.set()
        return []

    tasks = [
        asyncio.create_task(wakeups.run()),
        asyncio.create_task(Relay(relay, wakeups, {OutboxKind.STEP_CALLBACK: EffectSender(deliver)}).run()),
    ]
    await put(owner, run, "a")
    await asyncio.wait_for(sent.wait(), 10)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
