"""Claude Code's command line, with another address and key only: it reads a file and tells what stands in it."""

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import events_of
from fixtures.vendors.claude_code import Printed, claude_code
from fixtures.vendors.clients import Settled

LONG_READS = 12
Answered = Callable[[], Counter[str]]
Asked = Callable[..., Awaitable[Printed]]


@pytest.fixture
def ask(gateway: GatewayProcess, tenant: Tenant, reading_room: Path, tmp_path: Path) -> Asked:
    about: dict[str, Any] = {"url": gateway.url, "key": tenant.api_key, "home": tmp_path, "folder": reading_room}
    return partial(claude_code, "How many penguins are there?", **about)


@pytest.mark.parametrize(
    "way", [pytest.param("", id="messages"), pytest.param("chat-", id="chat", marks=pytest.mark.full)]
)
async def test_it_uses_a_tool_and_answers_and_each_of_its_calls_is_in_the_ledger(
    ask: Asked, settled: Settled, answered: Answered, way: str
) -> None:
    before = answered()
    printed = await ask(model=f"{way}claude-reader")
    assert (printed.status, printed.result["is_error"]) == (0, False), printed.result
    said = printed.result["result"]
    assert said.startswith("The file says: ")
    assert "344" in said
    assert printed.result["num_turns"] == 2
    calls = answered() - before
    assert set(calls) == {"200"}
    events = await settled(calls["200"])
    used = sum(event["output_tokens"] for event in events)
    assert used == sum(usage["outputTokens"] for usage in printed.result["modelUsage"].values())


async def test_a_document_that_a_tool_reads_is_sent_and_stays_in_the_history(
    ask: Asked, settled: Settled, answered: Answered
) -> None:
    before = answered()
    printed = await ask(model="claude-pdf-reader")
    assert (printed.status, printed.result["result"]) == (0, "I have read it."), printed.result
    calls = answered() - before
    assert set(calls) == {"200"}
    events = await settled(calls["200"])
    # the document is read as an image at least
    assert max(event["input_tokens"] for event in events) - min(event["input_tokens"] for event in events) > 1000


@pytest.mark.full
async def test_a_long_session_goes_on_to_its_end(ask: Asked, settled: Settled, answered: Answered) -> None:
    before = answered()
    printed = await ask(model="claude-long-reader")
    assert (printed.status, printed.result["result"]) == (0, "I have read it often."), printed.result
    assert printed.result["num_turns"] == LONG_READS + 1
    calls = answered() - before
    assert set(calls) == {"200"}
    await settled(calls["200"])


async def test_it_gives_up_at_once_when_the_budget_is_spent(
    ask: Asked, tenant: Tenant, database: ScratchDatabase, answered: Answered
) -> None:
    tenant.limit(database, nano_usd=1)
    before = answered()
    printed = await ask(model="claude-reader")
    assert (printed.status, printed.result["is_error"], printed.result["api_error_status"]) == (1, True, 402)
    assert answered() - before == Counter({"402": 1})
    assert events_of(database, tenant.tenant_id) == []
