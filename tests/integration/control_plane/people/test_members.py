"""Members: invited, taken in once, given roles, removed at once; a tenant keeps an owner whatever happens at once."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.tags import version_of
from foundation.domain.ids import new_uuid


async def invited(client: httpx.AsyncClient, email: str, role: str = "member") -> dict[str, Any]:
    answer = await client.post("/invitations", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def accepted(api: ApiInProcess, subject: str, email: str | None, token: str) -> httpx.Response:
    async with api.person(subject, email=email) as person:
        return await person.post("/invitations/accept", json={"token": token})


def somebody() -> tuple[str, str]:
    subject = f"s-{new_uuid()}"
    return subject, f"{subject}@example.com"


async def test_whoever_is_invited_becomes_a_member_once(lonely_api: ApiInProcess, tenant: Tenant, audited: Any) -> None:
    subject, email = somebody()
    async with lonely_api.caller(tenant) as owner:
        invitation = await invited(owner, email.upper())
        assert invitation["email"] == email
        read = (await owner.get(f"/invitations/{invitation['id']}")).json()
        assert "token" not in read
        assert read["status"] == "pending"
        answers = await asyncio.gather(*(accepted(lonely_api, subject, email, invitation["token"]) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        for answer in answers:
            if answer.status_code == 409:
                told = problem(answer, 409, "conflict")
                assert told["detail"] == "you are a member of this tenant already"
                assert "active-tenant" in told["remedy"]
        [won] = [answer.json() for answer in answers if answer.status_code == 200]
        assert won["tenant_id"] == str(tenant.tenant_id)
        listed = (await owner.get("/members", params={"email": email})).json()["items"]
        assert [(one["user_id"], one["role"]["name"], one["kind"]) for one in listed] == [
            (won["user_id"], "member", "person")
        ]
        done = (await owner.get("/invitations", params={"status": "accepted"})).json()["items"]
        assert [one["accepted_by"] for one in done] == [won["user_id"]]
        problem(await owner.delete(f"/invitations/{invitation['id']}"), 409, "conflict")
        text = (await owner.get("/invitations")).text + str(audited())
        assert invitation["token"] not in text
    async with lonely_api.person(subject, tenant_id=tenant.tenant_id) as member:
        assert (await member.get("/runs")).status_code == 200
    assert [action for _, action, _, _ in audited()] == ["invitation.create", "invitation.accept"]


async def test_a_token_is_for_the_verified_address_alone(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    subject, email = somebody()
    other = somebody()
    async with lonely_api.caller(tenant) as owner:
        invitation = await invited(owner, email)
        problem(await accepted(lonely_api, *other, invitation["token"]), 404, "not_found")
        problem(await accepted(lonely_api, subject, None, invitation["token"]), 403, "forbidden")
        forged = invitation["token"][:-4] + "AAAA"
        problem(await accepted(lonely_api, subject, email, forged), 404, "not_found")
        problem(await accepted(lonely_api, subject, email, "lsi_no"), 404, "not_found")
        problem(await owner.post("/invitations", json={"email": email, "role": "viewer"}), 409, "conflict")
        assert (await owner.delete(f"/invitations/{invitation['id']}")).status_code == 204
        problem(await accepted(lonely_api, subject, email, invitation["token"]), 409, "conflict")
        again = await invited(owner, email, "viewer")
        assert (await accepted(lonely_api, subject, email, again["token"])).status_code == 200


async def test_an_invitation_that_has_expired_opens_nothing_and_makes_room(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    subject, email = somebody()
    async with lonely_api.caller(tenant) as owner:
        invitation = await invited(owner, email)
        with scratch.superuser() as connection:
            connection.execute("UPDATE invitations SET expires_at = now() WHERE invitation_id = %s", [invitation["id"]])
        problem(await accepted(lonely_api, subject, email, invitation["token"]), 409, "conflict")
        assert (await owner.get("/invitations", params={"status": "expired"})).json()["items"] != []
        await invited(owner, email)


async def test_nobody_invites_or_makes_who_may_do_more_than_they(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    user_id = lonely_api.member(tenant, role="viewer")
    async with lonely_api.caller(tenant, role="admin") as admin, lonely_api.caller(tenant) as owner:
        body = {"email": somebody()[1], "role": "owner"}
        problem(await admin.post("/invitations", json=body), 403, "forbidden")
        problem(await admin.patch(f"/members/{user_id}", json={"role": "owner"}), 403, "forbidden")
        problem(await admin.patch(f"/members/{tenant.user_id}", json={"role": "viewer"}), 403, "forbidden")
        problem(await admin.delete(f"/members/{tenant.user_id}"), 403, "forbidden")
        made = await admin.patch(f"/members/{user_id}", json={"role": "admin"}, headers={"If-Match": '"1"'})
        assert (made.status_code, version_of(made), made.json()["role"]["name"]) == (200, '"2"', "admin")
        stale = await owner.patch(f"/members/{user_id}", json={"role": "viewer"}, headers={"If-Match": '"1"'})
        problem(stale, 412, "version_mismatch")
        unknown = problem(await owner.patch(f"/members/{user_id}", json={"role": str(user_id)}), 400, "bad_request")
        assert unknown["errors"][0]["pointer"] == "/body/role"


async def test_a_role_of_the_tenant_s_own_is_given_and_kept_while_somebody_is_invited_to_it(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    subject, email = somebody()
    async with lonely_api.caller(tenant) as owner:
        role = (await owner.post("/roles", json={"name": "auditor", "permissions": ["usage:read"]})).json()
        invitation = await invited(owner, email, role["id"])
        in_use = problem(await owner.delete(f"/roles/{role['id']}"), 409, "conflict")
        assert in_use["detail"] == "somebody is invited to this role"
        taken = (await accepted(lonely_api, subject, email, invitation["token"])).json()
        assert taken["role"] == {"id": role["id"], "name": "auditor"}
        listed = (await owner.get("/members", params={"role": role["id"]})).json()["items"]
        assert [one["user_id"] for one in listed] == [taken["user_id"]]
        assert (await owner.patch(f"/members/{taken['user_id']}", json={"role": "viewer"})).status_code == 200
        assert (await owner.delete(f"/roles/{role['id']}")).status_code == 204


async def test_whoever_is_removed_is_refused_at_once_with_all_their_keys(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Any
) -> None:
    user_id = lonely_api.member(tenant, role="member")
    async with lonely_api.as_user(tenant, user_id) as member, lonely_api.caller(tenant) as owner:
        key = (await member.post("/api-keys", json={"name": "mine", "scopes": ["api"]})).json()["key"]
        assert (await owner.delete(f"/members/{user_id}")).status_code == 204
        problem(await member.get("/runs"), 403, "not_a_member")
        async with lonely_api.bearing(key) as client:
            problem(await client.get("/runs"), 401, "unauthenticated")
        problem(await owner.delete(f"/members/{user_id}"), 404, "not_found")
    assert audited()[-1][1] == "member.remove"


async def act(api: ApiInProcess, tenant: Tenant, how: str, user_id: UUID, target: UUID) -> httpx.Response:
    async with api.as_user(tenant, user_id) as client:
        if how == "leave":
            return await client.delete(f"/users/me/tenants/{tenant.tenant_id}")
        if how == "demote":
            return await client.patch(f"/members/{target}", json={"role": "viewer"})
        return await client.delete(f"/members/{target}")


@pytest.mark.parametrize("how", ["leave", "demote", "remove"])
async def test_the_last_owner_neither_leaves_nor_is_demoted_or_removed(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, how: str
) -> None:
    """Several owners go at once, each by themselves or by the hand of the next one: one of them stays."""
    owners = [tenant.user_id, *(lonely_api.member(tenant, role="owner") for _ in range(3))]
    targets = owners if how == "leave" else [*owners[1:], owners[0]]
    answers = await asyncio.gather(
        *(act(lonely_api, tenant, how, user, target) for user, target in zip(owners, targets, strict=True))
    )
    with scratch.superuser() as connection:
        query = "SELECT count(*) FROM memberships WHERE tenant_id = %s AND role = 'owner'"
        [(left,)] = connection.execute(query, [tenant.tenant_id]).fetchall()
    assert int(str(left)) >= 1
    assert {answer.status_code for answer in answers} <= {200, 204, 401, 403, 404, 409}
    if how == "leave":
        assert sorted(answer.status_code for answer in answers) == [204, 204, 204, 409]


async def test_an_owner_alone_is_told_to_make_another_one_first(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    for how in ("leave", "demote", "remove"):
        refused = problem(await act(lonely_api, tenant, how, tenant.user_id, tenant.user_id), 409, "conflict")
        assert refused["detail"] == "this is the tenant's last owner"


async def test_members_are_listed_in_pages_newest_first(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    made = [str(lonely_api.member(tenant, role="viewer")) for _ in range(3)]
    async with lonely_api.caller(tenant) as owner:
        first = (await owner.get("/members", params={"limit": 2})).json()
        second = (await owner.get("/members", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        seen = [one["user_id"] for one in first["items"] + second["items"]]
        assert seen == [*reversed(made), str(tenant.user_id)]
        viewers = (await owner.get("/members", params={"role": "viewer"})).json()["items"]
        assert len(viewers) == 3


async def test_nobody_keeps_a_way_back_in_their_own_invitation(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Any
) -> None:
    subject, email = somebody()
    async with lonely_api.caller(tenant) as owner:
        await accepted(lonely_api, subject, email, (await invited(owner, email, "admin"))["token"])
        [member] = (await owner.get("/members", params={"email": email})).json()["items"]
        async with lonely_api.person(subject, tenant_id=tenant.tenant_id) as admin:
            again = problem(
                await admin.post("/invitations", json={"email": email.upper(), "role": "admin"}), 409, "conflict"
            )
            assert (again["detail"], member["user_id"] in again["remedy"]) == (f"{email} is a member already", True)
            other = somebody()
            open_one = await invited(admin, other[1], "admin")
        assert (await owner.delete(f"/members/{member['user_id']}")).status_code == 204
        assert (await owner.get(f"/invitations/{open_one['id']}")).json()["status"] == "revoked"
        problem(await accepted(lonely_api, *other, open_one["token"]), 409, "conflict")
    assert audited()[-1][3]["invitations_revoked"] == 1


@pytest.mark.parametrize("how", ["removed", "left", "removed account", "demoted", "role narrowed"])
async def test_an_invitation_is_as_good_as_what_its_maker_may_do(
    lonely_api: ApiInProcess, tenant: Tenant, how: str
) -> None:
    subject, email = somebody()
    async with lonely_api.caller(tenant) as owner:
        wide = {"name": "inviter", "permissions": ["members:read", "members:write", "usage:read"]}
        role = (await owner.post("/roles", json=wide)).json()
        small = (await owner.post("/roles", json={"name": "small", "permissions": ["usage:read"]})).json()
        if how == "removed account":
            account = (await owner.post("/service-accounts", json={"name": "bot", "role": role["id"]})).json()
            wanted = {"name": "k", "scopes": ["api"], "service_account_id": account["id"]}
            key = (await owner.post("/api-keys", json=wanted)).json()["key"]
            async with lonely_api.bearing(key) as bot:
                invitation = await invited(bot, email, small["id"])
            assert (await owner.delete(f"/service-accounts/{account['id']}")).is_success
        else:
            user_id = lonely_api.member(tenant, role="viewer")
            assert (await owner.patch(f"/members/{user_id}", json={"role": role["id"]})).is_success
            async with lonely_api.as_user(tenant, user_id) as inviter:
                invitation = await invited(inviter, email, small["id"])
                if how == "left":
                    assert (await inviter.delete(f"/users/me/tenants/{tenant.tenant_id}")).is_success
            match how:
                case "removed":
                    assert (await owner.delete(f"/members/{user_id}")).is_success
                case "demoted":
                    other = (await owner.post("/roles", json={"name": "o", "permissions": ["members:write"]})).json()
                    assert (await owner.patch(f"/members/{user_id}", json={"role": other["id"]})).is_success
                case "role narrowed":
                    narrow = {**wide, "permissions": ["members:read", "members:write"]}
                    assert (await owner.put(f"/roles/{role['id']}", json=narrow)).is_success
        answer = await accepted(lonely_api, subject, email, invitation["token"])
        problem(answer, 409, "conflict")
        assert (await owner.get("/members", params={"email": email})).json()["items"] == []
