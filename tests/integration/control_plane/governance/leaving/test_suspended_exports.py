"""An owner takes everything along although the tenant is suspended; nobody else does anything in it."""

import httpx
import pytest

from control_plane.dependencies import WHILE_SUSPENDED
from control_plane.governance.tenant_exports.making import ExportMaking
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.operations import operations_of
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.ids import new_uuid

EXPORTS = "/api/v1/tenants/{tenant_id}/export"


def test_what_is_open_then_are_the_operations_of_exports(lonely_api: ApiInProcess) -> None:
    paths = lonely_api.app.openapi()["paths"].items()
    found = {one["operationId"] for path, of in paths if path.startswith(EXPORTS) for one in of.values()}
    assert found == WHILE_SUSPENDED


async def suspend(api: ApiInProcess, tenant: Tenant) -> None:
    async with api.operator() as operator:
        answer = await operator.post(f"/tenants/{tenant.tenant_id}/suspend", json={"reason": "the bill is not paid"})
    assert answer.status_code == 200, answer.text


async def test_an_owner_has_a_suspended_tenant_exported_and_fetches_it(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    await suspend(lonely_api, tenant)
    resources, path = lonely_api.app.state.resources, f"/tenants/{tenant.tenant_id}"
    async with lonely_api.caller(tenant) as owner:
        asked = await owner.post(f"{path}/export")
        assert asked.status_code == 202, asked.text
        await ExportMaking(resources.database, resources.objects).round()
        [listed] = (await owner.get(f"{path}/exports")).json()["items"]
        ready = (await owner.get(f"{path}/exports/{asked.json()['id']}")).json()
        assert (listed["id"], ready["status"]) == (ready["id"], "ready")
        assert resources.objects.fetch(ready["url"]) is not None
        problem(await owner.get("/runs"), 403, "tenant_suspended")


async def test_nothing_else_opens_to_an_owner_and_nothing_at_all_to_others_and_to_keys(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    """Also right after an export: what was found for it is remembered for no other door."""
    path = f"/tenants/{tenant.tenant_id}/exports"
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(tenant, role="admin") as admin:
        key = (await owner.post("/api-keys", json={"name": "mine", "scopes": ["api"]})).json()["key"]
        await suspend(lonely_api, tenant)
        assert (await owner.get(path)).status_code == 200
        problem(await admin.get(path), 403, "forbidden")
        async with lonely_api.bearing(key) as program:
            problem(await program.get(path), 403, "tenant_suspended")
        async with lonely_api.person("a-stranger", tenant_id=tenant.tenant_id) as stranger:
            problem(await stranger.get(path), 403, "not_a_member")
        tried = 0
        for one in operations_of(lonely_api.app):
            if one.public or one.path.startswith(EXPORTS) or "users/me" in one.path:
                continue
            answer = await call(owner, one.method, one.path_with(str(new_uuid())), one.example)
            if answer.status_code == 403 and answer.json()["type"].endswith("tenant_suspended"):
                tried += 1
            else:
                assert answer.status_code in {400, 404, 409}, f"{one.name}: {answer.status_code} {answer.text}"
    assert tried > 100


async def call(client: httpx.AsyncClient, method: str, path: str, body: object) -> httpx.Response:
    return await client.request(method, f"http://test{path}", json=body)


@pytest.mark.parametrize("status", ["running", "scheduled"])
async def test_what_is_going_is_not_exported_any_more(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, status: str
) -> None:
    phase = "stopping" if status == "running" else None
    with scratch.superuser() as connection:
        connection.execute(
            "INSERT INTO tenant_deletions (tenant_id, deletion_id, status, phase, requested_by, not_before)"
            " VALUES (%s, %s, %s, %s, 'user:a', now() + interval '1 day')",
            [tenant.tenant_id, new_uuid(), status, phase],
        )
    async with lonely_api.caller(tenant) as owner:
        answer = await owner.post(f"/tenants/{tenant.tenant_id}/export")
    if status == "running":
        problem(answer, 409, "conflict")
    else:
        assert answer.status_code == 202
