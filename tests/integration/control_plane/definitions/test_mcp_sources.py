"""Tools of a tenant's MCP servers: registered by the step that has read them, pinned, and known to tasks."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.mcp.read_runs import ALERTS, FORECAST, WEB, a_read_run, a_source, an_artifact
from fixtures.tool_sources.openapi_documents import pets
from foundation.contracts.tools.mcp.listing import pin_of
from foundation.storage.retention import files
from foundation.storage.session.database import Database, DatabaseSettings

TOOL = "mcp.weather.get_forecast"
NAME = "weather_server-1.0-py3-none-any.whl"


@pytest.fixture
async def database(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    opened = Database(DatabaseSettings(url=scratch.url("control_plane"), pool_size=1), application="test")
    yield opened
    await opened.close()


def a_task(name: str = "t", **more: Any) -> dict[str, Any]:
    step = {"name": "ask", "kind": "tool", "tool": TOOL, "arguments": {"city": "${input.city}"}}
    return {"name": name, "steps": [step], **more}


async def test_a_server_is_registered_listed_and_read_anew(
    lonely_api: ApiInProcess,
    scratch: ScratchDatabase,
    tenant: Tenant,
    audited: Callable[[], list[tuple[Any, ...]]],
) -> None:
    package = an_artifact(scratch, tenant, NAME)
    step = {"arguments": {"server": {"transport": "stdio", "registry": "pypi", "package": "w"}, "files": [package]}}
    run_id = await a_read_run(lonely_api, scratch, tenant, FORECAST, ALERTS, step=step)
    async with lonely_api.caller(tenant) as owner:
        wanted = a_source(run_id, operations=["getForecast"], effects={"getForecast": "pure"})
        made = await owner.put("/tool-sources/weather", json=wanted)
        assert made.status_code == 201, made.text
        shown = made.json()
        assert (shown["kind"], shown["version"], shown["tool_count"], shown["left_out"]) == ("mcp", 1, 1, [])
        [tool] = shown["tools"]
        assert (tool["name"], tool["told"], tool["effect"], tool["url"]) == (TOOL, "getForecast", "pure", None)
        assert shown["mcp"]["files"] == [{**package, "name": NAME}]
        assert shown["mcp"]["read_by"] == {"run_id": run_id, "step": "read"}
        listed = {one["name"]: one for one in (await owner.get("/tools")).json()["items"]}[TOOL]
        assert listed == (await owner.get(f"/tools/{TOOL}")).json()
        assert listed["arguments"]["properties"]["city"] == {"type": "string", "minLength": 2}
        assert (listed["effect"]["default"], listed["profile"], listed["needs_egress"]) == ("pure", "node", False)
        again = await a_read_run(lonely_api, scratch, tenant, ALERTS)
        newer = await owner.put("/tool-sources/weather", json=a_source(again), headers={"If-Match": '"1"'})
        assert (newer.status_code, newer.json()["version"]) == (200, 2)
        [alerts] = newer.json()["tools"]
        assert (alerts["name"], alerts["effect"]) == ("mcp.weather.alerts", "once"), "what nobody says is not repeated"
        assert (await owner.get("/tool-sources/weather", params={"version": 1})).json() == shown
    with scratch.superuser() as connection:
        rows = connection.execute(
            "SELECT server -> 'pins' FROM tool_source_versions WHERE tenant_id = %s ORDER BY version",
            [tenant.tenant_id],
        ).fetchall()
    assert [row[0] for row in rows] == [
        {"getForecast": pin_of(FORECAST), "alerts": pin_of(ALERTS)},
        {"alerts": pin_of(ALERTS)},
    ]
    assert [action for _, action, target, _ in audited() if target == "weather"] == ["tool_source.put"] * 2


@pytest.mark.parametrize("missing", ["runs:read", "tasks:read"])
async def test_who_may_not_read_the_run_and_its_task_makes_no_tools_of_it(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, missing: str
) -> None:
    run_id = await a_read_run(lonely_api, scratch, tenant, FORECAST)
    both = {"runs:read", "tasks:read"}
    async with lonely_api.caller(tenant) as owner:
        for held, status in ((both - {missing}, 403), (both, 201)):
            permissions = ["tool_sources:write", *sorted(held)]
            key = {"name": "narrow", "scopes": ["api"], "permissions": permissions}
            made = await owner.post("/api-keys", json=key)
            async with lonely_api.bearing(made.json()["key"]) as narrow:
                answer = await narrow.put("/tool-sources/weather", json=a_source(run_id))
            assert answer.status_code == status, answer.text
            if status == 403:
                assert missing in answer.json()["detail"]
                assert "getForecast" not in answer.text


async def test_another_tenant_finds_neither_the_run_nor_the_tools(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    run_id = await a_read_run(lonely_api, scratch, tenant, FORECAST)
    neighbour = Tenant().create(scratch)
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(neighbour) as other:
        assert (await owner.put("/tool-sources/weather", json=a_source(run_id))).status_code == 201
        assert (await other.put("/tool-sources/weather", json=a_source(run_id))).status_code == 404
        assert (await other.get("/tool-sources/weather")).status_code == 404
        assert (await other.get(f"/tools/{TOOL}")).status_code == 404
        refused = await other.post("/tasks", json=a_task())
        assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/steps/0/tool"]


@pytest.mark.parametrize(
    ("run", "source", "pointer", "words"),
    [
        ({"status": "FAILED"}, {}, "/body/read_by/step", "is FAILED"),
        ({"step": {"tool": "code.python", "arguments": {"code": "1"}}}, {}, "/body/read_by/step", "calls mcp.list"),
        ({}, {"read_by": {"step": "other"}}, "/body/read_by/step", "no step 'other'"),
        ({"result": {"tools": [{"name": "a"}]}}, {}, "/body/read_by/step", "no list of tools"),
        ({"result": {"tools": "many"}}, {}, "/body/read_by/step", "no list of tools"),
        (
            {"result": {"tools": [FORECAST], "error": {"code": "refused", "detail": "not today"}}},
            {},
            "/body/read_by/step",
            "is an error, and no list of tools: not today",
        ),
        ({"result": {}}, {}, "/body/listed", "shows nothing that can be a tool"),
        ({"tools": [FORECAST, {**ALERTS, "name": "get_forecast"}]}, {}, "/body/listed/1/name", "looks like"),
        ({"tools": [{**ALERTS, "name": "../../evil"}]}, {}, None, None),
        ({"tools": [{**ALERTS, "name": ".."}]}, {}, "/body/listed/0/name", "begins with a letter"),
        ({}, {"operations": ["gone"]}, "/body/operations/0", "no tool 'gone'"),
        ({}, {"effects": {"alerts": "keyed"}}, "/body/effects/alerts", "said to be keyed"),
        ({}, {"document": pets()}, "/body/document", "takes no 'document'"),
        ({}, {"read_by": None}, "/body/read_by", "needs 'read_by'"),
    ],
)
async def test_what_was_not_read_or_lies_is_refused_with_its_place(
    lonely_api: ApiInProcess,
    scratch: ScratchDatabase,
    tenant: Tenant,
    run: dict[str, Any],
    source: dict[str, Any],
    pointer: str | None,
    words: str | None,
) -> None:
    about = dict(run)
    tools = about.pop("tools", [FORECAST, ALERTS])
    run_id = await a_read_run(lonely_api, scratch, tenant, *tools, **about)
    body = a_source(run_id)
    changed = dict(source)
    if isinstance(read_by := changed.pop("read_by", ...), dict):
        changed["read_by"] = {**body["read_by"], **read_by}
    elif read_by is None:
        body.pop("read_by")
    async with lonely_api.caller(tenant) as owner:
        answer = await owner.put("/tool-sources/weather", json={**body, **changed})
        if pointer is None:
            assert [tool["name"] for tool in answer.json()["tools"]] == ["mcp.weather.evil"], "no path"
            return
        assert answer.status_code == 422, answer.text
        [fault] = answer.json()["errors"]
        assert (fault["pointer"], str(words) in fault["detail"]) == (pointer, True), fault
        assert (await owner.get("/tool-sources/weather")).status_code == 404, "nothing was stored"


async def test_the_server_is_what_the_task_says_in_writing(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    gone = an_artifact(scratch, tenant, NAME)
    written = {"server": {"transport": "stdio", "registry": "pypi", "package": "w"}, "files": [gone]}
    open_files = {**written, "files": "${input.files}"}
    run_id = await a_read_run(lonely_api, scratch, tenant, FORECAST, step={"arguments": open_files})
    other = await a_read_run(lonely_api, scratch, tenant, FORECAST, step={"arguments": written})
    with scratch.superuser() as connection:
        connection.execute(
            "UPDATE artifacts SET status = 'EXPIRED', expired_at = now() WHERE artifact_id = %s", [gone["artifact"]]
        )
    async with lonely_api.caller(tenant) as owner:
        for run, words in ((run_id, "have expressions"), (other, "is not there any more")):
            answer = await owner.put("/tool-sources/weather", json=a_source(run))
            assert (answer.status_code, words in answer.json()["errors"][0]["detail"]) == (422, True), answer.text


async def test_a_source_stays_of_its_kind(lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> None:
    run_id = await a_read_run(lonely_api, scratch, tenant, FORECAST)
    async with lonely_api.caller(tenant) as owner:
        assert (await owner.put("/tool-sources/pets", json={"document": pets()})).status_code == 201
        refused = await owner.put("/tool-sources/pets", json=a_source(run_id))
        assert (refused.status_code, "of the kind openapi" in refused.json()["detail"]) == (409, True)
        assert (await owner.get("/tool-sources/pets")).json()["version"] == 1


@pytest.mark.parametrize(
    ("changes", "pointer", "words"),
    [
        ({"arguments": {"city": "O"}}, "/steps/0/arguments/city", "shorter than 2"),
        ({"arguments": {"city": "Oslo", "more": 1}}, "/steps/0/arguments", "more"),
        ({"arguments": {}}, "/steps/0/arguments", "city"),
        ({"arguments": {"city": "Oslo", "files": [{"artifact": "x"}]}}, "/steps/0/arguments/files/0/artifact", "UUID"),
        ({"tool": "mcp.weather.gone"}, "/steps/0/tool", "has no tool"),
        ({"tool": "mcp.none.get_forecast"}, "/steps/0/tool", "no source 'none'"),
        ({"tool": "api.weather.get_forecast"}, "/steps/0/tool", "has no tool"),
        ({"egress": []}, "/steps/0/tool", "asks mcp.example.com, which the task's egress does not name"),
    ],
)
async def test_a_task_is_checked_by_what_was_pinned(
    lonely_api: ApiInProcess,
    scratch: ScratchDatabase,
    tenant: Tenant,
    changes: dict[str, Any],
    pointer: str,
    words: str,
) -> None:
    step, egress = {"arguments": {"server": WEB}}, ["mcp.example.com"]
    run_id = await a_read_run(lonely_api, scratch, tenant, FORECAST, step=step, egress=egress)
    async with lonely_api.caller(tenant) as owner:
        assert (await owner.put("/tool-sources/weather", json=a_source(run_id))).status_code == 201
        right = await owner.post("/tasks", json=a_task("right", egress=egress))
        assert (right.status_code, right.json()["definition"]["tool_versions"]) == (201, {"weather": 1}), right.text
        task = a_task("wrong", egress=changes.pop("egress", egress))
        task["steps"][0] |= changes
        refused = await owner.post("/tasks", json=task)
        assert refused.status_code == 422, refused.text
        faults = refused.json()["errors"]
        assert [fault["pointer"] for fault in faults] == [pointer], faults
        assert words in faults[0]["detail"]
        await owner.put("/egress-policy", json={"hosts": ["other.example.com"]})
        unusable = (await owner.get(f"/tools/{TOOL}")).json()
        assert (unusable["usable"], "mcp.example.com" in unusable["unusable_reason"]) == (False, True)


async def test_packages_that_a_version_names_are_kept(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, database: Database
) -> None:
    package = an_artifact(scratch, tenant, NAME)
    step = {"arguments": {"server": {"transport": "stdio", "registry": "pypi", "package": "w"}, "files": package}}
    run_id = await a_read_run(lonely_api, scratch, tenant, FORECAST, step=step)
    async with lonely_api.caller(tenant) as owner:
        assert (await owner.put("/tool-sources/weather", json=a_source(run_id))).status_code == 201
        [task] = (await owner.get("/tasks")).json()["items"]
        assert (await owner.delete(f"/tasks/{task['id']}", headers={"If-Match": '"1"'})).status_code == 204
    async with database.tenant(tenant.tenant_id) as tx:
        assert UUID(package["artifact"]) in await files.named(tx, tenant.tenant_id)
