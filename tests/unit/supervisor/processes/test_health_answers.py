"""Whoever waits in vain for a service is told what it lacks, in its own words."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from fixtures.machine.free_port import free_port
from supervisor.processes import health

LACKS = b'{"status": "down",\n "dependencies": {"sandbox": {"status": "down", "detail": "no Chromium"}}}'


class _Lacking(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/down" else 200)
        self.end_headers()
        self.wfile.write(LACKS)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        """Nothing is logged."""


@pytest.fixture
def url() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), _Lacking) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


async def test_a_service_that_is_down_says_what_it_lacks(url: str) -> None:
    told = await health.answer(f"{url}/down")()
    assert told.startswith('its health is 503: {"status": "down", "dependencies"')
    assert "no Chromium" in told
    assert not await health.http(f"{url}/down")()
    assert await health.http(f"{url}/up")()


async def test_one_that_does_not_answer_is_told_as_such() -> None:
    told = await health.answer(f"http://127.0.0.1:{free_port()}/health")()
    assert "does not answer" in told
