"""A page that shows what is large is bounded in bytes: it ends sooner, and its cursor leads on to the rest."""

import json
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import ARun, a_run, database
from foundation.domain.ids import TenantId, UserId
from foundation.storage.session.pages import PAGE_BYTES

ROWS, SIZE, LONE, REST = 9, 200_000, 1_600_000, 400_000
"""Rows of this size, of which a page has some; the last but one is larger than a page, in most lists."""

_STEPS = """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, unmet_needs, generation,
                               timeout_seconds, status, ended_at, parent_id, item_index, item, output)
            SELECT s.tenant_id, s.run_id, gen_random_uuid()"""
LARGE = {
    "/tasks": """INSERT INTO tasks (tenant_id, task_id, name, version)
            SELECT %(tenant)s, gen_random_uuid(), 'large ' || n, n FROM SIZES;
        INSERT INTO task_versions (tenant_id, task_id, version, definition)
            SELECT tenant_id, task_id, n, TEXT FROM tasks, SIZES
            WHERE tenant_id = %(tenant)s AND name = 'large ' || n""",
    "/tasks/{task}/versions": """INSERT INTO task_versions (tenant_id, task_id, version, definition)
        SELECT %(tenant)s, %(task)s, n + 1, TEXT FROM SIZES""",
    "/runs": """INSERT INTO runs (tenant_id, run_id, task_id, task_version, timeout_seconds, input, output,
                                overrides)
        SELECT %(tenant)s, gen_random_uuid(), %(task)s, 1, 60, TEXT, TEXT, jsonb_build_object('first', TEXT)
        FROM SIZES""",
    "/runs/{run}/steps": """STEPS, 'large' || n, kind, n + 1, 0, 1, 60, 'SUCCESS', now(), NULL, NULL, NULL, TEXT
        FROM steps s, SIZES WHERE s.step_id = %(first)s""",
    "/runs/{run}/steps/first/items": """STEPS, 'first[' || n || ']', kind, position, 0, 1, 60, 'SUCCESS', now(),
        s.step_id, n, TEXT, TEXT
        FROM steps s, SIZES WHERE s.step_id = %(first)s; UPDATE steps SET items = 1000 WHERE step_id = %(first)s""",
    "/runs/{run}/steps/first/turns": """INSERT INTO turns (tenant_id, step_id, turn, call_key, request, fence, number)
        SELECT %(tenant)s, %(first)s, n, n, TEXT, 1, n FROM SIZES""",
    "/approvals": """INSERT INTO approvals (tenant_id, approval_id, run_id, step_id, on_expiry, expires_at, turn,
                                           tool_call_id, tool, arguments, call_digest, message)
        SELECT %(tenant)s, gen_random_uuid(), %(run)s, %(first)s, 'reject', now(), n, n, 'http', TEXT,
               sha256('call'), 'May it?' FROM SIZES""",
    "/schedules": """INSERT INTO schedules (tenant_id, schedule_id, name, task_id, input, every_seconds, time_zone,
                                           runs_as)
        SELECT %(tenant)s, gen_random_uuid(), 'large ' || n, %(task)s, TEXT, 60, 'UTC', %(user)s FROM SIZES""",
    "/triggers": """INSERT INTO triggers (tenant_id, trigger_id, name, task_id, input, payload_form, runs_as)
        SELECT %(tenant)s, gen_random_uuid(), 'large ' || n, %(task)s, TEXT, TEXT, %(user)s FROM SIZES""",
    "/audit": """INSERT INTO audit_log (tenant_id, actor, action, target, detail)
        SELECT %(tenant)s, 'user:somebody', 'policy.put', n, TEXT FROM SIZES""",
    "/operations/audit": """INSERT INTO platform_audit (actor, action, target, detail)
        SELECT 'operator:somebody', 'bounds.put', n, TEXT FROM SIZES""",
    "/operations/gateway-configurations": """INSERT INTO gateway_configurations (document, note, proposed_by)
        SELECT repeat('#', 200000), 'note ' || n, 'operator:somebody' FROM SIZES""",
}
"""Rows of each list that has what is large: TEXT is that of one of SIZES."""


def listed() -> dict[str, tuple[str, set[str]]]:
    """By path, what the document says of `limit`, and the members that the list shows only where they are asked for."""
    found = {}
    for path, item in unopened_api().openapi()["paths"].items():
        told = {one["name"]: one.get("description", "") for one in item.get("get", {}).get("parameters", [])}
        if "fields" in told:
            hidden = re.findall(r"`(\w+)`", told["fields"].partition("all but ")[2])
            found[path.removeprefix("/api/v1")] = (told["limit"], set(hidden))
    return found


LISTED = listed()


def large_of(path: str) -> list[str]:
    """The members that bound a page of the list, as its document says."""
    bounded = [one for one in LISTED if re.fullmatch(re.sub(r"{\w+}", "[^/]+", one), path)]
    return re.findall(r"`(\w+)`", LISTED[bounded[0]][0])


def test_every_list_that_shows_large_members_on_request_is_bounded_by_them_and_tried_here() -> None:
    for path, (limit, hidden) in LISTED.items():
        assert hidden - {"url"} <= set(re.findall(r"`(\w+)`", limit)), path
    bounded = [path for path, (limit, _) in LISTED.items() if "1.5 MB" in limit]
    assert len(bounded) == len(LARGE)
    assert all(large_of(path) for path in LARGE)


@pytest.fixture
async def run(scratch: ScratchDatabase, tenant: Tenant) -> ARun:
    owner = database(scratch)
    made = await a_run(owner, tenant=(TenantId(tenant.tenant_id), UserId(tenant.user_id)))
    await owner.close()
    return made


def fill(scratch: ScratchDatabase, run: ARun, statements: str, *, size: int = SIZE, lone: int = LONE) -> None:
    sizes = "(SELECT n, CASE WHEN n = %(lone_n)s THEN %(lone)s ELSE %(size)s END AS size"
    sizes += " FROM generate_series(1, %(rows)s) n) AS sizes"
    written = statements.replace("STEPS", _STEPS).replace("SIZES", sizes)
    written = written.replace("TEXT", "jsonb_build_object('name', 'large', 'n', n, 'text', repeat('x', size))")
    values = {"tenant": run.tenant_id, "user": run.user_id, "task": run.task_id, "run": run.run_id}
    figures = {"rows": ROWS, "lone_n": ROWS - 1, "lone": lone, "size": size}
    with scratch.superuser() as connection:
        for one in written.split(";"):
            connection.execute(one.encode(), {**values, **figures, "first": run.steps["first"]})


def size_of(item: Mapping[str, Any], members: list[str]) -> int:
    """As PostgreSQL writes it, within some bytes."""
    return sum(len(json.dumps(item[name])) for name in members if item.get(name) is not None)


@pytest.mark.parametrize("path", LARGE)
async def test_a_page_ends_where_what_it_shows_is_too_large_and_its_cursor_leads_on(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: ARun, path: str
) -> None:
    fill(scratch, run, LARGE[path])
    place = path.format(task=run.task_id, run=run.run_id)
    caller = lonely_api.operator() if path.startswith("/operations/") else lonely_api.caller(tenant)
    members, pages, cursor = large_of(place), list[list[dict[str, Any]]](), None
    async with caller as client:
        while not pages or cursor:
            given = {"limit": "200", "fields": ",".join(members), **({"cursor": cursor} if cursor else {})}
            answer = await client.get(place, params=given)
            assert answer.status_code == 200, answer.text[:300]
            pages.append(answer.json()["items"])
            cursor = answer.json()["next_cursor"]
            assert len(pages[-1]) == 1 or len(answer.content) < PAGE_BYTES + REST
        every = [item for page in pages for item in page]
        names = [json.dumps({name: item[name] for name in item if name not in members}) for item in every]
        small = (await client.get(place, params={"limit": "200", "fields": smallest(every[0], members)})).json()
    assert len(names) == len(set(names)) >= ROWS
    assert len(pages) > 1
    for page, following in pairwise(pages):
        sizes = [size_of(item, members) for item in page]
        assert len(page) == 1 or sum(sizes) <= PAGE_BYTES + 100 * len(page)
        # Of the platform's audit other tests have rows, of which 200 are a page however small they are.
        is_full = len(page) == 200
        assert is_full or sum(sizes) + size_of(following[0], members) > PAGE_BYTES - 100 * len(page), (
            "it ends no sooner than it must"
        )
    if len(every) > 199:
        assert len(small["items"]) == 200
        return
    assert small["next_cursor"] is None, "without them a page has as many rows as it says"
    # That the audit was read may be a row of it by now, the newest.
    named = [{name: item[name] for name in small["items"][0]} for item in every]
    assert small["items"][-len(named) :] == named


def smallest(item: Mapping[str, Any], members: list[str]) -> str:
    """A member that names the item, which is shown anyway."""
    return next(name for name in item if name not in members)


async def test_a_page_of_few_rows_has_as_many_as_it_says_where_they_fit(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: ARun
) -> None:
    fill(scratch, run, LARGE["/runs"], size=2000, lone=3000)
    async with lonely_api.caller(tenant) as owner:
        first = (await owner.get("/runs", params={"fields": "input", "limit": "4"})).json()
        more = {"fields": "input,status", "limit": "200", "cursor": first["next_cursor"]}
        rest = (await owner.get("/runs", params=more)).json()
    assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [4, ROWS + 1 - 4, None]


async def test_only_what_is_asked_for_is_counted(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: ARun
) -> None:
    fill(scratch, run, LARGE["/runs"])
    with scratch.superuser() as connection:
        connection.execute("UPDATE runs SET overrides = '{}' WHERE tenant_id = %s", [tenant.tenant_id])
    async with lonely_api.caller(tenant) as owner:
        whole = (await owner.get("/runs", params={"fields": "overrides", "limit": "200"})).json()
        counts = [
            len((await owner.get("/runs", params={"fields": fields, "limit": "200"})).json()["items"])
            for fields in ("overrides,status", "output", "input,output")
        ]
    assert (len(whole["items"]), whole["next_cursor"]) == (ROWS + 1, None)
    assert counts[0] > counts[1] >= counts[2] >= 1


async def test_an_export_of_the_audit_has_every_row_although_a_page_has_few(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, run: ARun
) -> None:
    fill(scratch, run, LARGE["/audit"])
    async with lonely_api.caller(tenant) as owner:
        lines = (await owner.get("/audit/export", params={"action": "policy.put"})).text.splitlines()
    assert [json.loads(line)["target"] for line in lines] == [str(n) for n in range(ROWS, 0, -1)]
