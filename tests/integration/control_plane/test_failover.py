"""A standby takes over from a primary that died: the API says that it waits, recovers by itself, and lost nothing."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.api.problems import problem
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.standby import ReplicatedPostgres, replicated_postgres
from foundation.storage.session.database import DatabaseSettings
from foundation.storage.session.notifications import Wakeups, notices
from foundation.telemetry.bus.event_bus import EventBus

ACCEPTED_BEFORE, REFUSED_WHILE_AWAY, ACCEPTED_AFTER = 20, 10, 20
CHANNEL = "outbox"


@pytest.fixture
async def replicated() -> AsyncIterator[ReplicatedPostgres]:
    async with replicated_postgres() as servers:
        yield servers


@pytest.fixture
async def api(replicated: ReplicatedPostgres, signing: Signing) -> AsyncIterator[ApiInProcess]:
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with api_in_process(replicated.database, gateway_url=nowhere, signing=signing) as running:
        yield running


class Starts:
    """Starts runs one after the other, each under a key, until it is told to stop; and again what was not answered."""

    def __init__(self, owner: httpx.AsyncClient, task_id: str) -> None:
        self._owner, self._task_id = owner, task_id
        self.accepted: dict[str, str] = {}
        self.unanswered: list[str] = []
        self.seen: Counter[int] = Counter()

    async def go_on(self) -> None:
        while True:
            await self.start(uuid4().hex)

    async def start(self, key: str) -> None:
        answer = await self._owner.post("/runs", json={"task_id": self._task_id}, headers={"idempotency-key": key})
        self.seen[answer.status_code] += 1
        # 200: it was accepted when it was sent before, and the answer was lost with the connection
        if answer.status_code in {200, 201}:
            self.accepted[key] = answer.json()["id"]
        else:
            body = problem(answer, 503, "dependency_unavailable")
            assert body["retryable"] is True
            assert int(answer.headers["retry-after"]) >= 1
            self.unanswered.append(key)

    async def has_seen(self, status: int, count: int) -> None:
        """Until so many more answers of this status have come."""
        wanted = self.seen[status] + count

        async def seen() -> bool:
            return self.seen[status] >= wanted

        await eventually(seen, seconds=60)


async def test_what_was_accepted_outlives_the_primary(api: ApiInProcess, replicated: ReplicatedPostgres) -> None:
    # Aside, because this loop is the address that the connection is made to.
    tenant = await asyncio.to_thread(Tenant().create, replicated.database)
    async with api.caller(tenant) as owner:
        made = await owner.post("/tasks", json={"name": "count", "steps": [{"name": "a", "kind": "noop"}]})
        starts = Starts(owner, made.json()["id"])
        going_on = asyncio.create_task(starts.go_on())
        await starts.has_seen(201, ACCEPTED_BEFORE)

        replicated.kill_primary()
        replicated.turn()
        await starts.has_seen(503, REFUSED_WHILE_AWAY)
        replicated.promote()
        await starts.has_seen(201, ACCEPTED_AFTER)
        going_on.cancel()
        await asyncio.gather(going_on, return_exceptions=True)

        for key in starts.unanswered:
            await starts.start(key)
        stored = await asyncio.to_thread(_runs, replicated.database)
        assert stored.items() >= starts.accepted.items()
        assert {201, 503} <= set(starts.seen) <= {200, 201, 503}


def _runs(database: ScratchDatabase) -> dict[str, str]:
    """The ids of all runs, by the keys under which they were started."""
    with database.superuser() as connection:
        rows = connection.execute("SELECT idempotency_key, run_id FROM runs").fetchall()
    return {str(key): str(run_id) for key, run_id in rows}


async def test_a_loop_that_listens_hears_the_new_primary(replicated: ReplicatedPostgres) -> None:
    bus = EventBus()
    settings = DatabaseSettings(url=replicated.database.url("control_plane"))
    with bus.subscribe(notices(CHANNEL), silent_seconds=float("inf")) as heard:
        listening = asyncio.create_task(Wakeups(settings, CHANNEL, bus=bus).run())
        try:
            assert await heard.take(timeout_seconds=30)
            replicated.kill_primary()
            replicated.turn()

            async def has_asked_the_standby_again() -> bool:
                return replicated.address.passed_on >= 2

            await eventually(has_asked_the_standby_again)
            assert not listening.done()
            replicated.promote()
            assert await heard.take(timeout_seconds=30)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
