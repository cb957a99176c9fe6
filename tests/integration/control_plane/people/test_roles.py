"""Roles of a tenant's own: made of what their maker holds, given, changed, and kept while somebody has them."""

import asyncio
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.tags import version_of

AUDITOR = {"name": "auditor", "permissions": ["audit:read", "usage:read"]}


def give(scratch: ScratchDatabase, tenant: Tenant, user_id: object, role_id: str) -> None:
    with scratch.superuser() as connection:
        connection.execute(
            "UPDATE memberships SET role = NULL, role_id = %s WHERE tenant_id = %s AND user_id = %s",
            [role_id, tenant.tenant_id, user_id],
        )


async def made(client: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    answer = await client.post("/roles", json={**AUDITOR, **wanted})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_role_is_made_read_replaced_and_deleted(lonely_api: ApiInProcess, tenant: Tenant, audited: Any) -> None:
    async with lonely_api.caller(tenant) as owner:
        answer = await owner.post("/roles", json=AUDITOR)
        role = answer.json()
        assert (answer.status_code, version_of(answer)) == (201, '"1"')
        assert answer.headers["location"] == f"/api/v1/roles/{role['id']}"
        assert (role["permissions"], role["members"]) == (["audit:read", "usage:read"], 0)
        path = f"/roles/{role['id']}"
        assert (await owner.get(path)).json() == role
        wanted = {**AUDITOR, "description": "reads the bill", "permissions": ["usage:read"]}
        stale = await owner.put(path, json=wanted, headers={"If-Match": '"2"'})
        problem(stale, 412, "version_mismatch")
        changed = await owner.put(path, json=wanted, headers={"If-Match": '"1"'})
        assert (changed.status_code, version_of(changed)) == (200, '"2"')
        assert changed.json()["permissions"] == ["usage:read"]
        assert (await owner.delete(path)).status_code == 204
        problem(await owner.get(path), 404, "not_found")
        problem(await owner.delete(path), 404, "not_found")
    assert [action for _, action, _, _ in audited()] == ["role.create", "role.change", "role.delete"]
    before, after = audited()[1][3]["before"], audited()[1][3]["after"]
    assert (before["permissions"], after["permissions"]) == (["audit:read", "usage:read"], ["usage:read"])


async def test_roles_are_listed_by_name_in_pages_and_by_permission(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        for name in ("c", "a", "b"):
            await made(owner, name=name, permissions=["runs:read"] if name == "b" else ["usage:read"])
        first = (await owner.get("/roles", params={"limit": 2})).json()
        second = (await owner.get("/roles", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        assert [one["name"] for one in first["items"] + second["items"]] == ["a", "b", "c"]
        assert second["next_cursor"] is None
        only = (await owner.get("/roles", params={"permission": "runs:read"})).json()
        assert [one["name"] for one in only["items"]] == ["b"]


async def test_whoever_has_a_role_may_do_what_it_says_and_nothing_else(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        role = await made(owner, permissions=["usage:read", "runs:read"])
        user_id = lonely_api.member(tenant, role="viewer")
        give(scratch, tenant, user_id, role["id"])
        async with lonely_api.as_user(tenant, user_id) as holder:
            assert (await holder.get("/runs")).status_code == 200
            refused = problem(await holder.get("/budgets"), 403, "forbidden")
            assert "auditor does not have the permission budgets:read" in refused["detail"]
        in_use = problem(await owner.delete(f"/roles/{role['id']}"), 409, "conflict")
        assert in_use["detail"] == "1 member has this role"
        assert (await owner.get(f"/roles/{role['id']}")).json()["members"] == 1


async def test_nobody_makes_changes_or_deletes_what_they_do_not_hold(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        steward = await made(owner, name="steward", permissions=["roles:write", "members:read", "runs:read"])
        strong = await made(owner, name="strong", permissions=["budgets:write"])
    user_id = lonely_api.member(tenant, role="viewer")
    give(scratch, tenant, user_id, steward["id"])
    async with lonely_api.as_user(tenant, user_id) as holder:
        weak = await made(holder, name="weak", permissions=["runs:read"])
        for answer in (
            await holder.post("/roles", json={"name": "x", "permissions": ["runs:read", "budgets:write"]}),
            await holder.put(f"/roles/{weak['id']}", json={"name": "weak", "permissions": ["budgets:write"]}),
            await holder.put(f"/roles/{strong['id']}", json={"name": "strong", "permissions": ["runs:read"]}),
            await holder.delete(f"/roles/{strong['id']}"),
        ):
            assert "budgets:write" in problem(answer, 403, "forbidden")["detail"]
        assert (await holder.get(f"/roles/{strong['id']}")).json()["permissions"] == ["budgets:write"]


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"permissions": []}, "/body/permissions"),
        ({"permissions": ["runs:teleport"]}, "/body/permissions/0"),
        ({"permissions": ["owners:write"]}, "/body/permissions"),
        ({"permissions": ["platform:operate"]}, "/body/permissions/0"),
        ({"permissions": ["runs:read", "runs:read"]}, "/body/permissions"),
        ({"name": "Owner"}, "/body/name"),
        ({"name": " x"}, "/body/name"),
        ({"name": "pay\u202eyap"}, "/body/name"),
        ({"name": "x" * 65}, "/body/name"),
        ({"description": "x" * 501}, "/body/description"),
        ({"version": 7}, "/body/version"),
    ],
    ids=str,
)
async def test_what_is_no_role_is_refused_with_its_place(
    lonely_api: ApiInProcess, tenant: Tenant, wanted: dict[str, Any], pointer: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        answer = await owner.post("/roles", json={**AUDITOR, **wanted})
        assert problem(answer, 400, "bad_request")["errors"][0]["pointer"] == pointer
        assert (await owner.get("/roles")).json()["items"] == []


async def test_a_name_is_taken_once(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        answers = await asyncio.gather(*(owner.post("/roles", json=AUDITOR) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        other = await made(owner, name="other")
        problem(await owner.put(f"/roles/{other['id']}", json=AUDITOR), 409, "conflict")


async def test_the_permissions_are_listed_with_who_has_them(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant, role="viewer") as viewer:
        items = {one["name"]: one for one in (await viewer.get("/permissions")).json()["items"]}
    assert items["runs:write"]["roles"] == ["owner", "admin", "member"]
    assert [name for name, one in items.items() if one["reserved_to_owners"]] == ["tenant:write", "owners:write"]
