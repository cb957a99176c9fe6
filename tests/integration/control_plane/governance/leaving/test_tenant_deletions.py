"""A tenant that is deleted leaves its ledger and a certificate, whoever dies meanwhile; its neighbour loses nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import httpx
import psycopg
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from control_plane.governance.tenant_deletions.erasing import Erasing
from control_plane.governance.tenant_deletions.stopping import Stopping
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.leaving.full_tenants import SECRET, full_tenant, rows_by_table
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.ledger_rows import a_run_row
from foundation.cloud.live_text.fake import FakeLiveText
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.domain.ids import new_uuid
from foundation.storage.leaving.deletions import LEDGER

KEPT_TABLES = {LEDGER, "tenant_deletions"}


class Killed(BaseException):
    """A process is killed: nothing catches it."""


@pytest.fixture
def objects(api: ApiInProcess) -> FakeObjectStore:
    store = api.app.state.resources.objects
    assert isinstance(store, FakeObjectStore)
    return store


def erasing(api: ApiInProcess, **given: Any) -> Erasing:
    app = api.app.state.resources
    stopping = Stopping(app.database, app.callers.forget, clock_outside=False)
    return Erasing(app.database, app.objects, app.gateway, FakeLiveText(), app.certificates, stopping, **given)


def name_of(tenant: Tenant) -> str:
    return f"t-{tenant.tenant_id}"


async def delete(client: httpx.AsyncClient, tenant: Tenant, **params: Any) -> httpx.Response:
    given = {"confirm": name_of(tenant), **params}
    return await client.delete(f"/tenants/{tenant.tenant_id}", params=given)


async def deletion_of(api: ApiInProcess, tenant: Tenant) -> dict[str, Any]:
    async with api.operator() as operator:
        return dict((await operator.get(f"/tenants/{tenant.tenant_id}/deletion")).raise_for_status().json())


def the_same(at: datetime) -> datetime:
    return at


def moments_until_killed(at: datetime, *, after: int) -> Iterator[datetime]:
    for _ in range(after):
        yield at
    raise Killed


async def test_whoever_dies_at_whatever_hop_the_tenant_is_gone_and_the_neighbour_is_whole(
    api: ApiInProcess, scratch: ScratchDatabase, objects: FakeObjectStore
) -> None:
    tenant, neighbour = await full_tenant(scratch, objects), await full_tenant(scratch, objects)
    for who in (tenant, neighbour):
        assert [table for table, rows in rows_by_table(scratch, who).items() if not rows] == []
    both = api.member(tenant, role="member")
    with scratch.superuser() as connection:
        connection.execute(
            "INSERT INTO memberships (tenant_id, user_id, role) VALUES (%s, %s, 'member')",
            [neighbour.tenant_id, both],
        )
        # somebody of the tenant who has left a trace with the neighbour, to which they do not belong any more
        connection.execute("UPDATE tasks SET updated_at = now() WHERE tenant_id = %s", [neighbour.tenant_id])
        connection.execute(
            "UPDATE runs SET created_by = %s WHERE tenant_id = %s", [tenant.user_id, neighbour.tenant_id]
        )
    before = rows_by_table(scratch, neighbour)
    objects_before = {key for key in objects.objects if str(neighbour.tenant_id) in key}
    async with api.operator() as operator:
        answer = await delete(operator, tenant, grace_days=0)
        assert answer.status_code == 202, answer.text
    started, killed = datetime.now(UTC), 0
    for attempt in count():
        moments = moments_until_killed(started + timedelta(minutes=3 * attempt), after=2 + attempt % 7)
        try:
            await erasing(api, now=partial(next, moments), at_once=3).round()
        except Killed:
            killed += 1
            continue
        if (await deletion_of(api, tenant))["status"] == "deleted":
            break
    assert killed > 10
    left = {table: rows for table, rows in rows_by_table(scratch, tenant).items() if rows}
    assert left == {LEDGER: 1, "tenant_deletions": 1}
    assert [key for key in objects.objects if str(tenant.tenant_id) in key] == []
    assert rows_by_table(scratch, neighbour) == before
    assert {key for key in objects.objects if str(neighbour.tenant_id) in key} == objects_before
    with scratch.superuser() as connection:
        people = connection.execute(
            "SELECT user_id, subject IS NULL, email FROM users WHERE user_id = ANY(%s)", [[both, tenant.user_id]]
        ).fetchall()
    assert {user: nameless for user, nameless, _ in people} == {both: False, tenant.user_id: True}
    await _is_certified(api, tenant)


async def _is_certified(api: ApiInProcess, tenant: Tenant) -> None:
    done = await deletion_of(api, tenant)
    async with api.person("somebody") as somebody:
        shown = (await somebody.get(f"/deletion-certificates/{done['id']}")).raise_for_status().json()
        problem(await somebody.get(f"/deletion-certificates/{new_uuid()}"), 404, "not_found")
    key = OKPKey.import_key(shown["public_key"])
    signed = jws.deserialize_compact(shown["certificate"], key, algorithms=["Ed25519"])
    claims = shown["claims"]
    assert "d" not in shown["public_key"]
    assert signed.payload.decode().startswith("{")
    assert (claims["tenant_id"], claims["ledger_rows"]) == (str(tenant.tenant_id), 1)
    assert claims["removed"]["runs"] == 3
    assert claims["removed"]["tenants"] == 1
    assert {"runs", "audit_log", "secrets", "objects", "redis"} <= set(claims["verified_empty"])
    for content in (name_of(tenant), SECRET, "second@example.com"):
        assert content not in str(shown)


async def test_what_redis_keeps_of_a_tenant_goes_too(
    api: ApiInProcess, scratch: ScratchDatabase, gateway_redis: RedisServer, models: httpx.AsyncClient, tenant: Tenant
) -> None:
    body = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
    assert (await models.post("/v1/chat/completions", json=body)).status_code == 200
    with gateway_redis.client() as redis:
        named = f"*{tenant.tenant_id}*"
        assert list(redis.scan_iter(named))
        async with api.operator() as operator:
            assert (await delete(operator, tenant, grace_days=0)).status_code == 202
        started = datetime.now(UTC)
        for attempt in range(20):
            await erasing(api, now=partial(the_same, started + timedelta(minutes=3 * attempt))).round()
            if (await deletion_of(api, tenant))["status"] == "deleted":
                break
        assert list(redis.scan_iter(named)) == []


async def test_open_runs_are_refused_or_ended(api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> None:
    run_id = a_run_row(scratch, tenant)
    async with api.operator() as operator:
        body = problem(await delete(operator, tenant, grace_days=0), 409, "conflict")
        assert "stop_runs" in body["remedy"]
        assert (await delete(operator, tenant, grace_days=0, stop_runs=True)).status_code == 202
    await erasing(api).round()
    waiting = await deletion_of(api, tenant)
    assert (waiting["status"], waiting["phase"]) == ("running", "stopping")
    assert "messages about ended runs" in waiting["waits_for"]
    with scratch.superuser() as connection:
        status = connection.execute("SELECT status FROM runs WHERE run_id = %s", [run_id]).fetchone()
        assert status == ("CANCELLED",)
        engaged = connection.execute("SELECT reason FROM kill_switches WHERE tenant_id = %s", [tenant.tenant_id])
        assert engaged.fetchone() == ("the tenant is being deleted",)
    async with api.caller(tenant) as owner:
        assert (await owner.get("/runs")).status_code in {401, 403}


async def test_within_its_grace_a_deletion_is_cancelled_and_asked_for_anew(
    api: ApiInProcess, tenant: Tenant, audited: Any
) -> None:
    path = f"/tenants/{tenant.tenant_id}/deletion"
    async with api.caller(tenant) as owner:
        first = await delete(owner, tenant)
        assert (first.status_code, first.json()["status"]) == (202, "scheduled")
        for same in ({}, {"grace_days": 7}):
            assert (await delete(owner, tenant, **same)).json()["id"] == first.json()["id"]
        for others in (1, 30):
            body = problem(await delete(owner, tenant, grace_days=others), 409, "conflict")
            assert first.json()["not_before"][:19] in body["detail"]
            assert "cancel it first" in body["remedy"]
        await erasing(api).round()
        assert (await owner.get("/runs")).status_code == 200, "nothing begins before its time"
        assert (await owner.delete(path)).json()["status"] == "cancelled"
        assert (await owner.delete(path)).json()["status"] == "cancelled"
        again = await delete(owner, tenant, grace_days=30)
        assert again.json()["id"] != first.json()["id"]
        assert (await owner.delete(path)).json()["status"] == "cancelled"
    assert [action for _, action, _, _ in audited()] == [
        "tenant.delete",
        "tenant.delete_cancel",
        "tenant.delete",
        "tenant.delete_cancel",
    ]


async def test_a_deletion_that_has_begun_goes_on(api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> None:
    a_run_row(scratch, tenant)
    async with api.operator() as operator:
        await delete(operator, tenant, grace_days=0, stop_runs=True)
        await erasing(api).round()
        problem(await operator.delete(f"/tenants/{tenant.tenant_id}/deletion"), 409, "conflict")
        problem(await operator.post(f"/tenants/{tenant.tenant_id}/restore"), 409, "conflict")
    async with api.caller(tenant) as owner:
        problem(await owner.get("/runs"), 403, "tenant_suspended")


async def test_who_may_delete_and_how_it_is_confirmed(
    api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    neighbour = Tenant().create(scratch)
    for role in ("admin", "member", "viewer"):
        async with api.caller(tenant, role=role) as caller:
            problem(await delete(caller, tenant), 403, "forbidden")
    async with api.caller(tenant) as owner:
        problem(await delete(owner, tenant, confirm="another"), 400, "bad_request", pointer="/query/confirm")
        problem(await delete(owner, tenant, grace_days=0), 403, "forbidden")
        problem(await delete(owner, neighbour), 404, "not_found")
        problem(await owner.get(f"/tenants/{neighbour.tenant_id}/deletion"), 404, "not_found")
        answer = await owner.delete(f"/tenants/{tenant.tenant_id}")
        problem(answer, 400, "bad_request", pointer="/query/confirm")


def test_the_database_removes_nothing_of_a_tenant_that_is_not_being_deleted(
    scratch: ScratchDatabase, tenant: Tenant
) -> None:
    with psycopg.connect(scratch.url("control_plane"), autocommit=True) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, false)", [str(tenant.tenant_id)])
        for table in ("api_keys", "tenants", "audit_log"):
            assert connection.execute("SELECT erase_rows(%s, 100)", [table]).fetchone() == (0,)
        assert connection.execute("SELECT erase_members(100)").fetchone() == (0,)
        for table in (LEDGER, "tenant_deletions", "users"):
            with pytest.raises(psycopg.Error):
                connection.execute("SELECT erase_rows(%s, 100)", [table])
    assert rows_by_table(scratch, tenant)["memberships"] == 1
