"""What the door of rate limits leaves alone."""

from types import SimpleNamespace
from typing import Any

import pytest

from control_plane.requests.rates.edge import COUNTED, RateLimitedEdge


@pytest.mark.parametrize(
    "scope",
    [
        {"type": "lifespan"},
        {"type": "http", "path": "/health", "app": SimpleNamespace(state=SimpleNamespace(resources=None))},
        {"type": "http", "path": "/api/v1/openapi.json", "app": SimpleNamespace(state=SimpleNamespace())},
    ],
    ids=["no request", "probes", "an app that is not open"],
)
async def test_what_is_not_counted_is_passed_on_as_it_is(scope: dict[str, Any]) -> None:
    passed: list[Any] = []

    async def app(*parts: Any) -> None:
        passed.extend(parts)

    async def receive() -> Any: ...

    async def send(_: Any) -> None: ...

    await RateLimitedEdge(app)(scope, receive, send)
    assert passed == [scope, receive, send]
    assert COUNTED not in scope
