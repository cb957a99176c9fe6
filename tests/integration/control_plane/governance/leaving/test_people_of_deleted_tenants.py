"""Who belongs to no tenant any more goes with the last; who belongs to another stays, whenever they joined it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg

from control_plane.governance.tenant_deletions.erasing import Erasing
from control_plane.governance.tenant_deletions.stopping import Stopping
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.lock_queues import in_the_lock_queue
from fixtures.machine.postgres import ScratchDatabase
from foundation.cloud.live_text.fake import FakeLiveText
from foundation.domain.ids import new_uuid


def the_same(at: datetime) -> datetime:
    return at


async def deleted(api: ApiInProcess, tenant: Tenant) -> dict[str, Any]:
    """The deletion of the tenant, from its request to its certificate."""
    app, path = api.app.state.resources, f"/tenants/{tenant.tenant_id}"
    stopping = Stopping(app.database, app.callers.forget, clock_outside=False)
    async with api.operator() as operator:
        asked = await operator.delete(path, params={"confirm": f"t-{tenant.tenant_id}", "grace_days": 0})
        assert asked.status_code == 202, asked.text
        started = datetime.now(UTC)
        for attempt in range(20):
            now = partial(the_same, started + timedelta(minutes=3 * attempt))
            erasing = Erasing(
                app.database, app.objects, app.gateway, FakeLiveText(), app.certificates, stopping, now=now
            )
            await erasing.round()
            deletion: dict[str, Any] = (await operator.get(f"{path}/deletion")).json()
            if deletion["status"] == "deleted":
                return deletion
    raise AssertionError(deletion)


async def invited(api: ApiInProcess, tenant: Tenant, subject: str) -> UUID:
    """Somebody who has accepted an invitation to the tenant."""
    email = f"{subject}@example.com"
    async with api.caller(tenant) as owner, api.person(subject, email=email) as person:
        token = (await owner.post("/invitations", json={"email": email, "role": "member"})).json()["token"]
        return UUID((await person.post("/invitations/accept", json={"token": token})).json()["user_id"])


def known(scratch: ScratchDatabase, *users: UUID) -> dict[UUID, str | None]:
    """Of these users those that there are, with their subjects."""
    with scratch.superuser() as connection:
        rows: Any = connection.execute("SELECT user_id, subject FROM users WHERE user_id = ANY(%s)", [list(users)])
        return dict(rows.fetchall())


@contextmanager
def joining(scratch: ScratchDatabase, subject: str, other: Tenant) -> Iterator[psycopg.Connection]:
    """A transaction in which somebody joins another tenant, as accepting an invitation does it."""
    with psycopg.connect(scratch.url("control_plane")) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [str(other.tenant_id)])
        who = connection.execute("SELECT user_of_subject(%s, %s, NULL)", [subject, new_uuid()]).fetchone()
        assert who is not None
        connection.execute(
            "INSERT INTO memberships (tenant_id, user_id, role) VALUES (%s, %s, 'owner')", [other.tenant_id, who[0]]
        )
        yield connection


async def test_who_joins_another_tenant_while_theirs_is_deleted_stays(
    api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    other = Tenant().create(scratch)
    with joining(scratch, f"u-{tenant.user_id}", other) as connection:
        deletion = asyncio.ensure_future(deleted(api, tenant))
        await in_the_lock_queue(scratch, 1)
        connection.commit()
    assert (await deletion)["removed"].get("users", 0) == 0
    assert known(scratch, tenant.user_id) == {tenant.user_id: f"u-{tenant.user_id}"}
    async with api.person(f"u-{tenant.user_id}", tenant_id=other.tenant_id) as person:
        assert (await person.get("/runs")).status_code == 200


async def test_of_two_deletions_the_last_removes_who_belonged_to_both(
    api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    other = Tenant().create(scratch)
    both = await invited(api, tenant, "both")
    assert await invited(api, other, "both") == both
    await deleted(api, other)
    assert known(scratch, both) == {both: "both"}
    removed = (await deleted(api, tenant))["removed"]
    assert (removed["users"], removed["memberships"], removed["invitations"]) == (2, 2, 1)
    assert known(scratch, both) == {}


async def test_who_has_left_goes_with_the_tenant_that_they_left_last(
    api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    other = Tenant().create(scratch)
    former, elsewhere = await invited(api, tenant, "former"), await invited(api, tenant, "elsewhere")
    await invited(api, other, "elsewhere")
    async with api.caller(tenant) as owner:
        made = await owner.post("/service-accounts", json={"name": "robot", "role": "member"})
        robot = UUID(made.json()["id"])
        assert (await owner.delete(f"/service-accounts/{robot}")).status_code == 204
        for who in (former, elsewhere):
            assert (await owner.delete(f"/members/{who}")).status_code == 204
    assert set(known(scratch, former, elsewhere, robot)) == {former, elsewhere, robot}, "their work names them still"
    await deleted(api, tenant)
    assert known(scratch, former, elsewhere, robot, tenant.user_id) == {elsewhere: "elsewhere"}


async def test_a_tenant_whose_owners_cannot_sign_in_gets_a_new_invitation_of_its_owner(
    api: ApiInProcess, scratch: ScratchDatabase
) -> None:
    async with api.operator() as operator:
        made = (await operator.post("/tenants", json={"name": "b", "owner_email": "p@example.com"})).json()
        again = f"/tenants/{made['tenant']['id']}/owner-invitation"
        async with api.person("p", email="p@example.com") as person:
            accepted = await person.post("/invitations/accept", json={"token": made["invitation"]["token"]})
            assert accepted.status_code == 200, accepted.text
        problem(await operator.post(again), 409, "conflict")
        with scratch.superuser() as connection:
            connection.execute("UPDATE users SET subject = NULL, email = NULL WHERE subject = 'p'")
        invited_anew = await operator.post(again)
        assert invited_anew.status_code == 200, invited_anew.text
        async with api.person("p", email="p@example.com") as person:
            token = invited_anew.json()["token"]
            assert (await person.post("/invitations/accept", json={"token": token})).status_code == 200
        problem(await operator.post(again), 409, "conflict")
