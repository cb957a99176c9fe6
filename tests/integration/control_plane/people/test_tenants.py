"""Tenants: made by operators for an owner, described by them, suspended and restored; and who is signed in."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.tags import version_of
from foundation.domain.ids import TenantId, new_uuid


async def made(api: ApiInProcess, email: str, **wanted: Any) -> dict[str, Any]:
    async with api.operator() as operator:
        answer = await operator.post("/tenants", json={"name": "Example AG", "owner_email": email, **wanted})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def signed_in(api: ApiInProcess, subject: str, tenant_id: str | None = None) -> httpx.AsyncClient:
    own = None if tenant_id is None else TenantId(UUID(tenant_id))
    return api.person(subject, email=f"{subject}@example.com", tenant_id=own)


async def owned(api: ApiInProcess, subject: str, **wanted: Any) -> str:
    """A tenant that the person has taken over; its id."""
    new = await made(api, f"{subject}@example.com", **wanted)
    async with signed_in(api, subject) as person:
        taken = await person.post("/invitations/accept", json={"token": new["invitation"]["token"]})
    assert taken.status_code == 200, taken.text
    return str(new["tenant"]["id"])


async def test_an_operator_makes_a_tenant_and_its_owner_takes_it_over(
    lonely_api: ApiInProcess, platform_acts: Any
) -> None:
    subject = f"s-{new_uuid()}"
    tenant_id = await owned(lonely_api, subject, time_zone="Europe/Berlin", contact_email="ops@example.com")
    async with signed_in(lonely_api, subject, tenant_id) as owner:
        read = await owner.get(f"/tenants/{tenant_id}")
        assert (read.json()["time_zone"], read.json()["contact_email"]) == ("Europe/Berlin", "ops@example.com")
        stale = await owner.patch(f"/tenants/{tenant_id}", json={"name": "B"}, headers={"If-Match": '"7"'})
        problem(stale, 412, "version_mismatch")
        changed = await owner.patch(f"/tenants/{tenant_id}", json={"name": "B", "contact_email": None})
        assert (changed.json()["name"], changed.json()["contact_email"]) == ("B", None)
        assert changed.json()["time_zone"] == "Europe/Berlin"
        assert version_of(await owner.get(f"/tenants/{tenant_id}")) == '"2"'
    [(actor, action, detail)] = platform_acts(tenant_id)
    assert (actor, action, list(detail)) == ("operator:the-operator", "tenant.create", ["invitation_id"])


async def test_an_owner_whose_invitation_was_lost_is_invited_anew_until_one_is_accepted(
    lonely_api: ApiInProcess, platform_acts: Any
) -> None:
    subject = f"s-{new_uuid()}"
    new = await made(lonely_api, f"{subject}@example.com")
    tenant_id, lost = new["tenant"]["id"], new["invitation"]
    path = f"/tenants/{tenant_id}/owner-invitation"
    async with lonely_api.operator() as operator, signed_in(lonely_api, subject) as person:
        again = await operator.post(path)
        assert (again.status_code, again.headers["cache-control"]) == (200, "no-store")
        invitation = again.json()
        assert (invitation["email"], invitation["role"]) == (lost["email"], lost["role"])
        void = await person.post("/invitations/accept", json={"token": lost["token"]})
        problem(void, 409, "conflict")
        taken = await person.post("/invitations/accept", json={"token": invitation["token"]})
        assert taken.status_code == 200, taken.text
        problem(await operator.post(path), 409, "conflict")
        problem(await operator.post(f"/tenants/{new_uuid()}/owner-invitation"), 404, "not_found")
    async with signed_in(lonely_api, subject, tenant_id) as owner:
        problem(await owner.post(path), 403, "forbidden")
        acts = [one["action"] for one in (await owner.get("/audit")).json()["items"]]
    assert "tenant.invite_owner" in acts
    assert "tenant.invite_owner" in [action for _, action, _ in platform_acts(tenant_id)]


async def test_a_suspended_tenant_is_closed_to_everybody_until_it_is_restored(
    lonely_api: ApiInProcess, audited: Any, tenant: Tenant
) -> None:
    path = f"/tenants/{tenant.tenant_id}"
    async with lonely_api.operator() as operator, lonely_api.caller(tenant) as owner:
        key = (await owner.post("/api-keys", json={"name": "mine", "scopes": ["api"]})).json()["key"]
        suspended = await operator.post(f"{path}/suspend", json={"reason": "the bill is not paid"})
        assert (suspended.status_code, suspended.json()["suspended_reason"]) == (200, "the bill is not paid")
        corrected = await operator.post(f"{path}/suspend", json={"reason": "two bills are not paid"})
        assert corrected.json()["suspended_reason"] == "two bills are not paid"
        assert corrected.json()["suspended_at"] == suspended.json()["suspended_at"]
        again = await operator.post(f"{path}/suspend", json={"reason": "two bills are not paid"})
        assert again.json() == corrected.json(), "a repeat changes nothing"
        async with lonely_api.bearing(key) as client:
            for one in (owner, client):
                told = problem(await one.get("/runs"), 403, "tenant_suspended")
                assert told["detail"] == "the tenant is suspended: two bills are not paid"
        mine = (await owner.get("/users/me")).json()["tenants"]
        assert [(one["tenant_id"], one["suspended"]) for one in mine] == [(str(tenant.tenant_id), True)]
        listed = (await operator.get("/tenants", params={"suspended": "true", "limit": 200})).json()["items"]
        assert str(tenant.tenant_id) in {one["id"] for one in listed}
        assert (await operator.post(f"{path}/restore")).json()["suspended_at"] is None
        assert (await owner.get("/runs")).status_code == 200
        problem(await operator.post(f"/tenants/{new_uuid()}/suspend", json={"reason": "x"}), 404, "not_found")
    assert [action for _, action, _, _ in audited()][-3:] == ["tenant.suspend", "tenant.suspend", "tenant.restore"]


async def test_tenants_are_listed_in_pages_for_operators(lonely_api: ApiInProcess) -> None:
    name = f"n-{new_uuid()}"
    ids = [(await made(lonely_api, "ann@example.com", name=name))["tenant"]["id"] for _ in range(3)]
    async with lonely_api.operator() as operator:
        first = (await operator.get("/tenants", params={"name": name, "limit": 2})).json()
        rest = {"name": name, "limit": 2, "cursor": first["next_cursor"]}
        second = (await operator.get("/tenants", params=rest)).json()
    assert [one["id"] for one in first["items"] + second["items"]] == ids[::-1]


async def test_owners_do_nothing_with_other_tenants_and_nothing_that_is_the_platform_s(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    other = (await made(lonely_api, "ann@example.com"))["tenant"]["id"]
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(tenant, role="admin") as admin:
        problem(await owner.get(f"/tenants/{other}"), 404, "not_found")
        problem(await owner.patch(f"/tenants/{other}", json={"name": "x"}), 404, "not_found")
        problem(await owner.get("/tenants"), 403, "forbidden")
        problem(await owner.post("/tenants", json={"name": "x", "owner_email": "a@example.com"}), 403, "forbidden")
        problem(await owner.post(f"/tenants/{tenant.tenant_id}/suspend", json={"reason": "x"}), 403, "forbidden")
        problem(await admin.patch(f"/tenants/{tenant.tenant_id}", json={"name": "x"}), 403, "forbidden")
        problem(await owner.put("/users/me/active-tenant", json={"tenant_id": other}), 404, "not_found")
        problem(await owner.delete(f"/users/me/tenants/{other}"), 404, "not_found")


async def test_somebody_sees_all_their_tenants_chooses_one_and_leaves(lonely_api: ApiInProcess) -> None:
    subject = f"s-{new_uuid()}"
    async with signed_in(lonely_api, subject) as person:
        nobody = (await person.get("/users/me")).json()
        assert (nobody["user_id"], nobody["tenants"], nobody["tenant_id"]) == (None, [], None)
        assert nobody["email"] == f"{subject}@example.com"
        a, b = [await owned(lonely_api, subject, name=name) for name in ("A", "B")]
        both = (await person.get("/users/me")).json()["tenants"]
        assert [(one["tenant_id"], one["active"], one["role"]["name"]) for one in both] == [
            (a, True, "owner"),
            (b, False, "owner"),
        ]
        chosen = (await person.put("/users/me/active-tenant", json={"tenant_id": b})).json()
        assert [one["tenant_id"] for one in chosen["tenants"] if one["active"]] == [b]
        problem(await person.get("/runs"), 401, "unauthenticated")
        problem(await person.delete(f"/users/me/tenants/{a}"), 409, "conflict")
    async with signed_in(lonely_api, subject, a) as in_a:
        assert (await in_a.get("/runs", headers={"x-tenant-id": b})).status_code == 200
        problem(await in_a.get("/runs", params={"tenant_id": b}), 400, "bad_request")
        problem(await in_a.get(f"/tenants/{b}"), 404, "not_found")


async def test_a_key_is_nobody_who_signs_in(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = (await owner.post("/api-keys", json={"name": "mine", "scopes": ["api"]})).json()["key"]
    async with lonely_api.bearing(key) as client:
        problem(await client.get("/users/me"), 403, "forbidden")


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"name": ""}, "/body/name"),
        ({"name": "pay\u202eyap"}, "/body/name"),
        ({"owner_email": "ann"}, "/body/owner_email"),
        ({"owner_email": "ann@@example.com"}, "/body/owner_email"),
        ({"owner_email": "\u0430nn@example.com"}, "/body/owner_email"),
        ({"owner_email": "ann@example.com\n"}, "/body/owner_email"),
        ({"time_zone": "Mars/Olympus"}, "/body/time_zone"),
        ({"time_zone": "../etc/passwd"}, "/body/time_zone"),
        ({"settings": {}}, "/body/settings"),
        ({"suspended_at": None}, "/body/suspended_at"),
    ],
    ids=str,
)
async def test_what_is_no_tenant_is_refused_with_its_place(
    lonely_api: ApiInProcess, wanted: dict[str, Any], pointer: str
) -> None:
    async with lonely_api.operator() as operator:
        body = {"name": "x", "owner_email": "ann@example.com", **wanted}
        answer = problem(await operator.post("/tenants", json=body), 400, "bad_request")
        assert answer["errors"][0]["pointer"] == pointer


async def test_an_operator_is_told_that_a_tenants_routes_are_not_theirs(lonely_api: ApiInProcess) -> None:
    """And not to sign in again, which would help nothing."""
    async with lonely_api.operator() as operator:
        for path in ("/runs", "/audit", "/kill-switch"):
            refused = problem(await operator.get(path), 403, "forbidden")
            assert refused["remedy"] == "sign in as a member of the tenant"
