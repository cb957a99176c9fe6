"""What was made with a key that has leaked acts no longer, through whatever it was made, and whoever asks is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.ids import new_uuid

KEY = {"name": "leaked", "scopes": ["api"]}
LEAKED = {"known_too": "true"}
URL = "https://sink.example.com/events"


async def made(client: httpx.AsyncClient, path: str, **wanted: Any) -> dict[str, Any]:
    answer = await client.post(path, json=wanted)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def everything(client: httpx.AsyncClient, task_id: str, name: str) -> dict[str, dict[str, Any]]:
    """One of all that lasts and acts, by the word of its kind."""
    return {
        "invitation": await made(client, "/invitations", email=f"{name}-{new_uuid()}@example.com", role="admin"),
        "webhook": await made(client, "/webhooks", name=name, url=URL, events=["run.*"]),
        "schedule": await made(client, "/schedules", name=name, task_id=task_id, every_seconds=3600),
        "trigger": await made(client, "/triggers", name=name, task_id=task_id),
        "service_account": await made(client, "/service-accounts", name=name, role="member"),
    }


async def a_task(client: httpx.AsyncClient) -> str:
    return str((await made(client, "/tasks", name=f"t-{new_uuid()}", steps=[{"name": "a", "kind": "noop"}]))["id"])


async def revoked(client: httpx.AsyncClient, key: dict[str, Any]) -> dict[tuple[str, str], str]:
    """What the answer says of each thing, by its kind and id."""
    answer = await client.delete(f"/api-keys/{key['id']}", params=LEAKED)
    assert answer.status_code == 200, answer.text
    return {(one["kind"], one["id"]): one["outcome"] for one in answer.json()["items"]}


def told(things: dict[str, dict[str, Any]]) -> dict[tuple[str, str], str]:
    outcomes = {"invitation": "revoked", "service_account": "removed"}
    return {(kind, thing["id"]): outcomes.get(kind, "paused") for kind, thing in things.items()}


async def test_what_a_leaked_key_made_acts_no_longer(lonely_api: ApiInProcess, tenant: Tenant, audited: Any) -> None:
    async with lonely_api.caller(tenant) as owner:
        task_id = await a_task(owner)
        leaked = await made(owner, "/api-keys", **KEY)
        own = await everything(owner, task_id, "own")
        async with lonely_api.bearing(leaked["key"]) as thief:
            first = await everything(thief, task_id, "first")
            assert {thing["by_key"] for thing in first.values()} == {leaked["id"]}
            account = first["service_account"]["id"]
            hers = await made(thief, "/api-keys", **{**KEY, "service_account_id": account})
        # It goes with its account, although its owner has taken it.
        hers = await rotated(owner, hers)
        # Deeper than keys of keys: made by a service account that the key has made.
        with_admins = await made(owner, "/service-accounts", name="boss", role="admin")
        async with lonely_api.bearing(leaked["key"]) as thief:
            boss = await made(thief, "/api-keys", **{**KEY, "service_account_id": with_admins["id"]})
        async with lonely_api.bearing(hers["key"]) as robot:
            deep = await made(robot, "/schedules", name="deep", task_id=task_id, every_seconds=3600)
        async with lonely_api.bearing(boss["key"]) as robot:
            second = await everything(robot, task_id, "second")
        assert {thing["by_key"] for thing in own.values()} == {None}
        outcomes = await revoked(owner, leaked)
        assert outcomes == {
            **{("api_key", key["id"]): "revoked" for key in (leaked, hers, boss)},
            **told(first),
            **told(second),
            ("schedule", deep["id"]): "paused",
        }
        for things in (first, second):
            assert (await owner.get(f"/invitations/{things['invitation']['id']}")).json()["status"] == "revoked"
            assert (await owner.get(f"/webhooks/{things['webhook']['id']}")).json()["status"] == "paused"
            schedule = (await owner.get(f"/schedules/{things['schedule']['id']}")).json()
            assert (schedule["paused"], schedule["next_at"]) == (True, None)
            assert (await owner.get(f"/triggers/{things['trigger']['id']}")).json()["paused"] is True
            problem(await owner.get(f"/service-accounts/{things['service_account']['id']}"), 404, "not_found")
        assert (await owner.get(f"/service-accounts/{with_admins['id']}")).status_code == 200
        assert (await owner.get(f"/invitations/{own['invitation']['id']}")).json()["status"] == "pending"
        assert (await owner.get(f"/webhooks/{own['webhook']['id']}")).json()["status"] == "active"
        for kind in ("schedules", "triggers"):
            assert (await owner.get(f"/{kind}/{own[kind[:-1]]['id']}")).json()["paused"] is False
        # Asked again, nothing is left to be ended.
        assert await revoked(owner, leaked) == {}
    because = {row[2] for row in audited() if row[3].get("made_with_leaked_key") == leaked["id"]}
    assert because == {thing_id for kind, thing_id in outcomes if kind != "api_key"}


async def test_what_was_made_goes_also_of_a_key_that_was_revoked_without_it(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        leaked = await made(owner, "/api-keys", **KEY)
        async with lonely_api.bearing(leaked["key"]) as thief:
            things = await everything(thief, await a_task(owner), "late")
        assert (await owner.delete(f"/api-keys/{leaked['id']}")).status_code == 204
        assert (await owner.get(f"/webhooks/{things['webhook']['id']}")).json()["status"] == "active"
        assert await revoked(owner, leaked) == told(things)


async def test_what_its_owner_has_taken_over_since_goes_on(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    """Somebody else says where it sends, vouches for it, or has its secret."""
    async with lonely_api.caller(tenant) as owner:
        leaked = await made(owner, "/api-keys", **KEY)
        task_id = await a_task(owner)
        async with lonely_api.bearing(leaked["key"]) as thief:
            things = await everything(thief, task_id, "taken")
        webhook, schedule = f"/webhooks/{things['webhook']['id']}", f"/schedules/{things['schedule']['id']}"
        renamed = await owner.patch(webhook, json={"name": "renamed"})
        assert renamed.json()["by_key"] == leaked["id"], "it still sends where the key said"
        assert (await owner.patch(webhook, json={"url": f"{URL}/ours"})).json()["by_key"] is None
        assert (await owner.patch(schedule, json={"name": "ours"})).json()["by_key"] is None
        trigger = f"/triggers/{things['trigger']['id']}"
        assert (await owner.patch(trigger, json={"name": "ours"})).json()["by_key"] == leaked["id"]
        assert (await owner.post(f"{trigger}/rotate-secret", json={})).json()["by_key"] is None
        outcomes = await revoked(owner, leaked)
        assert {kind for kind, _ in outcomes} == {"api_key", "invitation", "service_account", "webhook"}
        assert outcomes["webhook", things["webhook"]["id"]] == "stays", "its secret is still what the key was shown"
        assert (await owner.get(webhook)).json()["status"] == "active"
        assert (await owner.post(f"{webhook}/rotate-secret", json={})).status_code == 200
        assert await revoked(owner, leaked) == {}


async def test_what_a_key_has_turned_to_itself_goes_with_it(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        leaked = await made(owner, "/api-keys", **KEY)
        own = await everything(owner, await a_task(owner), "turned")
        async with lonely_api.bearing(leaked["key"]) as thief:
            await thief.patch(f"/webhooks/{own['webhook']['id']}", json={"url": f"{URL}/theirs"})
            await thief.patch(f"/schedules/{own['schedule']['id']}", json={"name": "theirs"})
            await thief.post(f"/triggers/{own['trigger']['id']}/rotate-secret", json={})
        ended = {kind: thing for kind, thing in own.items() if kind in ("webhook", "schedule", "trigger")}
        assert await revoked(owner, leaked) == {("api_key", leaked["id"]): "revoked", **told(ended)}


async def test_who_came_by_an_invitation_of_a_leaked_key_is_told_and_stays(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        leaked = await made(owner, "/api-keys", **KEY)
        email = f"{new_uuid()}@example.com"
        async with lonely_api.bearing(leaked["key"]) as thief:
            invitation = await made(thief, "/invitations", email=email, role="member")
        async with lonely_api.person(f"s-{new_uuid()}", email=email) as person:
            taken = (await person.post("/invitations/accept", json={"token": invitation["token"]})).json()
        answer = await owner.delete(f"/api-keys/{leaked['id']}", params=LEAKED)
        [member] = [one for one in answer.json()["items"] if one["kind"] == "member"]
        assert member == {"kind": "member", "id": taken["user_id"], "name": email, "outcome": "stays"}
        assert (await owner.delete(f"/members/{taken['user_id']}")).status_code == 204
        assert await revoked(owner, leaked) == {}


@pytest.mark.parametrize("role", ["member", "admin"])
async def test_whoever_may_not_remove_what_their_key_made_is_told_that_it_stays(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, role: str
) -> None:
    """Of somebody whose role is less now than when the key was used."""
    user_id = lonely_api.member(tenant, role="admin")
    async with lonely_api.as_user(tenant, user_id) as person:
        leaked = await made(person, "/api-keys", **KEY)
        async with lonely_api.bearing(leaked["key"]) as thief:
            account = await made(thief, "/service-accounts", name="robot", role="member")
            child = await made(thief, "/api-keys", **{**KEY, "service_account_id": account["id"]})
        with scratch.superuser() as connection:
            connection.execute("UPDATE memberships SET role = %s WHERE user_id = %s", [role, user_id])
        outcomes = await revoked(person, leaked)
        ended = role == "admin"
        assert outcomes == {
            ("api_key", leaked["id"]): "revoked",
            ("api_key", child["id"]): "revoked" if ended else "stays",
            ("service_account", account["id"]): "removed" if ended else "stays",
        }
    async with lonely_api.bearing(child["key"]) as robot:
        assert (await robot.get("/runs")).status_code == (401 if ended else 200)


async def test_a_neighbour_s_things_stay_whatever_key_they_name(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(Tenant().create(scratch)) as neighbour:
        leaked = await made(owner, "/api-keys", **KEY)
        theirs = await made(neighbour, "/webhooks", name="theirs", url=URL, events=["run.*"])
        with scratch.superuser() as connection:
            connection.execute("UPDATE webhooks SET by_key = %s WHERE webhook_id = %s", [leaked["id"], theirs["id"]])
        assert await revoked(owner, leaked) == {("api_key", leaked["id"]): "revoked"}
        assert (await neighbour.get(f"/webhooks/{theirs['id']}")).json()["status"] == "active"


async def rotated(client: httpx.AsyncClient, key: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    answer = await client.post(f"/api-keys/{key['id']}/rotate", json=wanted)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def opens(api: ApiInProcess, *keys: dict[str, Any]) -> list[int]:
    statuses = []
    for key in keys:
        async with api.bearing(key["key"]) as program:
            statuses.append((await program.get("/runs")).status_code)
    return statuses


@pytest.mark.parametrize("by", ["person", "key"])
async def test_a_text_that_an_overlap_keeps_alive_ends_with_the_key_that_knew_it(
    lonely_api: ApiInProcess, tenant: Tenant, by: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        leaked, other = await made(owner, "/api-keys", **KEY), await made(owner, "/api-keys", **KEY)
        async with lonely_api.bearing(leaked["key"]) as thief:
            child = await made(thief, "/api-keys", **KEY)
        if by == "person":
            again = await rotated(owner, child, overlap_seconds=86400)
        else:
            async with lonely_api.bearing(other["key"]) as program:
                again = await rotated(program, child, overlap_seconds=86400)
        assert again["known_to"] == (None if by == "person" else other["id"])
        assert await opens(lonely_api, child, again) == [200, 200]
        outcomes = await revoked(owner, leaked)
        assert outcomes == {("api_key", key["id"]): "revoked" for key in (leaked, child)}
        assert await opens(lonely_api, child, again, other) == [401, 401, 200]


async def test_nor_does_who_knew_it_renew_it_in_the_overlap(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    """By the text of before a key that ends with it rotates itself, and who knew that one has the next."""
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    async with lonely_api.caller(tenant) as owner:
        leaked = await made(owner, "/api-keys", **KEY)
        async with lonely_api.bearing(leaked["key"]) as thief:
            child = await made(thief, "/api-keys", **KEY, expires_at=soon)
        await rotated(owner, child, overlap_seconds=86400)
        async with lonely_api.bearing(child["key"]) as thief:
            renewed = await rotated(thief, child, end_overlap=True)
        outcomes = await revoked(owner, leaked)
        assert outcomes == {("api_key", key["id"]): "revoked" for key in (leaked, child)}
        assert await opens(lonely_api, renewed) == [401]


async def test_what_was_made_with_a_key_while_its_text_was_known_goes_and_the_key_stays(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        leaked, own = await made(owner, "/api-keys", **KEY), await made(owner, "/api-keys", **KEY)
        task_id = await a_task(owner)
        async with lonely_api.bearing(leaked["key"]) as thief:
            taken = await rotated(thief, own)
        async with lonely_api.bearing(taken["key"]) as thief:
            deep = await made(thief, "/api-keys", **KEY)
            schedule = await made(thief, "/schedules", name="deep", task_id=task_id, every_seconds=3600)
        back = await rotated(owner, own)
        # Rotated by itself since, nobody else has had its text.
        async with lonely_api.bearing(back["key"]) as program:
            back = await rotated(program, own)
        outcomes = await revoked(owner, leaked)
        assert outcomes == {
            ("api_key", leaked["id"]): "revoked",
            ("api_key", deep["id"]): "revoked",
            ("api_key", own["id"]): "stays",
            ("schedule", schedule["id"]): "paused",
        }
        assert await opens(lonely_api, deep, back) == [401, 200]


async def test_a_secret_that_an_overlap_keeps_alive_is_known_to_the_key_that_was_shown_it(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        leaked = await made(owner, "/api-keys", **KEY)
        own = await everything(owner, await a_task(owner), "overlap")
        webhook, trigger = f"/webhooks/{own['webhook']['id']}", f"/triggers/{own['trigger']['id']}"
        async with lonely_api.bearing(leaked["key"]) as thief:
            for path in (webhook, trigger):
                assert (await thief.post(f"{path}/rotate-secret", json={})).status_code == 200
        for path in (webhook, trigger):
            assert (await owner.post(f"{path}/rotate-secret", json={"overlap_seconds": 3600})).status_code == 200
        assert await revoked(owner, leaked) == {
            ("api_key", leaked["id"]): "revoked",
            ("webhook", own["webhook"]["id"]): "stays",
            ("trigger", own["trigger"]["id"]): "paused",
        }
        assert (await owner.get(trigger)).json()["paused"] is True
        ended = await owner.post(f"{webhook}/rotate-secret", json={"overlap_seconds": 0, "end_overlap": True})
        assert ended.status_code == 200, ended.text
        assert await revoked(owner, leaked) == {}


@pytest.mark.parametrize("role", ["owner", "admin"])
async def test_a_deletion_that_a_leaked_key_has_set_is_cancelled_and_its_switch_is_told(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, audited: Any, role: str
) -> None:
    """By whoever may cancel it; of an owner who is an admin now it stays."""
    here = f"/tenants/{tenant.tenant_id}"
    user_id = lonely_api.member(tenant, role="owner")
    async with lonely_api.caller(tenant) as owner, lonely_api.as_user(tenant, user_id) as person:
        leaked = await made(person, "/api-keys", **KEY)
        name = (await owner.get(here)).json()["name"]
        async with lonely_api.bearing(leaked["key"]) as thief:
            engaged = await thief.put("/kill-switch", json={"engaged": True, "reason": "for fun"})
            assert engaged.status_code == 200, engaged.text
            asked = await thief.delete(here, params={"confirm": name})
            assert asked.status_code == 202, asked.text
        with scratch.superuser() as connection:
            connection.execute("UPDATE memberships SET role = %s WHERE user_id = %s", [role, user_id])
            connection.execute("UPDATE api_keys SET permissions = '{runs:read}' WHERE user_id = %s", [user_id])
        may = role == "owner"
        assert await revoked(person, leaked) == {
            ("api_key", leaked["id"]): "revoked",
            ("tenant_deletion", asked.json()["id"]): "cancelled" if may else "stays",
            ("kill_switch", str(tenant.tenant_id)): "stays",
        }
        assert (await owner.get(f"{here}/deletion")).json()["status"] == ("cancelled" if may else "scheduled")
    details = [row[3] for row in audited() if row[1] == "tenant.delete_cancel"]
    assert [one["made_with_leaked_key"] for one in details] == ([leaked["id"]] if may else [])


async def test_roles_that_a_leaked_key_has_given_or_changed_are_told_until_somebody_decides(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    raised = lonely_api.member(tenant, role="viewer")
    async with lonely_api.caller(tenant) as owner:
        leaked = await made(owner, "/api-keys", **KEY)
        role = await made(owner, "/roles", name="readers", permissions=["runs:read"])
        wider = {"name": "readers", "description": "", "permissions": ["runs:read", "runs:write"]}
        async with lonely_api.bearing(leaked["key"]) as thief:
            assert (await thief.patch(f"/members/{raised}", json={"role": "admin"})).status_code == 200
            changed = await thief.put(f"/roles/{role['id']}", json=wider)
            assert changed.status_code == 200, changed.text
        told_now = {("member", str(raised)): "stays", ("role", role["id"]): "stays"}
        assert await revoked(owner, leaked) == {("api_key", leaked["id"]): "revoked", **told_now}
        assert await revoked(owner, leaked) == told_now
        assert (await owner.patch(f"/members/{raised}", json={"role": "viewer"})).status_code == 200
        assert (await owner.put(f"/roles/{role['id']}", json={**wider, "permissions": ["runs:read"]})).is_success
        assert await revoked(owner, leaked) == {}
