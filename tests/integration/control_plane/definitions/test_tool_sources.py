"""A tenant's own tools: documents come in versions, tasks go by the version that they were made with."""

from collections.abc import Callable
from typing import Any

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.tags import version_of
from fixtures.tool_sources.openapi_documents import pets

HOST = "pets.example.com"


def a_source(*at: str | int, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"document": pets(*at, value=value), **more}


def a_task(name: str = "t", **more: Any) -> dict[str, Any]:
    step = {"name": "ask", "kind": "tool", "tool": "api.pets.get_pet", "arguments": {"path": {"id": "${input.id}"}}}
    return {"name": name, "egress": [HOST], "steps": [step], **more}


async def test_a_source_is_made_read_changed_listed_and_taken_out_of_use(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with lonely_api.caller(tenant) as owner:
        made = await owner.put("/tool-sources/pets", json=a_source(effects={"createPet": "keyed"}))
        assert (made.status_code, version_of(made)) == (201, '"1"'), made.text
        shown = made.json()
        assert {tool["name"]: tool["effect"] for tool in shown["tools"]} == {
            "api.pets.create_pet": "keyed",
            "api.pets.delete_pet": "once",
            "api.pets.get_pet": "pure",
            "api.pets.put_pets": "once",
        }
        assert (shown["version"], shown["tool_count"], shown["left_out"]) == (1, 4, [])
        again = await owner.put("/tool-sources/pets", json=a_source(operations=["getPet"]), headers={"If-Match": '"1"'})
        assert (again.status_code, again.json()["version"], again.json()["tool_count"]) == (200, 2, 1)
        stale = await owner.put("/tool-sources/pets", json=a_source(), headers={"If-Match": '"1"'})
        assert stale.status_code == 412
        assert (await owner.get("/tool-sources/pets", params={"version": 1})).json() == shown
        assert (await owner.get("/tool-sources/pets")).json() == again.json()
        await owner.put("/tool-sources/another", json=a_source(operations=["getPet"]))
        page = (await owner.get("/tool-sources", params={"limit": 1})).json()
        assert [item["name"] for item in page["items"]] == ["another"]
        page = (await owner.get("/tool-sources", params={"cursor": page["next_cursor"]})).json()
        assert ([item["name"] for item in page["items"]], page["next_cursor"]) == (["pets"], None)
        assert (await owner.delete("/tool-sources/pets", headers={"If-Match": '"1"'})).status_code == 412
        assert (await owner.delete("/tool-sources/pets")).status_code == 204
        assert (await owner.delete("/tool-sources/pets")).status_code == 404
        assert (await owner.get("/tool-sources/pets")).status_code == 404
        assert (await owner.get("/tool-sources/pets", params={"version": 2})).status_code == 200
        back = await owner.put("/tool-sources/pets", json=a_source())
        assert (back.status_code, back.json()["version"]) == (201, 3), "made again, as what is deleted and made is"
    rows = [(action, target, detail) for _, action, target, detail in audited()]
    assert [(action, target) for action, target, _ in rows if target == "pets"] == [
        ("tool_source.put", "pets"),
        ("tool_source.put", "pets"),
        ("tool_source.delete", "pets"),
        ("tool_source.put", "pets"),
    ]
    assert rows[0][2]["hosts"] == [HOST]


async def test_only_the_tenant_sees_its_tools(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    neighbour = Tenant().create(scratch)
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(neighbour) as other:
        await owner.put("/tool-sources/pets", json=a_source())
        mine = {tool["name"]: tool for tool in (await owner.get("/tools")).json()["items"]}
        tool = mine["api.pets.get_pet"]
        assert tool == (await owner.get("/tools/api.pets.get_pet")).json()
        assert tool["arguments"]["properties"]["path"]["properties"]["id"] == {"type": "integer", "minimum": 1}
        assert (tool["effect"], tool["needs_egress"]) == ({"default": "pure", "depends_on_call": False}, True)
        assert "api.pets.get_pet" not in {tool["name"] for tool in (await other.get("/tools")).json()["items"]}
        assert (await other.get("/tools/api.pets.get_pet")).status_code == 404
        assert (await other.get("/tool-sources/pets")).status_code == 404
        assert (await other.get("/tool-sources")).json()["items"] == []
        refused = await other.post("/tasks", json=a_task())
        assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/steps/0/tool"]
        await owner.put("/egress-policy", json={"hosts": ["other.example.com"]})
        unusable = (await owner.get("/tools/api.pets.get_pet")).json()
        assert (unusable["usable"], HOST in unusable["unusable_reason"]) == (False, True)


async def test_a_task_goes_by_the_version_that_it_was_made_with(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        await owner.put("/tool-sources/pets", json=a_source())
        made = (await owner.post("/tasks", json=a_task())).json()
        assert made["definition"]["tool_versions"] == {"pets": 1}
        await owner.put("/tool-sources/pets", json=a_source(operations=["deletePet"]))
        assert (await owner.get(f"/tasks/{made['id']}")).json()["definition"]["tool_versions"] == {"pets": 1}
        gone = await owner.post("/tasks", json=a_task("u"))
        [fault] = gone.json()["errors"]
        assert fault["pointer"] == "/steps/0/tool"
        assert "version 2 of the source 'pets' has no tool" in fault["detail"]
        named = await owner.post("/tasks", json=a_task("v", tool_versions={"pets": 1}))
        assert named.status_code == 201, named.text
        await owner.delete("/tool-sources/pets")
        assert (await owner.post("/tasks", json=a_task("w"))).status_code == 422
        assert (await owner.post("/tasks", json=a_task("x", tool_versions={"pets": 1}))).status_code == 201


@pytest.mark.parametrize(
    ("changes", "pointer", "words"),
    [
        ({"egress": ["other.example.com"]}, "/steps/0/tool", f"asks {HOST}, which the task's egress does not name"),
        ({"tool_versions": {"pets": 9}}, "/tool_versions/pets", "no version 9"),
        ({"tool_versions": {"other": 1}}, "/tool_versions/other", "no step names"),
        ({"arguments": {"path": {"id": "x"}}}, "/steps/0/arguments/path/id", "integer"),
        ({"arguments": {"path": {"id": 1}, "files": []}}, "/steps/0/arguments/files", "reads no files"),
        ({"tool": "api.pets.gone"}, "/steps/0/tool", "has no tool"),
        ({"tool": "api.none.get_pet"}, "/steps/0/tool", "no source 'none'"),
        ({"tool": "api.Pets.get_pet"}, "/steps/0/tool", "unknown tool"),
        ({"agent": ["http", "api.pets.gone"]}, "/steps/0/tools/1", "has no tool"),
    ],
)
async def test_a_task_with_tools_that_it_cannot_call_is_refused_with_the_place(
    lonely_api: ApiInProcess, tenant: Tenant, changes: dict[str, Any], pointer: str, words: str
) -> None:
    task = a_task()
    for name, value in changes.items():
        if name == "agent":
            task["steps"] = [{"name": "ask", "kind": "agent", "instructions": "x", "tools": value}]
        elif name in {"tool", "arguments"}:
            task["steps"][0][name] = value
        else:
            task[name] = value
    async with lonely_api.caller(tenant) as owner:
        await owner.put("/tool-sources/pets", json=a_source())
        refused = await owner.post("/tasks", json=task)
    assert refused.status_code == 422, refused.text
    found = {fault["pointer"]: fault["detail"] for fault in refused.json()["errors"]}
    assert words in found.get(pointer, ""), found


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("Pets", a_source(), "/path/source_name"),
        ("pe_ts", a_source(), "/path/source_name"),
        ("pets", {}, "/body/document"),
        ("pets", {"document": "https://pets.example.com/openapi.json"}, "/body/document"),
        ("pets", a_source("servers", 0, "url", value="https://10.0.0.1"), "/body/document/servers/0/url"),
        ("pets", a_source(operations=["gone"]), "/body/operations/0"),
        ("pets", a_source(operations=[]), "/body/operations"),
        ("pets", a_source(effects={"getPet": "pure"}), "/body/effects/getPet"),
        ("pets", a_source(effects={"gone": "once"}), "/body/effects/gone"),
        ("pets", a_source(server="https://127.0.0.1"), "/body/server"),
        ("pets", a_source(more=1), "/body/more"),
    ],
)
async def test_a_document_that_cannot_become_tools_is_refused_with_its_place(
    lonely_api: ApiInProcess, tenant: Tenant, name: str, body: dict[str, Any], pointer: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        refused = await owner.put(f"/tool-sources/{name}", json=body)
        assert refused.status_code in {400, 422}, refused.text
        assert pointer in [fault["pointer"] for fault in refused.json()["errors"]], refused.text
        assert (await owner.get("/tool-sources")).json()["items"] == []


async def test_a_tenant_has_so_many_sources_and_a_viewer_makes_none(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        for number in range(20):
            answer = await owner.put(f"/tool-sources/s{number}", json=a_source(operations=["getPet"]))
            assert answer.status_code == 201
        full = await owner.put("/tool-sources/more", json=a_source(operations=["getPet"]))
        assert (full.status_code, "at most 20" in full.json()["detail"]) == (409, True)
    async with lonely_api.caller(tenant, role="viewer") as viewer:
        assert (await viewer.put("/tool-sources/s0", json=a_source())).status_code == 403
        assert (await viewer.get("/tool-sources/s0")).status_code == 200
