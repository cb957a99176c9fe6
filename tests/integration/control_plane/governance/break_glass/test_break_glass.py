"""An operator reads what is a tenant's by an access that the tenant sees, and by nothing else."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from psycopg import sql

from control_plane.governance.break_glass.ending import AccessEnding
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.dependants import permissions_before, routes_of
from fixtures.api.operations import operations_of
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.leaving.full_runs import SAID, FullRun, a_full_run
from fixtures.machine.postgres import ScratchDatabase
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.domain.errors import DatabaseRefused
from foundation.domain.permissions import BREAK_GLASS
from foundation.storage.session.database import Database, DatabaseSettings
from foundation.storage.session.statements import text

WHY = "ticket 4711"
HEADER = "Break-Glass-Access"
OPERATIONS = "/operations/break-glass-accesses"


@pytest.fixture
async def run(scratch: ScratchDatabase, tenant: Tenant) -> FullRun:
    return await a_full_run(scratch, FakeObjectStore(), tenant, ended_at=datetime.now(UTC))


@pytest.fixture
async def database(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    opened = Database(DatabaseSettings(url=scratch.url("control_plane"), pool_size=2), application="test")
    yield opened
    await opened.close()


async def opened(api: ApiInProcess, tenant: Tenant, *, minutes: int = 30, subject: str = "olga") -> dict[str, Any]:
    async with api.operator(subject) as operator:
        body = {"tenant_id": str(tenant.tenant_id), "reason": WHY, "minutes": minutes}
        answer = await operator.post(OPERATIONS, json=body)
    assert answer.status_code == 201, answer.text
    access: dict[str, Any] = answer.json()
    return access


@asynccontextmanager
async def reading(
    api: ApiInProcess, access: dict[str, Any], *, subject: str = "olga"
) -> AsyncIterator[httpx.AsyncClient]:
    async with api.operator(subject) as operator:
        operator.headers[HEADER] = access["id"]
        yield operator


def rows_told(scratch: ScratchDatabase, tenant: Tenant, access: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The calls of the tenant's audit that were made by the access."""
    with scratch.superuser() as connection:
        return connection.execute(
            "SELECT actor, action, target, outcome, detail->>'reason' FROM audit_log"
            " WHERE tenant_id = %s AND detail->>'access_id' = %s AND action LIKE 'call.%%' ORDER BY audit_id",
            [tenant.tenant_id, access["id"]],
        ).fetchall()


def over(scratch: ScratchDatabase, access: dict[str, Any]) -> None:
    """Its time is over, and nobody has told it."""
    with scratch.superuser() as connection:
        connection.execute(
            "UPDATE break_glass_accesses SET opened_at = now() - interval '2 hours',"
            " expires_at = now() - interval '1 hour' WHERE access_id = %s",
            [access["id"]],
        )


async def test_what_a_run_is_made_of_is_read_and_each_read_is_told_to_the_tenant(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: FullRun
) -> None:
    access = await opened(lonely_api, tenant)
    paths = [f"/runs/{run.run_id}{of}" for of in ("", "/steps", "/events", "/trace", "/artifacts", "/explain")]
    async with reading(lonely_api, access) as operator:
        answers = [await operator.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * len(paths), [one.text for one in answers]
    assert SAID in answers[0].text
    [artifact] = answers[4].json()["items"]
    assert (artifact["status"], artifact["url"]) == ("READY", None)
    told = rows_told(scratch, tenant, access)
    assert [target for _, _, target, _, _ in told] == paths
    assert {(actor, outcome, reason) for actor, _, _, outcome, reason in told} == {("operator:olga", "done", WHY)}
    async with lonely_api.operator() as operator:
        platforms = (await operator.get("/operations/audit?actor=operator:olga&action=call.get_run")).json()["items"]
    assert access["id"] in {row["detail"].get("access_id") for row in platforms}


async def test_by_get_the_three_nouns_are_read_and_nothing_else_of_the_api(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: FullRun
) -> None:
    """Every route of the API, as its document lists them, with the ids of things that are there."""
    access = await opened(lonely_api, tenant)
    ids = {"run_id": run.run_id, "artifact_id": run.artifact_id, "other_id": run.run_id, "trace_id": "a" * 32}
    permitted = {
        (method, re.sub(r":\w+}", "}", str(route.path))): permissions_before(route)
        <= {one.value for one in BREAK_GLASS}
        for route in routes_of(lonely_api.app)
        for method in route.methods or ()
    }
    before = counted(scratch, tenant)
    statuses = dict[str, set[int]]()
    async with reading(lonely_api, access) as operator:
        for one in operations_of(lonely_api.app):
            if one.public or "trigger-calls" in one.path:
                continue
            names = {part: str(ids.get(part, uuid4())) for part in _names(one.path)}
            path = one.path.format_map(names).removeprefix("/api/v1")
            answer = await operator.request(one.method, path, json=one.example)
            reads = one.method == "GET" and permitted[one.method, one.path]
            expected = {200, 404, 400, 410, 422} if reads else {403, 400}
            assert answer.status_code in expected, f"{one.name}: {answer.status_code} {answer.text}"
            if not reads and answer.status_code == 400:
                assert "/header/break-glass-access" in answer.text, f"{one.name}: {answer.text}"
            statuses.setdefault("reads" if reads else "others", set()).add(answer.status_code)
    assert 200 in statuses["reads"]
    assert 403 in statuses["others"]
    assert counted(scratch, tenant) == before


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def counted(scratch: ScratchDatabase, tenant: Tenant) -> dict[str, object]:
    """Rows of the tenant by table, without the audit, which is told of each call, and its chain."""
    with scratch.superuser() as connection:
        tables = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
            " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'audit%%'"
        ).fetchall()
        return {
            str(name): connection.execute(
                sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s").format(sql.Identifier(str(name))),
                [tenant.tenant_id],
            ).fetchall()[0][0]
            for (name,) in tables
        }


async def test_a_write_is_refused_and_told_to_the_tenant(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: FullRun
) -> None:
    access = await opened(lonely_api, tenant)
    async with reading(lonely_api, access) as operator:
        for method, path in (("DELETE", f"/runs/{run.run_id}"), ("POST", f"/runs/{run.run_id}/retry")):
            problem(await operator.request(method, path, json={}), 403, "forbidden")
    assert [outcome for _, _, _, outcome, _ in rows_told(scratch, tenant, access)] == ["denied", "denied"]


async def test_the_transaction_of_such_a_read_could_write_nothing(database: Database, tenant: Tenant) -> None:
    """What a route does wrong, PostgreSQL refuses."""
    with pytest.raises(DatabaseRefused):
        async with database.tenant(tenant.tenant_id, read_only=True) as tx:
            await tx.execute(
                text("UPDATE tenants SET name = 'x' WHERE tenant_id = :tenant_id"), {"tenant_id": tenant.tenant_id}
            )


async def test_no_stream_is_opened_by_it(lonely_api: ApiInProcess, tenant: Tenant, run: FullRun) -> None:
    access = await opened(lonely_api, tenant)
    async with reading(lonely_api, access) as operator:
        for path in ("/events", f"/runs/{run.run_id}/events"):
            answer = await operator.get(path, headers={"accept": "text/event-stream"})
            assert "pages" in problem(answer, 403, "forbidden")["remedy"]


@pytest.mark.parametrize("ending", ["its time", "an operator"])
async def test_an_access_that_has_ended_opens_nothing_from_that_moment_on(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: FullRun, ending: str
) -> None:
    access = await opened(lonely_api, tenant)
    if ending == "its time":
        over(scratch, access)
    else:
        async with lonely_api.operator("another") as another:
            ended = (await another.delete(f"{OPERATIONS}/{access['id']}")).json()
            assert (ended["ended_by"], ended["operator"]) == ("operator:another", "operator:olga")
            assert (await another.delete(f"{OPERATIONS}/{access['id']}")).json() == ended
    async with reading(lonely_api, access) as operator:
        assert "ended at" in problem(await operator.get(f"/runs/{run.run_id}"), 403, "forbidden")["detail"]
    assert rows_told(scratch, tenant, access) == []
    async with lonely_api.operator() as operator:
        row = (await operator.get("/operations/audit?actor=operator:olga&outcome=denied&limit=1")).json()["items"][0]
    assert row["target"] == f"/runs/{run.run_id}"


async def test_nobody_but_who_opened_it_reads_by_it(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: FullRun
) -> None:
    access, other = await opened(lonely_api, tenant), Tenant().create(scratch)
    owner, path = lonely_api.caller(other), f"/runs/{run.run_id}"
    async with owner:
        made = await owner.post("/api-keys", json={"name": "k", "scopes": ["api"]})
    key = lonely_api.bearing(made.json()["key"])
    people = (lonely_api.operator("another"), lonely_api.caller(other), lonely_api.caller(tenant), key)
    for somebody in people:
        async with somebody:
            problem(await somebody.get(path, headers={HEADER: access["id"]}), 403, "forbidden")
    async with lonely_api.operator("olga") as operator:
        problem(await operator.get(path), 403, "forbidden")
        problem(await operator.get(path, headers={HEADER: str(uuid4())}), 403, "forbidden")
        pointer = "/header/break-glass-access"
        problem(await operator.get(path, headers={HEADER: "x"}), 400, "bad_request", pointer=pointer)
        twice = [(HEADER, access["id"])] * 2
        problem(await operator.get(path, headers=twice), 400, "bad_request", pointer=pointer)


async def test_it_opens_one_tenant_alone(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: FullRun
) -> None:
    other = Tenant().create(scratch)
    access = await opened(lonely_api, other)
    async with reading(lonely_api, access) as operator:
        problem(await operator.get(f"/runs/{run.run_id}"), 404, "not_found")
        assert (await operator.get("/runs")).json()["items"] == []
    async with lonely_api.caller(tenant) as owner:
        assert (await owner.get("/break-glass-accesses")).json()["items"] == []
        problem(await owner.get(f"/break-glass-accesses/{access['id']}"), 404, "not_found")


async def test_the_tenant_sees_it_and_is_told_of_its_opening_and_of_its_end(
    lonely_api: ApiInProcess,
    scratch: ScratchDatabase,
    tenant: Tenant,
    database: Database,
    audited: Callable[[], list[tuple[Any, ...]]],
    platform_acts: Callable[[str], list[tuple[Any, ...]]],
) -> None:
    async with lonely_api.caller(tenant) as owner:
        hook = {"name": "on call", "url": "https://hooks.example.com/x", "events": ["break_glass.*"]}
        webhook = (await owner.post("/webhooks", json=hook)).json()
        access = await opened(lonely_api, tenant)
        over(scratch, access)
        ending = AccessEnding(database)
        await ending.round()
        await ending.round()
        told = (await owner.get(f"/webhooks/{webhook['id']}/deliveries")).json()["items"]
        [seen] = (await owner.get("/break-glass-accesses")).json()["items"]
        assert (await owner.get(f"/break-glass-accesses/{access['id']}")).json() == seen
    assert [one["type"] for one in reversed(told)] == ["break_glass.opened", "break_glass.ended"]
    assert (seen["operator"], seen["reason"], seen["ended_by"]) == ("operator:olga", WHY, "system:break_glass")
    assert seen["ended_at"] == seen["expires_at"]
    acts = ["break_glass.opened", "break_glass.ended"]
    assert [action for _, action, _, _ in audited() if action.startswith("break_glass")] == acts
    assert [action for _, action, _ in platform_acts(str(tenant.tenant_id))] == acts
    with scratch.superuser() as connection:
        rows: list[tuple[Any, ...]] = connection.execute(
            "SELECT type, data FROM tenant_events WHERE tenant_id = %s ORDER BY event_id", [tenant.tenant_id]
        ).fetchall()
    assert [kind for kind, _ in rows] == acts
    assert {data["access_id"] for _, data in rows} == {access["id"]}
    assert json.dumps(rows[0][1]).count(WHY) == 1


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("admin", 200), ("member", 403), ("viewer", 403)])
async def test_who_reads_the_audit_sees_the_accesses(
    lonely_api: ApiInProcess, tenant: Tenant, role: str, status: int
) -> None:
    async with lonely_api.caller(tenant, role=role) as member:
        assert (await member.get("/break-glass-accesses")).status_code == status


async def test_an_operator_has_one_of_a_tenant_at_a_time(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    first = await opened(lonely_api, tenant)
    body = {"tenant_id": str(tenant.tenant_id), "reason": WHY, "minutes": 5}
    async with lonely_api.operator("olga") as operator:
        assert first["id"] in problem(await operator.post(OPERATIONS, json=body), 409, "conflict")["detail"]
        over(scratch, first)
        second = await operator.post(OPERATIONS, json=body)
        assert second.status_code == 201, second.text
        listed = await operator.get(OPERATIONS, params={"tenant_id": str(tenant.tenant_id)})
        assert [one["id"] for one in listed.json()["items"]] == [second.json()["id"], first["id"]]
        assert listed.json()["items"][1]["ended_by"] == "system:break_glass"
        assert (await operator.get(f"{OPERATIONS}/{first['id']}")).json() == listed.json()["items"][1]
    other = await opened(lonely_api, tenant, subject="another")
    assert UUID(other["id"])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"minutes": 0}, "/body/minutes"),
        ({"minutes": 241}, "/body/minutes"),
        ({"minutes": "30"}, "/body/minutes"),
        ({"reason": ""}, "/body/reason"),
        ({"operator": "operator:x"}, "/body/operator"),
    ],
)
async def test_it_is_opened_with_a_reason_and_for_a_bounded_time(
    lonely_api: ApiInProcess, tenant: Tenant, change: dict[str, Any], pointer: str
) -> None:
    body = {"tenant_id": str(tenant.tenant_id), "reason": WHY, "minutes": 30, **change}
    async with lonely_api.operator() as operator:
        problem(await operator.post(OPERATIONS, json=body), 400, "bad_request", pointer=pointer)


async def test_no_member_opens_one_and_none_is_opened_of_no_tenant(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    body = {"tenant_id": str(tenant.tenant_id), "reason": WHY, "minutes": 30}
    async with lonely_api.caller(tenant) as owner:
        problem(await owner.post(OPERATIONS, json=body), 403, "forbidden")
    async with lonely_api.operator() as operator:
        problem(await operator.post(OPERATIONS, json={**body, "tenant_id": str(uuid4())}), 404, "not_found")
        problem(await operator.get(f"{OPERATIONS}/{uuid4()}"), 404, "not_found")
        problem(await operator.delete(f"{OPERATIONS}/{uuid4()}"), 404, "not_found")


async def test_what_was_written_when_it_was_opened_never_changes(
    lonely_api: ApiInProcess, tenant: Tenant, database: Database
) -> None:
    """Neither its reason nor its time, and it is not removed: the service's login has no right to."""
    access = await opened(lonely_api, tenant)
    longer = timedelta(hours=1)
    for change in (
        "UPDATE break_glass_accesses SET reason = 'another' WHERE access_id = :id",
        "UPDATE break_glass_accesses SET expires_at = expires_at + :longer WHERE access_id = :id",
        "DELETE FROM break_glass_accesses WHERE access_id = :id",
    ):
        with pytest.raises(DatabaseRefused):
            async with database.tenant(tenant.tenant_id) as tx:
                await tx.execute(text(change), {"id": access["id"], "longer": longer})
