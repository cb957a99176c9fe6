"""An export is all that a tenant has and nothing else: no secret, nothing of a neighbour, whoever dies meanwhile."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from control_plane.governance.tenant_exports.making import KEPT_EXPORT_HOURS, MOST_EXPORT_ATTEMPTS, ExportMaking
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.leaving.full_tenants import ARTIFACT, SECRET, full_tenant, rows_by_table
from fixtures.machine.postgres import ScratchDatabase
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.storage.leaving.contents import EXPORTED, NOT_EXPORTED, WITHHELD

OWN_TABLES = set(EXPORTED) - {"users"}


class Killed(BaseException):
    """A process is killed: nothing catches it."""


@pytest.fixture
def objects(lonely_api: ApiInProcess) -> FakeObjectStore:
    store = lonely_api.app.state.resources.objects
    assert isinstance(store, FakeObjectStore)
    return store


def making(api: ApiInProcess, **given: Any) -> ExportMaking:
    return ExportMaking(api.app.state.resources.database, api.app.state.resources.objects, **given)


async def asked(api: ApiInProcess, tenant: Tenant) -> dict[str, Any]:
    async with api.caller(tenant) as owner:
        answer = await owner.post(f"/tenants/{tenant.tenant_id}/export")
        assert answer.status_code == 202, answer.text
        assert answer.headers["location"].endswith(f"/exports/{answer.json()['id']}")
        return dict(answer.json())


async def read(api: ApiInProcess, tenant: Tenant, export_id: str) -> dict[str, Any]:
    async with api.caller(tenant) as owner:
        return dict((await owner.get(f"/tenants/{tenant.tenant_id}/exports/{export_id}")).raise_for_status().json())


async def test_the_archive_has_every_row_of_the_tenant_and_its_artifacts_and_no_secret(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, objects: FakeObjectStore
) -> None:
    tenant, neighbour = await full_tenant(scratch, objects), await full_tenant(scratch, objects)
    before = rows_by_table(scratch, tenant)
    assert [table for table, rows in before.items() if not rows] == [], "the fixture fills every table"
    export = await asked(lonely_api, tenant)
    assert (await asked(lonely_api, tenant))["id"] == export["id"], "the one that is being made is the answer"
    await making(lonely_api).round()
    ready = await read(lonely_api, tenant, export["id"])
    assert ready["status"] == "ready"
    fetched = objects.fetch(ready["url"])
    assert fetched is not None
    assert (len(fetched.body), hashlib.sha256(fetched.body).hexdigest()) == (ready["size"], ready["sha256"])
    with zipfile.ZipFile(io.BytesIO(fetched.body)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        files = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
    assert (manifest["format"], manifest["tenant_id"]) == ("lockstep-export/1", str(tenant.tenant_id))
    assert {one["path"]: (one["bytes"], one["sha256"]) for one in manifest["files"]} == {
        name: (len(body), hashlib.sha256(body).hexdigest()) for name, body in files.items()
    }
    tables = {one["table"]: one["rows"] for one in manifest["files"] if "table" in one}
    untouched = OWN_TABLES - {"audit_log", "tenant_exports"}
    assert {table: tables[table] for table in untouched} == {table: before[table] for table in untouched}
    assert tables["users"] == before["memberships"]
    for name, body in files.items():
        if name.startswith("tables/"):
            assert all(json.loads(line) for line in body.splitlines())
    assert [body for name, body in files.items() if name.startswith("artifacts/")] == [ARTIFACT]
    everything = b"".join(files.values())
    for secret in (SECRET.encode(), SECRET.encode().hex().encode(), str(neighbour.tenant_id).encode()):
        assert secret not in everything


def test_each_column_of_each_table_is_exported_or_withheld(scratch: ScratchDatabase) -> None:
    """Whoever adds a table or a column has to decide."""
    with scratch.superuser() as connection:
        columns: list[Any] = connection.execute(
            """SELECT c.relname, array_agg(a.attname::text) FROM pg_class c
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND (c.relname = 'users' OR EXISTS (
                   SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id'))
               GROUP BY c.relname"""
        ).fetchall()
    undecided = {}
    for table, listed in columns:
        names = {str(name) for name in listed}
        decided = {*EXPORTED.get(table, "").split(), *WITHHELD.get(table, "").split(), "tenant_id"}
        if table not in NOT_EXPORTED and names | {"tenant_id"} != decided:
            undecided[table] = sorted(names ^ decided)
    assert undecided == {}
    assert not set(EXPORTED) & set(NOT_EXPORTED)


async def test_an_export_outlives_whoever_makes_it(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, objects: FakeObjectStore
) -> None:
    tenant = await full_tenant(scratch, objects)
    export = await asked(lonely_api, tenant)
    started = datetime.now(UTC)
    killed = 0
    for attempt in count():
        at = started + timedelta(minutes=11 * attempt)
        moments = _until_killed(at, after=3 + 12 * attempt)
        try:
            await making(lonely_api, now=partial(next, moments)).round()
        except Killed:
            killed += 1
            assert (await read(lonely_api, tenant, export["id"]))["status"] == "pending"
            nobody = making(lonely_api, now=partial(_the_same, at))
            assert await nobody.round() is False, "as long as the lease lasts nobody else begins"
            continue
        break
    assert 1 <= killed < 10
    assert (await read(lonely_api, tenant, export["id"]))["status"] == "ready"


def _the_same(at: datetime) -> datetime:
    return at


def _until_killed(at: datetime, *, after: int) -> Iterator[datetime]:
    for _ in range(after):
        yield at
    raise Killed


async def test_an_archive_is_removed_when_it_has_expired(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, objects: FakeObjectStore
) -> None:
    tenant = await full_tenant(scratch, objects)
    export = await asked(lonely_api, tenant)
    await making(lonely_api).round()
    folder = f"tenants/{tenant.tenant_id}/exports/"
    assert await objects.count(folder) == 1
    later = datetime.now(UTC) + timedelta(hours=KEPT_EXPORT_HOURS, minutes=1)
    await making(lonely_api, now=lambda: later).round()
    expired = await read(lonely_api, tenant, export["id"])
    assert (expired["status"], expired["url"], await objects.count(folder)) == ("expired", None, 0)
    assert (await asked(lonely_api, tenant))["id"] != export["id"]


async def test_an_export_that_cannot_be_made_is_given_up_and_says_so(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, objects: FakeObjectStore
) -> None:
    tenant = await full_tenant(scratch, objects)
    export = await asked(lonely_api, tenant)
    away = FakeObjectStore(away=True)
    for attempt in range(MOST_EXPORT_ATTEMPTS):
        at = datetime.now(UTC) + timedelta(minutes=11 * attempt)
        loop = ExportMaking(lonely_api.app.state.resources.database, away, now=partial(_the_same, at))
        assert await loop.round() is True
    failed = await read(lonely_api, tenant, export["id"])
    assert failed["status"] == "failed"
    assert "another export" in failed["error"]


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
async def test_only_an_owner_may_take_everything_along(lonely_api: ApiInProcess, tenant: Tenant, role: str) -> None:
    async with lonely_api.caller(tenant, role=role) as caller:
        problem(await caller.post(f"/tenants/{tenant.tenant_id}/export"), 403, "forbidden")
        problem(await caller.get(f"/tenants/{tenant.tenant_id}/exports"), 403, "forbidden")
