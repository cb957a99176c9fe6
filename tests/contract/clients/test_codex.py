"""Codex's command line, with an address and a key only: nothing of it is switched off."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import events_of
from fixtures.vendors.clients import Settled
from fixtures.vendors.node_clients import codex

Answered = Callable[[], Counter[str]]


@pytest.fixture
def ask(gateway: GatewayProcess, tenant: Tenant, reading_room: Path, tmp_path: Path) -> Any:
    return partial(codex, url=gateway.url, key=tenant.api_key, home=tmp_path, folder=reading_room)


async def test_it_prints_the_answer(ask: Any, settled: Settled, answered: Answered) -> None:
    before = answered()
    ended = await ask("say hello", model="default")
    assert (ended.status, ended.printed.strip()) == (0, "This is a simulated answer to: say hello"), ended.errors
    assert answered() - before == Counter({"200": 1})
    await settled(1)


async def test_it_runs_a_tool_and_answers(ask: Any, settled: Settled, answered: Answered) -> None:
    before = answered()
    ended = await ask("How many penguins are there?", model="shell")
    assert ended.status == 0, ended.errors
    assert ended.printed.startswith("The command said: ")
    calls = answered() - before
    assert set(calls) == {"200"}
    await settled(calls["200"])


async def test_it_gives_up_when_the_budget_is_spent_and_nothing_is_charged(
    ask: Any, tenant: Tenant, database: ScratchDatabase, answered: Answered
) -> None:
    tenant.limit(database, nano_usd=1)
    before = answered()
    ended = await ask("say hello", model="default")
    assert ended.status != 0
    # it tries every status again but those that its own vendor uses for good
    assert set(answered() - before) == {"402"}
    assert events_of(database, tenant.tenant_id) == []
