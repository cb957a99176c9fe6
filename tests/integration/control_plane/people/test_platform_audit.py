"""The platform's own audit: read by operators alone, chained and anchored as those of tenants."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from control_plane.governance.audit.anchors import AuditAnchors, key_of
from control_plane.governance.audit.keeper import AuditKeeper
from control_plane.governance.audit.verifying import verify
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.storage.people import audit
from foundation.storage.session.database import Database, DatabaseSettings
from foundation.storage.session.statements import text


@dataclass
class Platform:
    """The audit with who keeps it; each test begins with an empty one."""

    database: Database
    scratch: ScratchDatabase
    objects: FakeObjectStore
    anchors: AuditAnchors
    keeper: AuditKeeper

    async def write(self, *actions: str) -> None:
        for action in actions:
            async with self.database.across_tenants(reason="a test writes") as tx:
                await audit.record_operator(tx, actor="operator:olga", action=action, target="t", detail={"é": [1]})

    async def faults(self) -> list[str]:
        return (await verify(self.database, self.anchors, None)).faults

    def sql(self, statement: str) -> None:
        """As somebody who may do everything in the database."""
        with self.scratch.superuser() as connection:
            connection.execute(statement.encode())


@pytest.fixture
async def platform(scratch: ScratchDatabase) -> AsyncIterator[Platform]:
    database = Database(DatabaseSettings(url=scratch.url("control_plane"), pool_size=4), application="test")
    objects = FakeObjectStore()
    anchors = AuditAnchors(database, objects)
    made = Platform(database, scratch, objects, anchors, AuditKeeper(database, anchors))
    made.sql("TRUNCATE platform_audit, platform_audit_chain, platform_audit_anchors")
    yield made
    await database.close()


async def test_rows_are_sealed_and_anchored(platform: Platform) -> None:
    await platform.write(*"abc")
    await platform.keeper.seal()
    await platform.keeper.anchor()
    verdict = await verify(platform.database, platform.anchors, None)
    assert (verdict.rows, verdict.anchors, verdict.faults) == (3, 1, [])
    document = json.loads(await platform.objects.get(key_of(None, 1)))
    assert (document["tenant_id"], document["position"]) == (None, 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE platform_audit SET target = 'u' WHERE action = 'b'", "place 2: its row"),
        ("DELETE FROM platform_audit WHERE action = 'b'", "place 2: its row"),
        ("DELETE FROM platform_audit_chain WHERE position = 2", "place 2: it is missing"),
        ("DELETE FROM platform_audit_chain WHERE position >= 3", "place 3: anchor 1 says"),
    ],
)
async def test_whatever_is_changed_is_named(platform: Platform, change: str, said: str) -> None:
    await platform.write(*"abc")
    await platform.keeper.seal()
    await platform.keeper.anchor()
    platform.sql(change)
    assert (await platform.faults())[0].startswith(said)


async def test_the_chain_begins_elsewhere_than_that_of_any_tenant(platform: Platform, tenant: Tenant) -> None:
    await platform.write("a")
    async with platform.database.tenant(tenant.tenant_id) as tx:
        await audit.record(tx, tenant.tenant_id, actor="user:ann", action="a", target="t", detail={})
    await platform.keeper.seal()
    assert (await verify(platform.database, platform.anchors, None)).rows == 1
    assert (await verify(platform.database, platform.anchors, tenant.tenant_id)).rows == 1


async def test_operators_read_it_and_are_told_of_it(platform: Platform, lonely_api: ApiInProcess) -> None:
    mark = f"probe.{uuid4().hex[:12]}"
    await platform.write(mark, "another")
    await platform.keeper.seal()
    async with lonely_api.operator() as operator:
        found = (await operator.get("/operations/audit", params={"action": mark})).json()["items"]
        assert [(row["actor"], row["action"], row["position"]) for row in found] == [("operator:olga", mark, 1)]
        lines = (await operator.get("/operations/audit/export", params={"action": mark})).text.splitlines()
        assert [json.loads(line)["id"] for line in lines] == [found[0]["id"]]
        told = (await operator.get("/operations/audit", params={"action": "call.list_platform_audit"})).json()["items"]
        assert told, "an operator's reads are told, too"
        backwards = {"from": "2027-01-02T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
        problem(await operator.get("/operations/audit", params=backwards), 400, "bad_request", pointer="/query/from")


_WITH_AN_ID = (
    ("POST", "/tenants/{}/suspend"),
    ("POST", "/tenants/{}/restore"),
    ("POST", "/tenants/{}/owner-invitation"),
    ("GET", "/tenants/{}/bounds"),
    ("PUT", "/tenants/{}/bounds"),
    ("GET", "/operations/break-glass-accesses/{}"),
    ("GET", "/operations/dead-letters/{}"),
    ("POST", "/operations/unreadable-messages/{}/discard"),
    ("GET", "/traces/{}"),
)
"""Where whoever looks a tenant up may write its name in the place of an id."""


async def test_it_names_nobody_as_it_outlives_tenants(
    platform: Platform, lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    mark = uuid4().hex[:12]
    address, name = f"ann-{mark}@example.com", f"Example {mark} AG"
    async with lonely_api.operator() as operator:
        made = (await operator.post("/tenants", json={"name": name, "owner_email": address})).json()
        own = f"/tenants/{made['tenant']['id']}"
        await operator.get("/tenants", params={"name": name, "suspended": "false", "limit": 3})
        problem(await operator.delete(own, params={"confirm": f"{name}?"}), 400, "bad_request")
        opened = {"tenant_id": str(tenant.tenant_id), "reason": "a ticket", "minutes": 5}
        access = (await operator.post("/operations/break-glass-accesses", json=opened)).json()["id"]
        reading = {"Break-Glass-Access": access}
        assert (await operator.get("/tasks", params={"name": address}, headers=reading)).status_code == 200
        assert (await operator.post(f"{own}/suspend", json={"reason": "a ticket"})).status_code == 200
        for method, place in _WITH_AN_ID:
            answer = await operator.request(method, place.format(name), json={"reason": "a ticket"})
            assert answer.status_code in {400, 404, 422}, (place, answer.text)
        told = (await operator.get("/operations/audit", params={"limit": 200})).json()["items"]
    shown = json.dumps(told)
    assert mark not in shown
    by_action = {row["action"]: row["detail"] for row in told}
    assert by_action["tenant.create"] == {"invitation_id": made["invitation"]["id"]}
    targets = {row["target"] for row in told}
    assert {"/tenants/…/suspend", "/tenants/…/bounds", "/operations/dead-letters/…"} <= targets
    assert by_action["call.list_tenants"]["query"] == "name=…&suspended=false&limit=3"
    assert by_action["call.list_tasks"]["query"] == "name=…"
    with platform.scratch.superuser() as connection:
        rows = "SELECT detail FROM audit_log WHERE tenant_id = %s AND action = %s"
        [(detail,)] = connection.execute(rows, [made["tenant"]["id"], "tenant.create"]).fetchall()
        assert detail["after"]["owner_email"] == address, "the tenant's own audit, which goes with it, has it all"  # type: ignore[index]
        [(detail,)] = connection.execute(rows, [tenant.tenant_id, "call.list_tasks"]).fetchall()
        assert detail["query"] == f"name=ann-{mark}%40example.com"  # type: ignore[index]


async def test_nobody_else_reads_it(platform: Platform, lonely_api: ApiInProcess, tenant: Tenant) -> None:
    await platform.write("a")
    async with lonely_api.caller(tenant) as owner:
        for path in ("/operations/audit", "/operations/audit/export"):
            problem(await owner.get(path), 403, "forbidden")
    async with platform.database.tenant(tenant.tenant_id) as tx:
        for table in ("platform_audit", "platform_audit_chain", "platform_audit_anchors"):
            rows = await tx.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608  # of names written above
            assert rows.scalar_one() == 0, f"a tenant's transaction sees {table}"
