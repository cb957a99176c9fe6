"""Files below `/work` go from step to step, through an agent's calls too, where a definition asks for it."""

from typing import Any

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

SUMS = "def add(a, b):\n    return a - b\n"
CHECK = "const fs = require('fs'); fs.writeFileSync('project/seen.json', JSON.stringify(fs.readdirSync('project')))"
LAST = """
import json, os
found = {"names": sorted(os.listdir("project")), "text": open("project/sums.py").read()}
json.dump(found, open("out/result.json", "w"))
"""


def tool(name: str, tool_name: str, arguments: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"name": name, "kind": "tool", "tool": tool_name, "arguments": arguments, **other}


def test_a_workspace_goes_through_tools_of_all_kinds_and_an_agent(member: Member) -> None:
    write = {"action": "write", "path": "project/sums.py", "text": SUMS}
    agent = {"kind": "agent", "instructions": "Mend the sum.", "tools": ["files", "code.python"], "model": "crew-coder"}
    steps = [
        tool("begin", "files", write, workspace="new"),
        tool("look", "code.node", {"code": CHECK}, needs=["begin"], workspace={"from": "begin"}),
        {"name": "mend", "needs": ["look"], "workspace": {"from": "look"}, **agent},
        tool("read", "code.python", {"code": LAST}, needs=["mend"], workspace={"from": "mend"}),
        tool("apart", "code.python", {"code": "import os; print(os.listdir('/work'))"}, needs=["begin"]),
    ]
    run = member.ended(member.start({"steps": steps})["id"])
    assert run["status"] == "COMPLETED", run["error"]
    outputs = {name: step["output"] for name, step in member.steps(run["id"]).items()}
    assert outputs["mend"]["text"] == "The sum is 5."
    assert outputs["read"]["result"]["text"] == SUMS.replace("-", "+")
    assert {"checked", "seen.json", "sums.py"} <= set(outputs["read"]["result"]["names"])
    assert outputs["begin"]["workspace"]["name"] == "workspace.tar.gz"
    assert "workspace" not in outputs["apart"]
    assert "project" not in outputs["apart"]["stdout"]
    with member.api() as api:
        listed = api.get(f"/runs/{run['id']}/artifacts").json()["items"]
        kept = api.get(f"/runs/{run['id']}/artifacts", params={"workspaces": "true"}).json()["items"]
    workspaces = {outputs[name]["workspace"]["artifact"] for name in ("begin", "look", "mend", "read")}
    assert {artifact["id"] for artifact in kept} - {artifact["id"] for artifact in listed} >= workspaces
    assert "workspace.tar.gz" not in {artifact["name"] for artifact in listed}
    # What the tool `files` gave is its result, and no file besides.
    assert outputs["begin"]["files"] == []


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"workspace": {"from": "none"}}, "/steps/1/workspace", "is not among what this step needs"),
        ({"workspace": {"from": "plain"}}, "/steps/1/workspace/from", "keeps no workspace; give it `workspace: new`"),
        ({"workspace": "old"}, "/steps/1/workspace", "a workspace is `new`"),
        ({"workspace": {}}, "/steps/1/workspace", "a workspace is `new`"),
        ({"workspace": {"of": "plain"}}, "/steps/1/workspace", "or {from: <step>}"),
        ({"workspace": 3}, "/steps/1/workspace", "a workspace is `new`"),
    ],
)
def test_a_workspace_of_no_step_that_keeps_one_is_refused_with_its_place(
    member: Member, change: dict[str, Any], pointer: str, words: str
) -> None:
    plain = tool("plain", "code.python", {"code": "1"})
    next_one = tool("next", "code.python", {"code": "1"}, needs=["plain"], **change)
    with member.api() as api:
        answer = api.post("/tasks", json={"name": "t", "steps": [plain, next_one]})
    assert answer.status_code == 422, answer.text
    found = [fault for fault in answer.json()["errors"] if fault["pointer"].startswith(pointer)]
    assert found, answer.json()["errors"]
    assert any(words in fault["detail"] for fault in found), found


def test_what_an_agent_left_and_could_not_be_kept_is_told_and_gives_way_to_no_older_one(member: Member) -> None:
    hoarder = {"kind": "agent", "instructions": "Collect.", "tools": ["code.python"], "model": "crew-hoarder"}
    once = {"max_turns": 6, "stop_when": ["${length(calls) == `3`}"]}
    steps = [
        {"name": "goes_on", "workspace": "new", **hoarder},
        {"name": "stops", "workspace": "new", **hoarder, **once},
        tool("next", "code.python", {"code": "1"}, needs=["stops"], workspace={"from": "stops"}),
    ]
    run = member.ended(member.start({"steps": steps})["id"])
    steps_of_run = member.steps(run["id"])
    lost = {"path": "workspace", "reason": "not kept: its archive would be too large"}
    goes_on, stops = steps_of_run["goes_on"]["output"], steps_of_run["stops"]["output"]
    assert (goes_on["skipped"], stops["skipped"]) == ([lost], [lost])
    # The call after it began with nothing, neither with what was lost nor with what the first call had left.
    assert "first.txt" not in goes_on["text"], goes_on["text"]
    assert goes_on["workspace"]["name"] == "workspace.tar.gz"
    assert stops["workspace"] is None
    assert steps_of_run["next"]["error"]["code"] == "files_invalid"
