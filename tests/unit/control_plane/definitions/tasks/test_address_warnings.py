"""A call that can only be refused is told when the task is made, and one that may succeed is not."""

from typing import Any

import pytest

from control_plane.definitions.analysis.addresses import address_warnings
from control_plane.definitions.tasks.reading import read_definition

REFUSED = "the task's egress does not name away.example.com, so that the request will be refused; add it there"
AWAY = "https://away.example.com/x"
SERVER = {"transport": "streamable_http", "url": "https://away.example.com/mcp"}


def warnings(tool: str, arguments: dict[str, Any], *egress: str, **step: Any) -> list[str]:
    steps = [{"name": "a", "kind": "tool", "tool": tool, "arguments": arguments, **step}]
    return [str(one) for one in address_warnings(read_definition({"name": "t", "steps": steps, "egress": [*egress]}))]


def goto(*addresses: str) -> dict[str, Any]:
    return {"steps": [{"goto": address} for address in addresses]}


@pytest.mark.parametrize(
    ("tool", "arguments", "place"),
    [
        ("http", {"method": "GET", "url": AWAY}, "url"),
        ("http", {"method": "GET", "url": "HTTP://Away.Example.COM."}, "url"),
        ("http", {"method": "GET", "url": "http://away.example.com:8080?a=${input.a}"}, "url"),
        ("browser", goto("https://in.example.com", AWAY), "steps/1/goto"),
        ("git", {"action": "clone", "url": AWAY}, "url"),
        ("code_agent", {"agent": "codex", "instructions": "x", "model": "m", "url": AWAY}, "url"),
        ("mcp.list", {"server": SERVER}, "server/url"),
    ],
)
@pytest.mark.parametrize("egress", [["in.example.com"], ["*.away.example.com", "in.example.com"]])
def test_a_host_that_is_written_out_and_not_named_is_told(
    tool: str, arguments: dict[str, Any], place: str, egress: list[str]
) -> None:
    assert warnings(tool, arguments, *egress, workspace="new") == [f"/steps/0/arguments/{place}: {REFUSED}"]
    assert warnings(tool, arguments, "away.example.com", *egress, workspace="new") == []


@pytest.mark.parametrize("url", ["${input.url}", "https://${input.host}/x", "https://a.${input.zone}.example.com/"])
def test_a_host_that_an_expression_gives_is_not_judged(url: str) -> None:
    assert warnings("http", {"method": "GET", "url": url}) == []


def test_what_works_on_files_without_a_workspace_is_told() -> None:
    clone = {"action": "clone", "url": "https://in.example.com/x"}
    [told] = warnings("git", clone, "in.example.com")
    assert told.startswith("/steps/0/arguments: what is cloned is gone")
    for action in ({"action": "diff"}, {"action": "push"}, {"action": "branch", "name": "x"}):
        [told] = warnings("git", action, "in.example.com")
        assert "there is no repository" in told
    session = {**goto("https://in.example.com/"), "session": "shop"}
    [told] = warnings("browser", session, "in.example.com")
    assert told.startswith("/steps/0/arguments/session: a session is kept in a workspace")
    for tool, arguments in (("git", clone), ("git", {"action": "diff"}), ("browser", session)):
        assert warnings(tool, arguments, "in.example.com", workspace="new") == []
