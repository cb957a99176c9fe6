"""Dead letters are listed by cause, redriven or discarded once, and are each tenant's own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import ARun, a_run
from foundation.domain.failures import Failure
from foundation.domain.ids import TenantId, UserId, new_uuid
from foundation.storage.execution.dead import unreadable_messages
from foundation.workflow import endings, run_control
from orchestrator.claiming.taking import Taken

STEPS: list[dict[str, Any]] = [{"name": name, "kind": "noop", "retry": {"attempts": 1}} for name in ("first", "second")]


@pytest.fixture
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made


async def a_dead_run(parts: Parts, tenant: Tenant, *, cause: str = "worker_lost", ended: bool = True) -> ARun:
    """Both steps of the run have used up their attempts."""
    owner = (TenantId(tenant.tenant_id), UserId(tenant.user_id))
    run = await a_run(parts.owner, steps=STEPS, tenant=owner)
    for name in run.steps:
        taken = await parts.taker.take(run.dispatch(name))
        assert isinstance(taken, Taken)
        await parts.writer.failed(taken.work.claim.lease_fence(), Failure(cause, "it is gone", retryable=True))
    if ended:
        async with parts.owner.tenant(run.tenant_id) as tx:
            row = await run_control.lock_run(tx, run.tenant_id, run.run_id)
            assert row is not None
            await endings.end_from_steps(tx, row)
    return run


async def test_letters_are_listed_by_cause_in_pages_and_read(
    parts: Parts, lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    lost, away = await a_dead_run(parts, tenant), await a_dead_run(parts, tenant, cause="dependency_unavailable")
    async with lonely_api.caller(tenant, role="viewer") as viewer:
        page = (await viewer.get("/dead-letters?cause=worker_lost&limit=1")).json()
        rest = (await viewer.get(f"/dead-letters?cause=worker_lost&limit=1&cursor={page['next_cursor']}")).json()
        assert [one["step"] for one in (*page["items"], *rest["items"])] == ["second", "first"]
        assert rest["next_cursor"] is None
        of_run = (await viewer.get(f"/dead-letters?run_id={away.run_id}&status=open")).json()["items"]
        assert {one["cause"] for one in of_run} == {"dependency_unavailable"}
        [letter] = page["items"]
        assert (await viewer.get(f"/dead-letters/{letter['id']}")).json() == letter
        assert (letter["run_id"], letter["attempts"], letter["status"]) == (str(lost.run_id), 1, "open")
        assert letter["error"]["retryable"] is True
        assert (await viewer.post(f"/dead-letters/{letter['id']}/redrive")).status_code == 403


async def test_a_letter_is_redriven_once_and_its_run_goes_on_from_its_step(
    parts: Parts, lonely_api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    await a_dead_run(parts, tenant)
    async with lonely_api.caller(tenant) as owner:
        second, first = (await owner.get("/dead-letters")).json()["items"]
        answers = await asyncio.gather(*(owner.post(f"/dead-letters/{first['id']}/redrive") for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
        refused = next(answer for answer in answers if answer.status_code == 409)
        assert problem(refused, 409, "dead_letter_closed")["dead_letter"]["status"] == "redriven"
        run = (await owner.get(f"/runs/{first['run_id']}")).json()
        assert (run["status"], run["generation"]) == ("RUNNING", 2)
        steps = {step["name"]: step["status"] for step in (await owner.get(f"/runs/{run['id']}/steps")).json()["items"]}
        assert steps == {"first": "QUEUED", "second": "FAILED"}
        problem(await owner.post(f"/dead-letters/{second['id']}/redrive"), 409, "illegal_transition")
        assert (await owner.get(f"/dead-letters/{second['id']}")).json()["status"] == "open"
    told = [(action, target) for _, action, target, _ in audited() if action.startswith("dead_letter")]
    assert told == [("dead_letter.redrive", first["id"])]


async def test_a_retry_of_the_run_by_another_route_redrives_its_letters(
    parts: Parts, lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    run = await a_dead_run(parts, tenant)
    async with lonely_api.caller(tenant) as owner:
        assert (await owner.post(f"/runs/{run.run_id}/retry", json={})).status_code == 200
        letters = (await owner.get("/dead-letters")).json()["items"]
        assert {one["status"] for one in letters} == {"redriven"}
        problem(await owner.post(f"/dead-letters/{letters[0]['id']}/redrive"), 409, "dead_letter_closed")


async def test_of_many_the_answer_says_of_each_what_happened(
    parts: Parts, lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    done, still = await a_dead_run(parts, tenant), await a_dead_run(parts, tenant, ended=False)
    neighbour = Tenant().create(scratch)
    await a_dead_run(parts, neighbour)
    async with lonely_api.caller(neighbour) as other:
        [foreign, _] = (await other.get("/dead-letters")).json()["items"]
    async with lonely_api.caller(tenant) as owner:
        letters = (await owner.get("/dead-letters")).json()["items"]
        ids = [one["id"] for one in letters] + [foreign["id"], str(new_uuid())]
        answer = (await owner.post("/dead-letters/redrive", json={"ids": ids})).json()
        assert [one["id"] for one in answer["items"]] == ids
        by_run = {(one["run_id"], one["outcome"], one["code"]) for one in answer["items"]}
        assert by_run == {
            (str(done.run_id), "redriven", None),
            (str(still.run_id), "refused", "illegal_transition"),
            (None, "refused", "not_found"),
        }
        again = (await owner.post("/dead-letters/redrive", json={"cause": "worker_lost"})).json()
        assert {(one["run_id"], one["code"]) for one in again["items"]} == {(str(still.run_id), "illegal_transition")}
        assert again["more"] is False
        bodies: list[dict[str, Any]] = [{}, {"cause": "x", "ids": ids}, {"ids": []}]
        for body in bodies:
            problem(await owner.post("/dead-letters/redrive", json=body), 400, "bad_request")
    async with lonely_api.caller(neighbour) as other:
        assert (await other.get(f"/dead-letters/{foreign['id']}")).json()["status"] == "open"


async def test_a_letter_is_discarded_once_with_its_reason_and_not_redriven_then(
    parts: Parts, lonely_api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    await a_dead_run(parts, tenant)
    async with lonely_api.caller(tenant) as owner:
        [letter, _] = (await owner.get("/dead-letters")).json()["items"]
        path = f"/dead-letters/{letter['id']}"
        problem(await owner.post(f"{path}/discard", json={"reason": ""}), 400, "bad_request", pointer="/body/reason")
        ended = (await owner.post(f"{path}/discard", json={"reason": "the source is gone"})).json()
        assert (ended["status"], ended["reason"]) == ("discarded", "the source is gone")
        for again in (owner.post(f"{path}/redrive"), owner.post(f"{path}/discard", json={"reason": "again"})):
            refused = problem(await again, 409, "dead_letter_closed")
            assert refused["dead_letter"]["reason"] == "the source is gone"
    assert [action for _, action, _, _ in audited()] == ["dead_letter.discard"]


async def test_what_nobody_can_read_is_for_operators_alone_and_discarded_once(
    parts: Parts, lonely_api: ApiInProcess, tenant: Tenant, platform_acts: Any
) -> None:
    async with parts.orchestrator.across_tenants(reason="a worker keeps what it cannot read") as tx:
        await unreadable_messages.keep(tx, f"no message {new_uuid()}", receive_count=21)
    path = "/operations/unreadable-messages"
    async with lonely_api.caller(tenant) as owner:
        assert (await owner.get(path)).status_code == 403
    async with lonely_api.operator() as operator:
        [message, *_] = (await operator.get(path)).json()["items"]
        assert (message["head"][:10], message["receive_count"], message["discarded_at"]) == ("no message", 21, None)
        discard = f"{path}/{message['id']}/discard"
        assert (await operator.post(discard, json={"reason": "noise"})).json()["reason"] == "noise"
        problem(await operator.post(discard, json={"reason": "noise"}), 409, "conflict")
        problem(await operator.post(f"{path}/{new_uuid()}/discard", json={"reason": "x"}), 404, "not_found")
    assert platform_acts(message["id"]) == [("operator:the-operator", "message.discard", {"reason": "noise"})]
