"""Runs are found by who has started them and when, and files of the whole tenant by what has become of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.contracts.tool_job import WORKSPACE_TYPE
from foundation.domain.ids import new_uuid

THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
RANGED = ("/runs", "/artifacts")


async def started(owner: httpx.AsyncClient, count: int) -> list[str]:
    task = await owner.post("/tasks", json={"name": "count", "steps": [{"name": "a", "kind": "noop"}]})
    assert task.status_code == 201, task.text
    return [str((await owner.post("/runs", json={"task_id": task.json()["id"]})).json()["id"]) for _ in range(count)]


def file_of(
    scratch: ScratchDatabase, tenant: Tenant, *, at: datetime, status: str = "READY", kind: str = "text/plain"
) -> str:
    found = new_uuid()
    with scratch.superuser() as connection:
        connection.execute(
            """INSERT INTO artifacts (tenant_id, artifact_id, name, content_type, size, sha256, object_key, status,
                                      created_at, expired_at)
               VALUES (%s, %s, 'a.txt', %s, 1, %s, %s, %s, %s, CASE WHEN %s = 'EXPIRED' THEN now() END)""",
            [tenant.tenant_id, found, kind, b"0" * 32, str(found), status, at, status],
        )
    return str(found)


async def ids(owner: httpx.AsyncClient, path: str, **query: Any) -> list[str]:
    answer = await owner.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_runs_are_found_by_their_starter_and_their_time(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        first, second, third = await started(owner, 3)
        schedule = f"schedule:{new_uuid()}"
        with scratch.superuser() as connection:
            for number, run in enumerate((first, second, third)):
                at = THEN + timedelta(hours=number)
                connection.execute("UPDATE runs SET created_at = %s WHERE run_id = %s", [at, run])
            connection.execute("UPDATE runs SET started_by = %s WHERE run_id = %s", [schedule, third])
        person = f"user:{tenant.user_id}"
        assert await ids(owner, "/runs", started_by=person) == [second, first]
        assert await ids(owner, "/runs", started_by=schedule) == [third]
        assert await ids(owner, "/runs", **{"from": "2026-03-01T13:00:00Z"}) == [third, second]
        assert await ids(owner, "/runs", to="2026-03-01T13:00:00Z") == [first]
        assert await ids(owner, "/runs", started_by=person, **{"from": "2026-03-01T13:00:00Z"}) == [second]
        assert (await owner.get(f"/runs/{third}")).json()["started_by"] == schedule
        assert (await owner.get(f"/runs/{first}")).json()["started_by"] == person


async def test_an_upload_whose_id_was_lost_is_found_and_deleted(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    wanted = {"name": "a.csv", "size": 1, "sha256": "0f" * 32}
    async with lonely_api.caller(tenant) as owner:
        assert (await owner.post("/artifacts", json=wanted)).status_code == 201
        [lost] = (await owner.get("/artifacts", params={"status": "PENDING"})).json()["items"]
        assert (lost["name"], lost["run_id"]) == ("a.csv", None)
        assert (await owner.delete(f"/artifacts/{lost['id']}")).status_code == 204
        assert await ids(owner, "/artifacts", status="PENDING") == []
        assert await ids(owner, "/artifacts", status="EXPIRED") == [lost["id"]]


async def test_files_of_the_tenant_are_found_by_status_and_time_and_signed_for_who_asks(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    old, new = file_of(scratch, tenant, at=THEN), file_of(scratch, tenant, at=THEN + timedelta(hours=2))
    waiting = file_of(scratch, tenant, at=THEN + timedelta(hours=1), status="PENDING")
    kept = file_of(scratch, tenant, at=THEN, kind=WORKSPACE_TYPE)
    async with lonely_api.caller(tenant, role="viewer") as viewer:
        assert await ids(viewer, "/artifacts") == [new, waiting, old]
        assert set(await ids(viewer, "/artifacts", workspaces="true")) == {new, waiting, old, kept}
        assert await ids(viewer, "/artifacts", sort="created_at", status="READY") == [old, new]
        assert await ids(viewer, "/artifacts", **{"from": "2026-03-01T13:00:00Z"}) == [new, waiting]
        assert await ids(viewer, "/artifacts", to="2026-03-01T13:00:00Z") == [old]
        assert await ids(viewer, "/artifacts", run_id=str(new_uuid())) == []
        [plain] = (await viewer.get("/artifacts", params={"limit": 1})).json()["items"]
        [signed] = (await viewer.get("/artifacts", params={"limit": 1, "fields": "url,name"})).json()["items"]
    assert "url" not in plain
    assert signed["url"] is not None
    async with lonely_api.caller(Tenant().create(scratch)) as neighbour:
        assert await ids(neighbour, "/artifacts", workspaces="true") == []


@pytest.mark.parametrize("path", RANGED)
async def test_a_range_that_ends_before_it_begins_is_refused(
    lonely_api: ApiInProcess, tenant: Tenant, path: str
) -> None:
    query = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}
    async with lonely_api.caller(tenant) as owner:
        problem(await owner.get(path, params=query), 400, "bad_request", pointer="/query/from")
