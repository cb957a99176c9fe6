"""A step has a coding agent mend a repository: what it says, what it calls and what it costs are told of the step."""

from typing import Any

import pytest

from fixtures.running.stack import Member, Stack

pytestmark = pytest.mark.stack

WRITES = """
import os
os.makedirs("repository")
open("repository/sums.py", "w").write("def add(a, b):\\n    return a - b\\n")
open("repository/test_sums.py", "w").write(
    "import unittest\\nfrom sums import add\\n\\nclass Sums(unittest.TestCase):\\n"
    "    def test_add(self):\\n        self.assertEqual(add(2, 2), 4)\\n"
)
"""
CHECKS = """
import subprocess, sys
sys.exit(subprocess.run(["/usr/bin/python3", "-m", "unittest", "-q"], cwd="repository").returncode)
"""


def a_code_step(name: str, code: str, workspace: Any, *, needs: list[str]) -> dict[str, Any]:
    about = {"kind": "tool", "tool": "code.python", "arguments": {"code": code}}
    return {"name": name, "workspace": workspace, "needs": needs, **about}


def an_agent(model: str, **other: Any) -> dict[str, Any]:
    arguments = {"agent": "claude_code", "model": model, "instructions": "Mend the code until its tests pass."}
    return {"name": "mend", "kind": "tool", "tool": "code_agent", "arguments": arguments, **other}


def events_of(member: Member, run_id: str, kind: str) -> list[dict[str, Any]]:
    with member.api() as api:
        items = api.get(f"/runs/{run_id}/events", params={"limit": 200}).raise_for_status().json()["items"]
    return [item["data"] for item in items if item["type"] == kind]


def charged_steps(stack: Stack, run_id: str) -> set[str]:
    with stack.superuser() as connection:
        rows = connection.execute("SELECT DISTINCT step_id FROM llm_events WHERE run_id = %s", [run_id]).fetchall()
    return {str(row[0]) for row in rows}


def test_a_repository_is_mended_and_the_next_step_finds_it_so(stack: Stack, member: Member) -> None:
    steps = [
        a_code_step("write", WRITES, "new", needs=[]),
        an_agent("crew-mender", needs=["write"], workspace={"from": "write"}, budget={"cost_usd": "1"}),
        a_code_step("check", CHECKS, {"from": "mend"}, needs=["mend"]),
    ]
    run = member.ended(member.start({"steps": steps})["id"])
    assert run["status"] == "COMPLETED", run["error"]
    mend = member.steps(run["id"])["mend"]
    result = mend["output"]["result"]
    assert (result["answer"], result["changed"]) == ("It is mended.", [{"status": "M", "path": "sums.py"}])
    assert "diff.patch" in [file["name"] for file in mend["output"]["files"]]
    told = [line for event in events_of(member, run["id"], "step.progress") for line in event["lines"]]
    assert told[0] == "says: I run the tests."
    assert told[-1] == "says: It is mended."
    [egress] = events_of(member, run["id"], "step.egress")
    [line] = [line for line in egress["requests"] if line["method"] == "POST"]
    assert (line["host"], line["verdict"], line["secrets"]) == ("llm.gateway.internal", "allowed", ["run-token"])
    assert member.until(lambda: charged_steps(stack, run["id"]) == {mend["id"]})
    with stack.superuser() as connection:
        rows = connection.execute(
            "SELECT DISTINCT action, detail ->> 'tool', detail ->> 'address' FROM audit_log"
            " WHERE detail ->> 'run_id' = %s AND target LIKE 'llm.gateway.internal:%%'",
            [run["id"]],
        ).fetchall()
    assert rows == [("egress.allowed", "code_agent", None)]


@pytest.mark.full
def test_an_agent_has_another_one_do_the_work_and_both_are_paid_by_its_step(stack: Stack, member: Member) -> None:
    boss = {"kind": "agent", "instructions": "Have it mended.", "tools": ["code_agent"], "model": "crew-boss"}
    steps = [
        a_code_step("write", WRITES, "new", needs=[]),
        {"name": "boss", "needs": ["write"], "workspace": {"from": "write"}, **boss},
    ]
    run = member.ended(member.start({"steps": steps})["id"])
    assert run["status"] == "COMPLETED", run["error"]
    step = member.steps(run["id"])["boss"]
    assert step["output"]["text"] == "It is mended. sums.py"
    assert events_of(member, run["id"], "step.progress")
    assert member.until(lambda: charged_steps(stack, run["id"]) == {step["id"]})


@pytest.mark.full
def test_a_spent_budget_fails_the_step_and_says_so(member: Member) -> None:
    step = an_agent("crew-mender", budget={"tokens": 10})
    run = member.ended(member.start({"steps": [step]})["id"])
    assert run["status"] == "FAILED"
    mend = member.steps(run["id"])["mend"]
    assert mend["error"]["code"] == "budget_exceeded"
    assert mend["output"]["result"]["error"]["code"] == "budget_exceeded"


def test_a_cancelled_run_ends_its_agent(member: Member) -> None:
    run = member.start({"steps": [an_agent("crew-sleeper")]})
    assert member.until(lambda: events_of(member, run["id"], "step.progress"), seconds=60)
    with member.api() as api:
        assert api.delete(f"/runs/{run['id']}").is_success
    assert member.ended(run["id"])["status"] == "CANCELLED"
    assert member.steps(run["id"])["mend"]["status"] == "CANCELLED"
