"""Checkpoints through the API: listed in pages, read, verified, and deleted where nobody needs them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.checkpoints.checkpointed import conversation, sql, turns
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import ARun, a_run, database, steps_of
from foundation.domain.ids import TenantId, UserId
from foundation.storage.execution import items
from foundation.storage.execution.checkpoints import recording
from foundation.storage.session.database import Database


@pytest.fixture
async def owner(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    opened = database(scratch)
    yield opened
    await opened.close()


async def a_checkpointed_run(owner: Database, tenant: Tenant, count: int = 3, **of: Any) -> ARun:
    run = await a_run(owner, tenant=(TenantId(tenant.tenant_id), UserId(tenant.user_id)), **of)
    await turns(owner, run, count)
    return run


async def ended(owner: Database, run: ARun, status: str = "SUCCESS") -> None:
    statement = "UPDATE steps SET status = :status, ended_at = now(), unmet_needs = 0 WHERE step_id = :step"
    await sql(owner, run, statement, status=status)


def place(run: ARun, *further: object, step: str = "first") -> str:
    return "/".join(map(str, (f"/runs/{run.run_id}/steps/{step}/checkpoints", *further)))


async def test_checkpoints_are_listed_newest_first_in_pages(
    owner: Database, lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    run = await a_checkpointed_run(owner, tenant)
    async with lonely_api.caller(tenant, role="viewer") as viewer:
        page = (await viewer.get(place(run), params={"limit": 2})).json()
        rest = (await viewer.get(place(run), params={"limit": 2, "cursor": page["next_cursor"]})).json()
        assert rest["next_cursor"] is None
        listed = [*page["items"], *rest["items"]]
        none = (await viewer.get(place(run, step="second"))).json()["items"]
    parts = {turn: conversation(turn) for turn in (3, 2, 1)}
    assert [one["turn"] for one in listed] == [3, 2, 1]
    assert [one["parts"] for one in listed] == [4, 3, 2]
    assert [one["bytes"] for one in listed] == [sum(map(len, parts[turn])) for turn in (3, 2, 1)]
    new = [sum(len(part) for part in set(parts[turn]) - set(parts.get(turn - 1, ()))) for turn in (3, 2, 1)]
    assert [one["new_bytes"] for one in listed] == new
    assert [one["is_head"] for one in listed] == [True, False, False]
    assert none == []


async def test_a_conversation_is_read_and_verified(owner: Database, lonely_api: ApiInProcess, tenant: Tenant) -> None:
    run = await a_checkpointed_run(owner, tenant)
    async with lonely_api.caller(tenant, role="member") as member:
        read = (await member.get(place(run, 2))).json()
        assert [message["content"] for message in read["messages"]] == ["message 1", "message 2"]
        assert [part["bytes"] for part in read["parts"]] == [len(part) for part in conversation(2)]
        whole = (await member.post(place(run, "verify"))).json()
        assert whole == {"ok": True, "checkpoints": 3, "parts": 6, "faults": []}
        digest = read["parts"][2]["digest"]
        await sql(owner, run, "UPDATE message_parts SET body = '' WHERE encode(digest, 'hex') = :digest", digest=digest)
        refused = await member.get(place(run, 2))
        problem(refused, 409, "checkpoint_corrupt")
        assert refused.json()["detail"].startswith(f"turn 2: part {digest} was changed")
        assert (await member.get(place(run, 1))).status_code == 200
        found = (await member.post(place(run, "verify"))).json()
        assert (found["ok"], found["faults"]) == (
            False,
            [{"row": f"message_parts/{digest}", "fault": "it was changed"}],
        )


async def test_an_item_of_a_step_has_checkpoints_under_its_name(
    owner: Database, lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    run = await a_run(owner, tenant=(TenantId(tenant.tenant_id), UserId(tenant.user_id)))
    async with owner.tenant(run.tenant_id) as tx:
        await items.open_rows(tx, run.tenant_id, run.steps["first"], ["a", "b"])
    run = ARun(run.tenant_id, run.user_id, run.task_id, run.run_id, await steps_of(owner, run.tenant_id, run.run_id))
    await turns(owner, run, 1, step="first[1]")
    async with lonely_api.caller(tenant, role="member") as member:
        assert (await member.get(place(run, 1, step="first[1]"))).json()["turn"] == 1
        assert (await member.get(place(run, step="first[0]"))).json()["items"] == []
        assert (await member.post(place(run, "verify", step="first[1]"))).json()["ok"] is True
        assert (await member.get(place(run, step="first[2]"))).status_code == 404
        assert (await member.get(place(run, step="first[01]"))).status_code == 400


async def test_only_what_nobody_needs_is_deleted_and_the_others_stay_whole(
    owner: Database, lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    run = await a_checkpointed_run(owner, tenant)
    async with lonely_api.caller(tenant) as admin:
        assert (await admin.delete(place(run, 2))).status_code == 204
        problem(await admin.delete(place(run, 2)), 404, "not_found")
        problem(await admin.get(place(run, 2)), 404, "not_found")
        head = await admin.delete(place(run, 3))
        problem(head, 409, "conflict")
        assert "which is QUEUED and may go on from it" in head.json()["detail"]
        assert (await admin.post(place(run, "verify"))).json()["ok"] is True
        await ended(owner, run)
        assert (await admin.delete(place(run, 3))).status_code == 204
        assert [one["turn"] for one in (await admin.get(place(run))).json()["items"]] == [1]
        assert (await admin.post(place(run, "verify"))).json()["ok"] is True
    audited = await sql(owner, run, "SELECT detail FROM audit_log WHERE action = 'checkpoint.delete' ORDER BY at")
    assert [row.detail["turn"] for row in audited] == [2, 3]
    async with lonely_api.caller(tenant, role="member") as member:
        problem(await member.delete(place(run, 1)), 403, "forbidden")


async def test_what_a_fork_shares_is_deleted_there_first(
    owner: Database, lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    run = await a_checkpointed_run(owner, tenant)
    await ended(owner, run)
    fork = await a_run(owner, tenant=(run.tenant_id, run.user_id))
    lineage = """UPDATE runs SET forked_from_run_id = :origin, forked_from_step = 'first', forked_from_turn = 2
                 WHERE run_id = :fork"""
    await sql(owner, run, lineage, origin=run.run_id, fork=fork.run_id)
    async with owner.tenant(run.tenant_id) as tx:
        await recording.share(tx, run.tenant_id, run.steps["first"], fork.steps["first"], turn=2)
    async with lonely_api.caller(tenant) as admin:
        for turn in (1, 2):
            refused = await admin.delete(place(run, turn))
            problem(refused, 409, "conflict")
            assert f"shared by the forks {fork.run_id}" in refused.json()["detail"]
        assert (await admin.delete(place(run, 3))).status_code == 204
        problem(await admin.delete(place(fork, 2)), 409, "conflict")
        assert (await admin.delete(place(fork, 1))).status_code == 204
        assert (await admin.delete(place(run, 1))).status_code == 204
        assert (await admin.post(place(fork, "verify"))).json()["ok"] is True
        read = (await admin.get(place(fork, 2))).json()
    assert [message["content"] for message in read["messages"]] == ["message 1", "message 2"]
