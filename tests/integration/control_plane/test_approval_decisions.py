"""A request is decided once, by somebody who may, with data that its form takes; everything else is refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.asking import approval_step, asked, request_of
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import ARun, a_run
from fixtures.tags import version_of
from foundation.domain.ids import TenantId, UserId, new_uuid
from foundation.domain.states import ApprovalStatus
from foundation.storage.execution.approvals import Approval
from foundation.workflow.approvals import decisions

FORM = {
    "type": "object",
    "properties": {"amount": {"type": "integer", "maximum": 500}, "iban": {"type": "string", "pattern": "^[A-Z]{2}"}},
    "required": ["amount"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made


async def asking(parts: Parts, tenant: Tenant, **step: Any) -> tuple[ARun, Approval]:
    """A run of the tenant with one pending request."""
    people = (TenantId(tenant.tenant_id), UserId(tenant.user_id))
    steps = [approval_step(**step), {"name": "after", "kind": "noop", "needs": ["review"]}]
    run = await a_run(parts.owner, tenant=people, steps=steps)
    return run, await asked(parts, run)


async def decided(
    client: httpx.AsyncClient, approval: Approval, decision: str = "approve", *, tag: str | None = None, **members: Any
) -> httpx.Response:
    headers = {} if tag is None else {"If-Match": tag}
    return await client.post(
        f"/approvals/{approval.approval_id}", json={"decision": decision, **members}, headers=headers
    )


async def expired(parts: Parts, run: ARun) -> None:
    async with parts.owner.tenant(run.tenant_id) as tx:
        statement = "UPDATE approvals SET expires_at = now() - interval '1 s' WHERE run_id = :run"
        await tx.execute(text(statement), {"run": run.run_id})


async def swept(parts: Parts, run: ARun, approval: Approval) -> Approval | None:
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        return await decisions.expire(tx, run.tenant_id, approval.approval_id)


async def test_a_decision_is_shown_audited_and_named_in_the_step(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant, audited: Any
) -> None:
    run, approval = await asking(parts, tenant, form=FORM)
    async with lonely_api.caller(tenant) as client:
        seen = await client.get(f"/approvals/{approval.approval_id}")
        assert (version_of(seen), seen.json()["status"], seen.json()["form"]) == ('"1"', "pending", FORM)
        assert seen.json()["run_id"] == str(run.run_id)
        answer = await decided(client, approval, tag='"1"', comment="as agreed\n\tby phone", data={"amount": 120})
        assert (answer.status_code, version_of(answer)) == (200, '"2"'), answer.text
        view = answer.json()
        assert (view["status"], view["decided_by"], view["data"]) == (
            "approved", str(tenant.user_id), {"amount": 120},
        )  # fmt: skip
        steps = (await client.get(f"/runs/{run.run_id}/steps")).json()["items"]
    assert (steps[0]["kind"], steps[0]["status"]) == ("approval", "SUCCESS")
    assert steps[0]["output"] == {
        "decision": "approve",
        "by": str(tenant.user_id),
        "comment": "as agreed\n\tby phone",
        "data": {"amount": 120},
    }
    [(actor, action, target, detail)] = audited()
    assert (actor, action, target) == (f"user:{tenant.user_id}", "approval.approve", str(approval.approval_id))
    assert detail == {"run_id": str(run.run_id), "step": "review", "version": 1}


async def test_of_many_decisions_at_once_one_counts_and_the_others_are_told_which(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    run, approval = await asking(parts, tenant)
    async with lonely_api.caller(tenant) as one, lonely_api.caller(tenant, role="member") as other:
        calls = [decided(one, approval, "approve"), decided(other, approval, "reject")]
        calls += [decided(one, approval, "reject"), decided(other, approval, "approve")]
        answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    for answer in answers:
        if answer.status_code == 409:
            outcome = problem(answer, 409, "approval_closed")["approval"]
            assert (outcome["status"], outcome["decided_by"]) == (won["status"], won["decided_by"])
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT type FROM run_events WHERE run_id = :run AND type = 'step.decided'"), {"run": run.run_id}
        )
        assert len(rows.all()) == 1


@pytest.mark.parametrize(
    ("role", "step", "status"),
    [
        ("owner", {}, 200),
        ("admin", {}, 200),
        ("member", {}, 200),
        ("viewer", {}, 403),
        ("member", {"roles": ["admin", "owner"]}, 403),
        ("admin", {"roles": ["admin", "owner"]}, 200),
        ("owner", {"users": [str(new_uuid())]}, 403),
        ("member", {"roles": ["member"], "users": [str(new_uuid())]}, 200),
    ],
)
async def test_who_may_decide(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant, role: str, step: dict[str, Any], status: int
) -> None:
    _, approval = await asking(parts, tenant, **step)
    async with lonely_api.caller(tenant, role=role) as client:
        answer = await decided(client, approval)
        assert answer.status_code == status, answer.text
        assert (await client.get(f"/approvals/{approval.approval_id}")).status_code == 200
        if status == 403 and role != "viewer":
            assert answer.json()["type"].endswith("no_approver")
            assert answer.json()["approval"]["status"] == "pending"


async def test_a_named_user_may_decide_and_nobody_else(lonely_api: ApiInProcess, parts: Parts, tenant: Tenant) -> None:
    _, approval = await asking(parts, tenant, users=[str(tenant.user_id)])
    async with lonely_api.caller(tenant, role="admin") as admin, lonely_api.caller(tenant) as named:
        assert (await decided(admin, approval)).status_code == 403
        assert (await decided(named, approval)).status_code == 200


async def test_a_neighbour_s_request_does_not_exist(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    _, approval = await asking(parts, tenant)
    neighbour = Tenant().create(scratch)
    async with lonely_api.caller(neighbour) as client:
        assert (await client.get(f"/approvals/{approval.approval_id}")).status_code == 404
        assert (await decided(client, approval)).status_code == 404
        assert (await client.get("/approvals")).json()["items"] == []
    assert (await request_of(parts, (await asking(parts, tenant))[0])).status is ApprovalStatus.PENDING


async def test_a_decision_of_a_changed_request_is_refused(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    run, approval = await asking(parts, tenant)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(
            text("UPDATE approvals SET version = 2, message = 'More?' WHERE run_id = :run"), {"run": run.run_id}
        )
    async with lonely_api.caller(tenant) as client:
        answer = await decided(client, approval, tag='"1"')
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (412, "version_mismatch")
        assert (await decided(client, approval, tag='"2"')).status_code == 200


async def test_a_late_decision_is_refused_before_and_after_the_expiry_was_seen(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    run, approval = await asking(parts, tenant)
    await expired(parts, run)
    async with lonely_api.caller(tenant) as client:
        for _ in range(2):
            answer = await decided(client, approval)
            assert answer.status_code == 409
            assert (answer.json()["approval"]["status"], answer.json()["approval"]["on_expiry"]) == ("expired", "fail")
            await swept(parts, run, approval)
        assert (await client.get(f"/approvals/{approval.approval_id}")).json()["status"] == "expired"


async def test_an_expiry_after_a_decision_changes_nothing(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    run, approval = await asking(parts, tenant)
    async with lonely_api.caller(tenant) as client:
        assert (await decided(client, approval)).status_code == 200
    await expired(parts, run)
    assert await swept(parts, run, approval) is None
    assert (await request_of(parts, run)).status is ApprovalStatus.APPROVED


async def test_a_request_of_a_cancelled_run_takes_no_decision(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    run, approval = await asking(parts, tenant)
    async with lonely_api.caller(tenant) as client:
        assert (await client.delete(f"/runs/{run.run_id}")).status_code == 200
        answer = await decided(client, approval)
        assert (answer.status_code, answer.json()["approval"]["status"]) == (409, "cancelled")


async def test_a_decision_is_taken_while_the_run_is_paused(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    run, approval = await asking(parts, tenant)
    async with lonely_api.caller(tenant) as client:
        assert (await client.post(f"/runs/{run.run_id}/pause")).status_code == 200
        assert (await decided(client, approval)).status_code == 200
        resumed = await client.post(f"/runs/{run.run_id}/resume")
        assert (resumed.status_code, resumed.json()["generation"]) == (200, 2)
        steps = {step["name"]: step for step in (await client.get(f"/runs/{run.run_id}/steps")).json()["items"]}
    assert (steps["review"]["status"], steps["after"]["status"]) == ("SUCCESS", "QUEUED")


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({}, "/body/data"),
        ({"data": {"amount": 501}}, "/body/data/amount"),
        ({"data": {"amount": 1, "more": True}}, "/body/data"),
        ({"data": {"amount": 1, "iban": "12"}}, "/body/data/iban"),
        ({"data": []}, "/body/data"),
        ({"data": {"amount": 1, "deep": json.loads("[" * 40 + "]" * 40)}}, "/body/data/deep" + "/0" * 31),
        ({"data": {"amount": 1}, "comment": "see \u001b[31mred"}, "/body/comment"),
        ({"data": {"amount": 1}, "comment": "x" * 2001}, "/body/comment"),
        ({"data": {"amount": 1}, "more": 1}, "/body/more"),
        ({"data": {"amount": 1}, "decision": "perhaps"}, "/body/decision"),
    ],
)
async def test_what_the_form_does_not_take_is_refused_with_its_place(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant, members: dict[str, Any], pointer: str
) -> None:
    run, approval = await asking(parts, tenant, form=FORM)
    async with lonely_api.caller(tenant) as client:
        body = {"decision": "approve", **members}
        answer = await client.post(f"/approvals/{approval.approval_id}", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer), answer.text
    assert (await request_of(parts, run)).status is ApprovalStatus.PENDING


async def test_who_decides_and_may_not_read_the_request_is_refused_without_what_it_has(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    form = {"type": "object", "properties": {"albatross": {"const": "albatross"}}, "required": ["albatross"]}
    _, approval = await asking(parts, tenant, form=form)
    async with lonely_api.caller(tenant) as owner:
        made = await owner.post(
            "/api-keys", json={"name": "narrow", "scopes": ["api"], "permissions": ["approvals:decide"]}
        )
        async with lonely_api.bearing(made.json()["key"]) as narrow:
            sent: list[dict[str, Any]] = [{}, {"data": {}}, {"data": {"other": 1}}]
            for data in sent:
                answer = await decided(narrow, approval, **data)
                told = problem(answer, 400, "bad_request", pointer="/body/data")
                assert "approvals:read" in told["detail"]
                assert "albatross" not in answer.text
            assert "albatross" in (await decided(owner, approval)).text
            assert (await decided(owner, approval, "reject", comment="albatross")).status_code == 200
            late = await decided(narrow, approval)
            outcome = problem(late, 409, "approval_closed")["approval"]
            assert (outcome["status"], outcome["comment"]) == ("rejected", None)
            assert "albatross" not in late.text
        assert (await decided(owner, approval)).json()["approval"]["comment"] == "albatross"


async def test_data_beyond_accepted_json_is_refused_at_the_door(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    _, approval = await asking(parts, tenant, form=FORM)
    async with lonely_api.caller(tenant) as client:
        for deep in (100, 100_000):
            body = '{"decision": "approve", "data": {"a": ' + "[" * deep + "]" * deep + "}}"
            headers = {"content-type": "application/json"}
            answer = await client.post(f"/approvals/{approval.approval_id}", content=body, headers=headers)
            assert answer.status_code == 400, answer.text


async def test_a_rejection_needs_no_data_and_a_request_without_a_form_takes_none(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    _, formed = await asking(parts, tenant, form=FORM)
    _, plain = await asking(parts, tenant)
    async with lonely_api.caller(tenant) as client:
        assert (await decided(client, formed, "reject")).json()["data"] is None
        refused = await decided(client, plain, data={"amount": 1})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/body/data")
        assert (await decided(client, plain)).json()["data"] is None


async def test_requests_are_listed_by_status_and_run_in_pages(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    made = [await asking(parts, tenant) for _ in range(3)]
    async with lonely_api.caller(tenant, role="viewer") as viewer, lonely_api.caller(tenant) as client:
        await decided(client, made[0][1])
        first = (await viewer.get("/approvals?limit=2")).json()
        rest = (await viewer.get(f"/approvals?limit=2&cursor={first['next_cursor']}")).json()
        ids = [UUID(item["id"]) for item in [*first["items"], *rest["items"]]]
        assert ids == [approval.approval_id for _, approval in reversed(made)]
        assert rest["next_cursor"] is None
        pending = (await viewer.get("/approvals?status=pending")).json()["items"]
        assert [UUID(item["id"]) for item in pending] == [made[2][1].approval_id, made[1][1].approval_id]
        of_run = (await viewer.get(f"/approvals?run_id={made[0][0].run_id}")).json()["items"]
        assert [item["status"] for item in of_run] == ["approved"]
        assert (await viewer.get("/approvals?status=open")).status_code == 400


async def test_the_run_explains_who_decides_and_until_when(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    run, approval = await asking(parts, tenant, roles=["admin"], users=[str(tenant.user_id)], on_expiry="reject")
    async with lonely_api.caller(tenant) as client:
        waits = (await client.get(f"/runs/{run.run_id}/explain")).json()["waits"]
    [wait] = [one for one in waits if one["step"] == "review"]
    assert wait["for"] == "approval"
    for word in ("role admin", f"user {tenant.user_id}", str(approval.approval_id), "rejected"):
        assert word in wait["detail"]
    assert wait["ends_by"].replace("Z", "+00:00") == approval.expires_at.isoformat()


async def test_people_who_could_not_decide_are_refused_when_the_task_is_made(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    viewer, stranger = new_uuid(), new_uuid()
    with scratch.superuser() as connection:
        connection.execute("INSERT INTO users (user_id, subject) VALUES (%s, %s)", [viewer, f"viewer-{viewer}"])
        connection.execute(
            "INSERT INTO memberships (tenant_id, user_id, role) VALUES (%s, %s, 'viewer')", [tenant.tenant_id, viewer]
        )
    people = [str(tenant.user_id), str(viewer), str(stranger)]
    async with lonely_api.caller(tenant) as client:
        definition = {"name": f"review-{viewer}", "steps": [approval_step(users=people)]}
        refused = await client.post("/tasks", json=definition)
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"] == [
            {"pointer": "/steps/0/users/1", "detail": "this user is a viewer, and may not decide"},
            {"pointer": "/steps/0/users/2", "detail": "no member of your tenant has this id"},
        ]
        definition["steps"] = [approval_step(users=people[:1])]
        assert (await client.post("/tasks", json=definition)).status_code == 201
