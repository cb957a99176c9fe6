"""Whatever keeps our processes from each other is an error of the connection."""

import ast
from pathlib import Path
from typing import Any

import httpx
import pytest

from foundation.http.outgoing import http_client

SERVICES = Path(__file__).parents[4] / "services"
OTHERS = {"foundation/http/outgoing.py", "tool_runtime/launcher/runners/fake.py"}
"""Who may make a client of its own: this one, and a runner that only tests have."""


async def asked(monkeypatch: pytest.MonkeyPatch, of_what: str) -> None:
    """A request whose connection is gone when it is asked for this."""

    async def gone(_self: Any, _request: httpx.Request) -> httpx.Response:
        raise AttributeError(f"'NoneType' object has no attribute '{of_what}'", name=of_what, obj=None)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", gone)
    async with http_client(base_url="http://launcher") as client:
        await client.get("/health")


async def test_a_connection_that_is_lost_as_it_is_made_was_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(httpx.ConnectError):
        await asked(monkeypatch, "getpeername")


async def test_another_mistake_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AttributeError):
        await asked(monkeypatch, "launcher")


def test_services_speak_to_each_other_by_this_client_alone() -> None:
    made = {
        str(path.relative_to(SERVICES))
        for path in SERVICES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "httpx.AsyncClient"
    }
    assert made == OTHERS
