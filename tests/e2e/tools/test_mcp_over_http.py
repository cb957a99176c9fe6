"""An MCP server on the web, from the run that reads it to one that calls its tool, through the job's proxy."""

from collections.abc import Iterator

import pytest

from fixtures.egress.opened_places import opened_places
from fixtures.mcp.registered import read, registered
from fixtures.mcp.web_server import HOST, WebServer, web_server
from fixtures.running.stack import Member, Stack, new_member

pytestmark = [pytest.mark.stack, pytest.mark.serial]


@pytest.fixture(scope="module")
def server(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    folder = tmp_path_factory.mktemp("web")
    with web_server(folder) as made, opened_places(stack, folder, made.place):
        yield made


@pytest.fixture(scope="module")
def owner(stack: Stack, server: WebServer) -> Member:
    """Of a tenant that has the server's tools."""
    member = new_member(stack)
    run = read(member, {"transport": "streamable_http", "url": server.url}, {}, egress=[HOST])
    assert run["status"] == "COMPLETED", member.steps(run["id"])["read"]
    registered(member, "weather", run)
    return member


def test_a_step_calls_it_and_each_request_is_told(owner: Member, server: WebServer) -> None:
    call = {"kind": "tool", "tool": "mcp.weather.forecast"}
    steps = [
        {"name": "oslo", **call, "arguments": {"city": "Oslo"}},
        {"name": "nowhere", **call, "arguments": {"city": "Nowhere"}, "on_failure": "continue"},
    ]
    asked = len(server.requests())
    run = owner.ended(owner.start({"steps": steps, "egress": [HOST]})["id"])
    found = owner.steps(run["id"])
    assert run["status"] == "COMPLETED", {name: step["error"] for name, step in found.items()}
    assert found["oslo"]["output"]["result"]["structured"] == {"city": "Oslo", "weather": "rain"}
    assert found["nowhere"]["error"]["code"] == "tool_error"
    assert len(server.requests()) > asked
    with owner.api() as api:
        events = api.get(f"/runs/{run['id']}/events", params={"limit": 100}).json()["items"]
    told = {one["data"]["name"]: one["data"] for one in events if one["type"] == "step.egress"}
    assert told.keys() == {"oslo", "nowhere"}
    for event in told.values():
        assert event["refused"] == 0
        assert {(request["host"], request["verdict"]) for request in event["requests"]} == {(HOST, "allowed")}


def test_a_task_that_does_not_name_its_host_is_refused_when_it_is_made(owner: Member) -> None:
    steps = [{"name": "oslo", "kind": "tool", "tool": "mcp.weather.forecast", "arguments": {"city": "Oslo"}}]
    with owner.api() as api:
        refused = api.post("/tasks", json={"name": "weather", "steps": steps})
    assert refused.status_code == 422, refused.text
    assert HOST in refused.text
