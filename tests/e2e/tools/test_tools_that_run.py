"""`GET /tools` tells what the stack's own tool runtime can run: its launcher knows, and its worker shows it."""

import pytest

from fixtures.running.stack import Member
from fixtures.sandboxing.sandboxes import sandbox_root
from fixtures.waiting import looks
from tool_runtime.tools.code_agent import agents_lacking

pytestmark = pytest.mark.stack


def test_agents_that_are_not_installed_are_told_and_what_runs_is_usable(member: Member) -> None:
    lacking = set(agents_lacking(sandbox_root()))
    with member.api() as api:
        for _ in looks(seconds=60):
            tools = {tool["name"]: tool for tool in api.get("/tools").raise_for_status().json()["items"]}
            if tools["code_agent"]["unusable_agents"].keys() == lacking:
                break
    assert tools["code_agent"]["unusable_agents"].keys() == lacking
    assert tools["code_agent"]["usable"] is (lacking != {"claude_code", "codex"})
    assert tools["code.python"]["usable"]
