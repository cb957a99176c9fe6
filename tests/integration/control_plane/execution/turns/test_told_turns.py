"""Turns of a step are listed without what was said, and read with it; the steps of a run are read in pages."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import ARun, a_run, database
from foundation.domain.ids import TenantId, UserId
from foundation.storage.session.database import Database

SAID = "a question"


@pytest.fixture
async def owner(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    opened = database(scratch)
    yield opened
    await opened.close()


@pytest.fixture
async def run(owner: Database, tenant: Tenant) -> ARun:
    return await a_run(owner, tenant=(TenantId(tenant.tenant_id), UserId(tenant.user_id)))


def asked(scratch: ScratchDatabase, run: ARun, *turns: int, answered: bool = True) -> None:
    """Turns of the step `first`, as a worker leaves them."""
    with scratch.superuser() as connection:
        for turn in turns:
            connection.execute(
                "INSERT INTO turns (tenant_id, step_id, turn, call_key, request, fence, number, agent, task, response,"
                " recorded_at, tool_calls) VALUES (%s, %s, %s, %s, jsonb_build_object('q', %s::text), 1, %s, 'editor',"
                " 'write', CASE WHEN %s THEN jsonb_build_object('a', %s::text) END, CASE WHEN %s THEN now() END, 2)",
                [run.tenant_id, run.steps["first"], turn, f"k{turn}", SAID, turn + 1, answered, SAID, answered],
            )


def place(run: ARun, *further: object, step: str = "first") -> str:
    return "/".join(map(str, (f"/runs/{run.run_id}/steps/{step}/turns", *further)))


async def test_turns_are_listed_in_pages_without_what_was_said(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: ARun
) -> None:
    asked(scratch, run, 0, 1, 3)
    asked(scratch, run, 4, answered=False)
    async with lonely_api.caller(tenant, role="viewer") as viewer:
        first = (await viewer.get(place(run), params={"limit": 3})).json()
        rest = (await viewer.get(place(run), params={"limit": 3, "cursor": first["next_cursor"]})).json()
        newest = (await viewer.get(place(run), params={"sort": "-turn", "limit": 1})).json()["items"]
    listed = [*first["items"], *rest["items"]]
    assert ([one["turn"] for one in listed], rest["next_cursor"]) == ([0, 1, 3, 4], None)
    assert [one["answered_at"] is None for one in listed] == [False, False, False, True]
    assert {(one["agent"], one["task"], one["tool_calls"]) for one in listed} == {("editor", "write", 2)}
    assert {"request", "response"} & set(listed[0]) == set()
    assert newest == [listed[-1]]
    assert SAID not in str(listed)


async def test_what_was_said_is_in_a_list_for_who_asks_for_it(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: ARun
) -> None:
    asked(scratch, run, *range(23))
    async with lonely_api.caller(tenant) as member:
        whole = (await member.get(place(run), params={"fields": "request,response", "limit": "200"})).json()
        answers = (await member.get(place(run), params={"fields": "response", "limit": "1"})).json()
    said = {"request": {"q": SAID}, "response": {"a": SAID}}
    assert whole == {"items": [{"turn": turn, **said} for turn in range(23)], "next_cursor": None}
    assert answers["items"] == [{"turn": 0, "response": {"a": SAID}}]


async def test_one_turn_is_read_whole(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: ARun
) -> None:
    asked(scratch, run, 0)
    asked(scratch, run, 1, answered=False)
    async with lonely_api.caller(tenant, role="viewer") as viewer:
        read = [(await viewer.get(place(run, turn))).json() for turn in (0, 1)]
        problem(await viewer.get(place(run, 2)), 404, "not_found")
        problem(await viewer.get(place(run, 0, step="second")), 404, "not_found")
        problem(await viewer.get(place(run, 0, step="nobody")), 404, "not_found")
        problem(await viewer.get(place(run, -1)), 400, "bad_request")
    assert [(one["request"], one["response"]) for one in read] == [({"q": SAID}, {"a": SAID}), ({"q": SAID}, None)]


async def test_a_step_that_asks_nobody_has_none_and_a_step_that_is_not_there_is_not_found(
    lonely_api: ApiInProcess, tenant: Tenant, run: ARun
) -> None:
    async with lonely_api.caller(tenant) as member:
        assert (await member.get(place(run, step="second"))).json() == {"items": [], "next_cursor": None}
        problem(await member.get(place(run, step="nobody")), 404, "not_found")


async def test_a_neighbour_sees_none(lonely_api: ApiInProcess, scratch: ScratchDatabase, run: ARun) -> None:
    asked(scratch, run, 0)
    async with lonely_api.caller(Tenant().create(scratch)) as neighbour:
        problem(await neighbour.get(place(run)), 404, "not_found")
        problem(await neighbour.get(place(run, 0)), 404, "not_found")


async def test_what_has_expired_is_null_and_named(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: ARun
) -> None:
    asked(scratch, run, 0)
    with scratch.superuser() as connection:
        connection.execute(
            "UPDATE runs SET prompts_expired_at = now() WHERE tenant_id = %s AND run_id = %s",
            [tenant.tenant_id, run.run_id],
        )
    async with lonely_api.caller(tenant) as member:
        read = (await member.get(place(run, 0))).json()
    assert (read["request"], read["response"], list(read["expired"])) == (None, {"a": SAID}, ["prompts"])


async def test_the_steps_of_a_run_are_all_there_or_in_pages(
    owner: Database, lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    steps: list[dict[str, Any]] = [{"name": f"s{number}", "kind": "noop"} for number in range(250)]
    run = await a_run(owner, tenant=(TenantId(tenant.tenant_id), UserId(tenant.user_id)), steps=steps)
    path = f"/runs/{run.run_id}/steps"
    async with lonely_api.caller(tenant, role="viewer") as viewer:
        whole = (await viewer.get(path)).json()
        paged, cursor = list[dict[str, Any]](), None
        while True:
            page = (await viewer.get(path, params={"limit": 100} | ({"cursor": cursor} if cursor else {}))).json()
            paged += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        last = (await viewer.get(path, params={"sort": "-position", "limit": 1, "fields": "status"})).json()["items"]
        problem(await viewer.get(path, params={"limit": 1001}), 400, "bad_request", pointer="/query/limit")
    assert (len(whole["items"]), whole["next_cursor"]) == (250, None)
    assert paged == whole["items"]
    assert last == [{"id": whole["items"][-1]["id"], "name": whole["items"][-1]["name"], "status": "QUEUED"}]


async def test_one_step_is_read_by_its_name_as_the_timeline_shows_it(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: ARun
) -> None:
    with scratch.superuser() as connection:
        connection.execute("UPDATE steps SET items = 2 WHERE step_id = %s", [run.steps["second"]])
        connection.execute(
            """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, unmet_needs, generation,
                                  timeout_seconds, parent_id, item_index, item)
               SELECT tenant_id, run_id, gen_random_uuid(), name || '[1]', kind, position, 0, generation,
                      timeout_seconds, step_id, 1, '"b"' FROM steps WHERE step_id = %s""",
            [run.steps["second"]],
        )
    async with lonely_api.caller(tenant, role="viewer") as viewer:
        timeline = (await viewer.get(f"/runs/{run.run_id}/steps")).json()["items"]
        alone = [(await viewer.get(f"/runs/{run.run_id}/steps/{one['name']}")).json() for one in timeline]
        item = (await viewer.get(f"/runs/{run.run_id}/steps/second[1]")).json()
        [listed] = (await viewer.get(f"/runs/{run.run_id}/steps/second/items")).json()["items"]
        for name in ("nowhere", "first[0]"):
            problem(await viewer.get(f"/runs/{run.run_id}/steps/{name}"), 404, "not_found")
        problem(await viewer.get(f"/runs/{run.run_id}/steps/1"), 400, "bad_request")
    assert alone == timeline
    assert (item, item["item"]) == (listed, {"index": 1, "value": "b"})
    async with lonely_api.caller(Tenant().create(scratch)) as neighbour:
        problem(await neighbour.get(f"/runs/{run.run_id}/steps/first"), 404, "not_found")
