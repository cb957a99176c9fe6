"""API keys: shown once, never above their member, rotated with an overlap, dead with their membership."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import PEPPERS, Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.ids import new_uuid
from foundation.domain.people.api_keys import Peppers

KEY = {"name": "nightly", "scopes": ["api"]}


async def made(client: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    answer = await client.post("/api-keys", json={**KEY, **wanted})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def status(api: ApiInProcess, key: str, path: str = "/runs") -> int:
    async with api.bearing(key) as client:
        return (await client.get(path)).status_code


def rows(scratch: ScratchDatabase, api_key_id: str) -> tuple[Any, ...]:
    with scratch.superuser() as connection:
        query = "SELECT hash, pepper, last_used_at FROM api_keys WHERE api_key_id = %s"
        [found] = connection.execute(query, [api_key_id]).fetchall()
    return tuple(found)


async def test_a_key_is_shown_once_and_opens_the_api(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Any, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        answer = await owner.post("/api-keys", json=KEY)
        key = answer.json()
        assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
        assert key["hint"] == f"{key['key'][:8]}…{key['key'][-4:]}"
        assert await status(lonely_api, key["key"]) == 200
        read = (await owner.get(f"/api-keys/{key['id']}")).json()
        assert {name: value for name, value in key.items() if name != "key"} == {**read, "last_used_at": None}
        assert read["last_used_at"] is not None
        everything = (await owner.get("/api-keys")).text + str(audited())
    assert key["key"] not in everything
    assert rows(scratch, key["id"])[:2] == (Peppers.parse(PEPPERS).digest(key["key"]).hash, "p1")
    [(actor, action, target, _)] = audited()
    assert (actor, action, target) == (f"user:{tenant.user_id}", "api_key.create", key["id"])


async def test_a_key_may_do_what_it_is_for_and_no_more_than_its_member(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    user_id = lonely_api.member(tenant, role="member")
    async with lonely_api.as_user(tenant, user_id) as member:
        narrow = await made(member, permissions=["usage:read"])
        by_role = await made(member, role="viewer")
        wide = await made(member)
        too_much = await member.post("/api-keys", json={**KEY, "permissions": ["budgets:write"]})
        assert "budgets:write" in problem(too_much, 403, "forbidden")["detail"]
        problem(await member.post("/api-keys", json={**KEY, "role": "admin"}), 403, "forbidden")
    assert [await status(lonely_api, narrow["key"], path) for path in ("/runs", "/usage?group_by=model")] == [403, 200]
    async with lonely_api.bearing(by_role["key"]) as viewer, lonely_api.bearing(wide["key"]) as writer:
        task = {"name": "t", "steps": [{"name": "a", "kind": "noop"}]}
        problem(await viewer.post("/tasks", json=task), 403, "forbidden")
        assert (await writer.post("/tasks", json=task)).status_code == 201
    with scratch.superuser() as connection:
        connection.execute("UPDATE memberships SET role = 'viewer' WHERE user_id = %s", [user_id])
    async with lonely_api.bearing(wide["key"]) as writer:
        problem(await writer.post("/tasks", json={**task, "name": "u"}), 403, "forbidden")


async def test_a_key_makes_no_key_that_may_do_more_or_is_for_more(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = await made(owner, permissions=["api_keys:write", "api_keys:read", "runs:read"])
        other = await made(owner, scopes=["api", "gateway"])
    async with lonely_api.bearing(key["key"]) as client:
        child = await made(client)
        assert child["permissions"] == ["api_keys:read", "api_keys:write", "runs:read"]
        problem(await client.post("/api-keys", json={**KEY, "permissions": ["runs:write"]}), 403, "forbidden")
        problem(await client.post("/api-keys", json={**KEY, "scopes": ["gateway"]}), 403, "forbidden")
        problem(await client.post(f"/api-keys/{other['id']}/rotate", json={}), 403, "forbidden")


async def test_a_key_that_ends_hands_out_none_that_outlives_it(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    end = datetime.now(UTC) + timedelta(hours=1)
    async with lonely_api.caller(tenant) as owner:
        lasting = await made(owner)
        ending = await made(owner, expires_at=end.isoformat())
    async with lonely_api.bearing(ending["key"]) as client:
        assert (await made(client))["expires_at"] == ending["expires_at"]
        sooner = (end - timedelta(minutes=1)).isoformat()
        assert datetime.fromisoformat((await made(client, expires_at=sooner))["expires_at"]) < end
        later = await client.post("/api-keys", json={**KEY, "expires_at": (end + timedelta(seconds=1)).isoformat()})
        assert "your key ends at" in problem(later, 403, "forbidden")["detail"]
        problem(await client.post(f"/api-keys/{lasting['id']}/rotate", json={}), 403, "forbidden")
        renewed = await client.post(f"/api-keys/{ending['id']}/rotate", json={})
        assert renewed.json()["expires_at"] == ending["expires_at"]


async def test_a_text_that_lives_for_an_overlap_hands_out_nothing_that_outlives_it(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = await made(owner)
        path = f"/api-keys/{key['id']}/rotate"
        rotated = (await owner.post(path, json={"overlap_seconds": 3600})).json()
    async with lonely_api.bearing(key["key"]) as old:
        problem(await old.post(path, json={}), 403, "forbidden")
        assert (await made(old))["expires_at"] == rotated["previous_valid_until"]


async def test_a_rotated_key_lives_on_for_the_overlap_and_no_longer(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        first = await made(owner)
        path = f"/api-keys/{first['id']}/rotate"
        second = (await owner.post(path, json={"overlap_seconds": 3600}, headers={"If-Match": '"1"'})).json()
        assert (second["id"], second["version"], second["previous_valid_until"] is None) == (first["id"], 2, False)
        assert [await status(lonely_api, one["key"]) for one in (first, second)] == [200, 200]
        problem(await owner.post(path, json={}, headers={"If-Match": '"1"'}), 412, "version_mismatch")
        with scratch.superuser() as connection:
            connection.execute("UPDATE api_keys SET previous_until = now() WHERE api_key_id = %s", [first["id"]])
        assert [await status(lonely_api, one["key"]) for one in (first, second)] == [401, 200]
        third = (await owner.post(path)).json()  # without a body: at once
        assert [await status(lonely_api, one["key"]) for one in (first, second, third)] == [401, 401, 200]
        assert (await owner.delete(f"/api-keys/{first['id']}")).status_code == 204
        assert await status(lonely_api, third["key"]) == 401
        problem(await owner.post(path, json={}), 409, "conflict")
        assert (await owner.get(f"/api-keys/{first['id']}")).json()["revoked_at"] is not None


async def test_a_key_of_before_the_pepper_is_stored_anew_when_it_is_used(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = await made(owner)
    with scratch.superuser() as connection:
        plain = hashlib.sha256(key["key"].encode()).digest()
        connection.execute("UPDATE api_keys SET hash = %s, pepper = NULL WHERE api_key_id = %s", [plain, key["id"]])
    assert [await status(lonely_api, key["key"]) for _ in range(2)] == [200, 200]
    assert rows(scratch, key["id"])[:2] == (Peppers.parse(PEPPERS).digest(key["key"]).hash, "p1")
    document = json.loads(PEPPERS)
    assert rows(scratch, key["id"])[1] == document["current"]


async def test_last_use_is_written_once_a_minute(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = await made(owner)
    await asyncio.gather(*(status(lonely_api, key["key"]) for _ in range(5)))
    first = rows(scratch, key["id"])[2]
    await status(lonely_api, key["key"])
    assert rows(scratch, key["id"])[2] == first
    with scratch.superuser() as connection:
        earlier = "UPDATE api_keys SET last_used_at = now() - interval '61 seconds' WHERE api_key_id = %s"
        connection.execute(earlier, [key["id"]])
    await status(lonely_api, key["key"])
    assert rows(scratch, key["id"])[2] >= first


@pytest.mark.parametrize(("how", "refused"), [("expired", 401), ("suspended", 403), ("removed", 401)])
async def test_a_key_dies_with_its_time_its_tenant_and_its_membership(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, how: str, refused: int
) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = await made(owner, expires_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    assert await status(lonely_api, key["key"]) == 200
    statement = {
        "expired": "UPDATE api_keys SET expires_at = now() WHERE tenant_id = %s",
        "suspended": "UPDATE tenants SET suspended_at = now() WHERE tenant_id = %s",
        "removed": "DELETE FROM memberships WHERE tenant_id = %s",
    }[how]
    with scratch.superuser() as connection:
        connection.execute(statement, [tenant.tenant_id])
    assert await status(lonely_api, key["key"]) == refused


async def test_whoever_calls_into_a_suspended_tenant_is_told_so(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = await made(owner)
        with scratch.superuser() as connection:
            connection.execute(
                "UPDATE tenants SET suspended_at = now(), suspended_reason = 'unpaid' WHERE tenant_id = %s",
                [tenant.tenant_id],
            )
        told = problem(await owner.get("/runs"), 403, "tenant_suspended")
        assert told["detail"] == "the tenant is suspended: unpaid"
    async with lonely_api.bearing(key["key"]) as client:
        told = problem(await client.get("/runs"), 403, "tenant_suspended")
        assert told["detail"] == "the tenant is suspended: unpaid"
    async with lonely_api.person(f"s-{new_uuid()}", tenant_id=tenant.tenant_id) as stranger:
        problem(await stranger.get("/runs"), 403, "not_a_member")


async def test_others_keys_are_seen_and_revoked_by_who_manages_them_and_used_by_nobody_else(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    user_id = lonely_api.member(tenant, role="member")
    async with lonely_api.as_user(tenant, user_id) as member, lonely_api.caller(tenant) as owner:
        mine, theirs = await made(member), await made(owner)
        assert [one["id"] for one in (await member.get("/api-keys")).json()["items"]] == [mine["id"]]
        elsewhere = await member.get("/api-keys", params={"user_id": str(tenant.user_id)})
        assert elsewhere.json()["items"] == []
        problem(await member.get(f"/api-keys/{theirs['id']}"), 404, "not_found")
        problem(await member.delete(f"/api-keys/{theirs['id']}"), 404, "not_found")
        seen = (await owner.get("/api-keys", params={"user_id": str(user_id)})).json()["items"]
        assert [one["id"] for one in seen] == [mine["id"]]
        problem(await owner.post(f"/api-keys/{mine['id']}/rotate", json={}), 404, "not_found")
        as_member = await owner.post("/api-keys", json={**KEY, "service_account_id": str(user_id)})
        problem(as_member, 404, "not_found")
        assert (await owner.delete(f"/api-keys/{mine['id']}")).status_code == 204
        assert await status(lonely_api, mine["key"]) == 401
        unusable = (await owner.get("/api-keys", params={"usable": "false"})).json()["items"]
        assert [one["id"] for one in unusable] == [mine["id"]]


async def test_what_a_leaked_key_has_made_goes_with_it_where_that_is_asked_for(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Any
) -> None:
    async with lonely_api.caller(tenant) as owner:
        leaked, rotated, other = [await made(owner, name=name) for name in ("leaked", "rotated", "other")]
        async with lonely_api.bearing(leaked["key"]) as thief:
            child = await made(thief, name="child")
            got = (await thief.post(f"/api-keys/{rotated['id']}/rotate", json={})).json()
        async with lonely_api.bearing(child["key"]) as thief:
            grandchild = await made(thief, name="grandchild")
        assert (child["known_to"], got["known_to"]) == (leaked["id"], leaked["id"])
        assert (grandchild["known_to"], other["known_to"]) == (child["id"], None)
        keys = {"leaked": leaked, "child": child, "grandchild": grandchild, "rotated": got, "other": other}
        assert (await owner.delete(f"/api-keys/{leaked['id']}")).status_code == 204
        after = {name: await status(lonely_api, key["key"]) for name, key in keys.items()}
        assert after == {"leaked": 401, "child": 200, "grandchild": 200, "rotated": 200, "other": 200}
        assert (await owner.delete(f"/api-keys/{leaked['id']}", params={"known_too": "true"})).status_code == 200
        after = {name: await status(lonely_api, key["key"]) for name, key in keys.items()}
        assert after == {"leaked": 401, "child": 401, "grandchild": 401, "rotated": 401, "other": 200}
    revoked = [target for _, action, target, _ in audited() if action == "api_key.revoke"]
    assert revoked[0] == leaked["id"]
    assert set(revoked[1:]) == {child["id"], grandchild["id"], rotated["id"]}


async def test_whose_text_its_owner_has_got_since_is_no_longer_known_to_a_key(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        leaked = await made(owner)
        async with lonely_api.bearing(leaked["key"]) as thief:
            child = await made(thief)
        again = (await owner.post(f"/api-keys/{child['id']}/rotate", json={"overlap_seconds": 0})).json()
        assert again["known_to"] is None
        assert (await owner.delete(f"/api-keys/{leaked['id']}", params={"known_too": "true"})).status_code == 200
        assert await status(lonely_api, again["key"]) == 200


async def test_what_a_service_account_and_a_key_are_called_is_changed_and_nothing_else(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Any
) -> None:
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(tenant, role="member") as member:
        account = (await owner.post("/service-accounts", json={"name": "deployer", "role": "member"})).json()
        await owner.post("/service-accounts", json={"name": "tester", "role": "viewer"})
        path = f"/service-accounts/{account['id']}"
        changed = (await owner.patch(path, json={"name": "shipper"})).json()
        assert changed == {**account, "name": "shipper", "version": 2}
        assert (await owner.patch(path, json={"name": "shipper"})).json() == changed, "nothing changes, nor the version"
        for name in ("tester", "TESTER"):
            problem(await owner.patch(path, json={"name": name}), 409, "conflict")
        for body in ({"name": None}, {"role": "owner"}, {"name": " a"}):
            problem(await owner.patch(path, json=body), 400, "bad_request")
        problem(await member.patch(path, json={"description": "mine"}), 403, "forbidden")
        key = await made(owner)
        renamed = (await owner.patch(f"/api-keys/{key['id']}", json={"name": "by day"})).json()
        assert (renamed["name"], renamed["version"]) == ("by day", 2)
        assert await status(lonely_api, key["key"]) == 200
        problem(await member.patch(f"/api-keys/{key['id']}", json={"name": "mine"}), 404, "not_found")
        problem(await owner.patch(f"/api-keys/{key['id']}", json={"scopes": ["gateway"]}), 400, "bad_request")
    changes = [(action, detail["before"], detail["after"]) for _, action, _, detail in audited() if "change" in action]
    assert changes[0] == (
        "service_account.change",
        {"name": "deployer", "description": ""},
        {"name": "shipper", "description": ""},
    )
    assert changes[1][0] == "api_key.change"


async def test_a_service_account_calls_with_its_keys_and_dies_with_them(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Any
) -> None:
    async with lonely_api.caller(tenant) as owner:
        answer = await owner.post("/service-accounts", json={"name": "deployer", "role": "member"})
        account = answer.json()
        assert (answer.status_code, account["role"]) == (201, {"id": None, "name": "member"})
        problem(await owner.post("/service-accounts", json={"name": "deployer", "role": "viewer"}), 409, "conflict")
        key = await made(owner, service_account_id=account["id"])
        assert key["user_id"] == account["id"]
        assert await status(lonely_api, key["key"]) == 200
        assert await status(lonely_api, key["key"], "/breakers") == 403
        assert (await owner.get(f"/service-accounts/{account['id']}")).json()["keys"] == 1
        assert (await owner.delete(f"/service-accounts/{account['id']}", headers={"If-Match": '"1"'})).is_success
        assert await status(lonely_api, key["key"]) == 401
        problem(await owner.get(f"/service-accounts/{account['id']}"), 404, "not_found")
        assert (await owner.get("/service-accounts")).json()["items"] == []
    actions = [action for _, action, _, _ in audited()]
    assert actions == ["service_account.create", "api_key.create", "service_account.delete"]


async def test_nobody_makes_a_service_account_that_may_do_more_than_they(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(tenant, role="admin") as admin:
        problem(await admin.post("/service-accounts", json={"name": "x", "role": "owner"}), 403, "forbidden")
        strong = (await owner.post("/service-accounts", json={"name": "strong", "role": "owner"})).json()
        problem(await admin.post("/api-keys", json={**KEY, "service_account_id": strong["id"]}), 403, "forbidden")
        problem(await admin.delete(f"/service-accounts/{strong['id']}"), 403, "forbidden")
        weak = await made(admin, service_account_id=strong["id"], permissions=["runs:read"])
        assert weak["permissions"] == ["runs:read"]


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"scopes": []}, "/body/scopes"),
        ({"scopes": ["all"]}, "/body/scopes/0"),
        ({"scopes": ["api", "api"]}, "/body/scopes"),
        ({"expires_at": 1796000000}, "/body/expires_at"),
        ({"expires_at": "1796000000"}, "/body/expires_at"),
        ({"expires_at": "2027-01-31"}, "/body/expires_at"),
        ({"permissions": ["runs:read", "runs:read"]}, "/body/permissions"),
        ({"permissions": []}, "/body/permissions"),
        ({"permissions": ["x"]}, "/body/permissions/0"),
        ({"role": "boss"}, "/body/role"),
        ({"role": "member", "permissions": ["runs:read"]}, "/body"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/body/expires_at"),
        ({"expires_at": "2040-01-01T00:00:00"}, "/body/expires_at"),
        ({"name": ""}, "/body/name"),
        ({"hash": "x"}, "/body/hash"),
    ],
    ids=str,
)
async def test_what_is_no_key_is_refused_with_its_place(
    lonely_api: ApiInProcess, tenant: Tenant, wanted: dict[str, Any], pointer: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        before = (await owner.get("/api-keys")).json()
        answer = await owner.post("/api-keys", json={**KEY, **wanted})
        assert problem(answer, 400, "bad_request")["errors"][0]["pointer"] == pointer
        assert (await owner.get("/api-keys")).json() == before


async def test_a_narrow_key_rules_no_wider_one(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    """It neither revokes nor renames nor rotates what may do more than itself, of its own member either."""
    ruling = ["api_keys:read", "api_keys:write"]
    async with lonely_api.caller(tenant) as owner:
        wide, gateway = await made(owner), await made(owner, scopes=["gateway"], permissions=["api_keys:read"])
        same = await made(owner, permissions=ruling)
        narrow = await made(owner, permissions=ruling)
        async with lonely_api.bearing(narrow["key"]) as client:
            for other in (wide, gateway):
                place = f"/api-keys/{other['id']}"
                problem(await client.delete(place), 403, "forbidden")
                problem(await client.patch(place, json={"name": "mine"}), 403, "forbidden")
                problem(await client.post(f"{place}/rotate", json={}), 403, "forbidden")
            assert (await client.patch(f"/api-keys/{same['id']}", json={"name": "mine"})).status_code == 200
            assert (await client.delete(f"/api-keys/{same['id']}")).status_code == 204
            assert (await client.delete(f"/api-keys/{narrow['id']}")).status_code == 204
        assert (await owner.get(f"/api-keys/{wide['id']}")).json()["revoked_at"] is None
        assert (await owner.delete(f"/api-keys/{gateway['id']}")).status_code == 204


async def test_an_administrator_revokes_no_key_that_may_do_more(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(tenant, role="admin") as admin:
        whole, part = await made(owner), await made(owner, permissions=["runs:read"])
        assert "tenant:write" in problem(await admin.delete(f"/api-keys/{whole['id']}"), 403, "forbidden")["detail"]
        assert (await admin.delete(f"/api-keys/{part['id']}")).status_code == 204


async def test_a_text_that_was_rotated_away_ends_with_its_key_at_the_latest(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        end = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
        key = await made(owner, expires_at=end.isoformat())
        week = {"overlap_seconds": 604_800}
        rotated = (await owner.post(f"/api-keys/{key['id']}/rotate", json=week)).json()
        assert datetime.fromisoformat(rotated["previous_valid_until"]) == end
        assert [await status(lonely_api, one["key"]) for one in (key, rotated)] == [200, 200]
        with scratch.superuser() as connection:
            connection.execute("UPDATE api_keys SET expires_at = now() WHERE api_key_id = %s", [key["id"]])
        assert [await status(lonely_api, one["key"]) for one in (key, rotated)] == [401, 401]
        assert (await owner.get(f"/api-keys/{key['id']}")).json()["previous_valid_until"] is None
        over = problem(await owner.post(f"/api-keys/{key['id']}/rotate", json=week), 409, "conflict")
        assert "has expired" in over["detail"]


async def test_what_a_key_does_not_permit_is_told_of_the_key_and_its_members_role(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = await made(owner, permissions=["runs:write"])
    async with lonely_api.bearing(key["key"]) as narrow:
        told = problem(await narrow.get("/runs"), 403, "forbidden")
    reason = "this key, of a member with the role owner, does not have the permission runs:read"
    assert told["detail"] == reason
