"""A process that remembers callers forgets those of a tenant as soon as it has changed what they may do there."""

from collections.abc import AsyncIterator

import pytest

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase


@pytest.fixture(scope="module")
async def api(scratch: ScratchDatabase, signing: Signing) -> AsyncIterator[ApiInProcess]:
    gateway_url = f"http://127.0.0.1:{free_port()}"
    async with api_in_process(scratch, gateway_url=gateway_url, signing=signing, remember_seconds=60) as running:
        yield running


async def test_what_others_change_is_seen_later_and_what_this_process_changes_at_once(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    user_id = api.member(tenant, role="admin")
    async with api.as_user(tenant, user_id) as member, api.caller(tenant) as owner:
        key = (await member.post("/api-keys", json={"name": "mine", "scopes": ["api"]})).json()["key"]
        async with api.bearing(key) as client:
            assert [(await one.get("/runs")).status_code for one in (member, client)] == [200, 200]
            with scratch.superuser() as connection:
                connection.execute("UPDATE memberships SET role = 'viewer' WHERE user_id = %s", [user_id])
            assert (await member.get("/audit")).status_code == 200, "remembered as an administrator"
            assert (await owner.patch(f"/members/{user_id}", json={"role": "member"})).status_code == 200
            assert (await member.get("/audit")).status_code == 403
            assert (await owner.delete(f"/members/{user_id}")).status_code == 204
            assert [(await one.get("/runs")).status_code for one in (member, client)] == [403, 401]


@pytest.mark.parametrize("how", ["revoke", "rotate", "role", "suspend"])
async def test_every_change_of_what_somebody_may_do_is_seen_at_once(
    api: ApiInProcess, tenant: Tenant, how: str
) -> None:
    path = f"/tenants/{tenant.tenant_id}"
    async with api.caller(tenant) as owner, api.operator() as operator:
        role = (await owner.post("/roles", json={"name": "reader", "permissions": ["runs:read"]})).json()
        account = (await owner.post("/service-accounts", json={"name": "a", "role": role["id"]})).json()
        made = {"name": "k", "scopes": ["api"], "service_account_id": account["id"]}
        key = (await owner.post("/api-keys", json=made)).json()
        async with api.bearing(key["key"]) as client:
            assert (await client.get("/runs")).status_code == 200
            if how == "revoke":
                await owner.delete(f"/api-keys/{key['id']}")
            elif how == "rotate":
                await owner.post(f"/api-keys/{key['id']}/rotate", json={})
            elif how == "role":
                await owner.put(f"/roles/{role['id']}", json={"name": "reader", "permissions": ["usage:read"]})
            else:
                await operator.post(f"{path}/suspend", json={"reason": "x"})
            assert (await client.get("/runs")).status_code == (403 if how in {"role", "suspend"} else 401)
            if how == "suspend":
                assert (await owner.get("/runs")).status_code == 403
                await operator.post(f"{path}/restore")
                assert (await client.get("/runs")).status_code == 200
