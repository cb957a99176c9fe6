"""What a form or a process of before writes after a tenant's deletion is found, and an export ends with its tenant."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from control_plane.governance.tenant_deletions.erasing import Erasing
from control_plane.governance.tenant_deletions.late import FIRST_LOOK, LONGEST_PAUSE, LOOKED_FOR, LateLooks, next_look
from control_plane.governance.tenant_deletions.stopping import Stopping
from control_plane.governance.tenant_exports.making import ExportMaking
from fixtures.api.api_in_process import ApiInProcess
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.ledger import recorded_events
from foundation.cloud.live_text.fake import FakeLiveText
from foundation.cloud.objects.fake import FakeObjectStore

CALL = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


@dataclass
class HeldStore(FakeObjectStore):
    """A store to which a file is on its way until the test lets it arrive."""

    under_way: asyncio.Event = field(default_factory=asyncio.Event)
    may_arrive: asyncio.Event = field(default_factory=asyncio.Event)

    async def put_file(self, key: str, path: Path, *, content_type: str = "application/octet-stream") -> None:
        self.under_way.set()
        async with asyncio.timeout(60):
            await self.may_arrive.wait()
        await super().put_file(key, path, content_type=content_type)


def the_same(at: datetime) -> datetime:
    return at


def erasing(api: ApiInProcess, objects: FakeObjectStore, *, at: datetime) -> Erasing:
    app = api.app.state.resources
    stopping = Stopping(app.database, app.callers.forget, clock_outside=False)
    now: Callable[[], datetime] = partial(the_same, at)
    return Erasing(app.database, objects, app.gateway, FakeLiveText(), app.certificates, stopping, now=now)


async def begin(api: ApiInProcess, tenant: Tenant) -> None:
    async with api.operator() as operator:
        params: dict[str, str | int] = {"confirm": f"t-{tenant.tenant_id}", "grace_days": 0}
        asked = await operator.delete(f"/tenants/{tenant.tenant_id}", params=params)
        assert asked.status_code == 202, asked.text


async def deletion_of(api: ApiInProcess, tenant: Tenant) -> dict[str, Any]:
    async with api.operator() as operator:
        return dict((await operator.get(f"/tenants/{tenant.tenant_id}/deletion")).json())


async def finish(api: ApiInProcess, tenant: Tenant, objects: FakeObjectStore, *, after: timedelta) -> datetime:
    """The moment at which the deletion is done, as its certificate has it."""
    started = datetime.now(UTC) + after
    for attempt in range(20):
        await erasing(api, objects, at=started + timedelta(minutes=3 * attempt)).round()
        if (deletion := await deletion_of(api, tenant))["status"] == "deleted":
            return datetime.fromisoformat(deletion["ended_at"])
    raise AssertionError(deletion)


@pytest.mark.parametrize("is_held_for_dead", [False, True], ids=["waited for", "held for dead"])
async def test_an_export_under_way_leaves_nothing_behind_a_deletion(
    api: ApiInProcess, tenant: Tenant, is_held_for_dead: bool
) -> None:
    objects = HeldStore()
    async with api.caller(tenant) as owner:
        asked = await owner.post(f"/tenants/{tenant.tenant_id}/export")
        assert asked.status_code == 202, asked.text
    maker = asyncio.ensure_future(ExportMaking(api.app.state.resources.database, objects).round())
    async with asyncio.timeout(60):
        await objects.under_way.wait()
    await begin(api, tenant)
    for minutes in (0, 3):
        await erasing(api, objects, at=datetime.now(UTC) + timedelta(minutes=minutes)).round()
    waiting = await deletion_of(api, tenant)
    assert (waiting["phase"], "exports" in waiting["waits_for"]) == ("stopping", True)
    if is_held_for_dead:
        await finish(api, tenant, objects, after=timedelta(minutes=15))
    objects.may_arrive.set()
    await maker
    assert [key for key in objects.objects if str(tenant.tenant_id) in key] == []
    if not is_held_for_dead:
        await finish(api, tenant, objects, after=timedelta(minutes=6))


async def test_a_deletion_waits_until_gateways_know_of_it(api: ApiInProcess, tenant: Tenant) -> None:
    objects = FakeObjectStore()
    await begin(api, tenant)
    await erasing(api, objects, at=datetime.now(UTC)).round()
    assert "gateways" in (await deletion_of(api, tenant))["waits_for"]
    await finish(api, tenant, objects, after=timedelta(minutes=3))


async def test_what_comes_after_the_certificate_is_removed(
    api: ApiInProcess, scratch: ScratchDatabase, gateway_redis: RedisServer, tenant: Tenant
) -> None:
    objects, app = FakeObjectStore(), api.app.state.resources
    await begin(api, tenant)
    ended = await finish(api, tenant, objects, after=timedelta())
    late = f"incoming/{tenant.tenant_id}/uploads/a"
    await objects.put(late, b"what a form of before wrote")
    with gateway_redis.client() as redis:
        redis.hset(f"ls2:{{b00}}:scope:{tenant.tenant_id}:tenant:{tenant.tenant_id}", "v", "1")

    def looks(at: datetime) -> LateLooks:
        return LateLooks(app.database, objects, app.gateway, FakeLiveText(), now=partial(the_same, at))

    await looks(ended + FIRST_LOOK / 2).round()
    assert late in objects.objects, "it is not time yet"
    await looks(ended + FIRST_LOOK).round()
    assert objects.objects == {}
    with scratch.superuser() as connection:
        told: Any = connection.execute(
            "SELECT detail FROM platform_audit WHERE action = 'tenant.late_removed' AND target = %s",
            [str(tenant.tenant_id)],
        ).fetchall()
    assert [detail["removed"]["objects"] for (detail,) in told] == [1]
    await objects.put(late, b"again")
    await looks(ended + FIRST_LOOK * 2).round()
    assert objects.objects == {}, "it is looked for again"


async def test_counters_that_are_rebuilt_have_nothing_of_a_deleted_tenant(
    api: ApiInProcess, scratch: ScratchDatabase, gateway_redis: RedisServer, tenant: Tenant, models: httpx.AsyncClient
) -> None:
    neighbour, app = Tenant().create(scratch), api.app.state.resources
    for one in (tenant, neighbour):
        headers = {"authorization": f"Bearer {one.api_key}"}
        answer = await models.post("/v1/chat/completions", json=CALL, headers=headers)
        assert answer.status_code == 200, answer.text
        await recorded_events(scratch, one.tenant_id, count=1)
    await begin(api, tenant)
    ended = await finish(api, tenant, FakeObjectStore(), after=timedelta())
    with gateway_redis.client() as redis:
        redis.flushall()

        async def rebuilt() -> list[str]:
            return list(redis.scan_iter(match=f"*:scope:{neighbour.tenant_id}:*"))

        await eventually(rebuilt)
        assert list(redis.scan_iter(match=f"*{tenant.tenant_id}*")) == []
    now: Callable[[], datetime] = partial(the_same, ended + FIRST_LOOK)
    await LateLooks(app.database, FakeObjectStore(), app.gateway, FakeLiveText(), now=now).round()
    with scratch.superuser() as connection:
        told: Any = connection.execute(
            "SELECT detail FROM platform_audit WHERE action = 'tenant.late_removed' AND target = %s",
            [str(tenant.tenant_id)],
        ).fetchall()
    assert told == []


def test_it_is_looked_for_the_more_seldom_the_longer_ago_the_deletion_is() -> None:
    ended = datetime(2026, 1, 1, tzinfo=UTC)
    assert next_look(ended + timedelta(seconds=20), ended) == ended + timedelta(seconds=20) + FIRST_LOOK
    assert next_look(ended + timedelta(hours=4), ended) == ended + timedelta(hours=5)
    assert next_look(ended + timedelta(days=20), ended) == ended + timedelta(days=20) + LONGEST_PAUSE
    assert next_look(ended + LOOKED_FOR, ended) is None
