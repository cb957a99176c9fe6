"""Measures what a sandbox costs more than a plain process, in turn and in the same run; prints JSON.

`ready` is the time until the first process in a new sandbox waits for a job; `cold` the time until the job of a new
sandbox has ended, its files are saved and no process is left; `warm` the same for a sandbox that was ready before.
`browser` is a call of that tool, which goes to a page, extracts it and takes its picture, beside a program with
Playwright as it comes that does the same to the same page, without a sandbox and without a proxy.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.egress.private_hosts import private_hosts
from foundation.contracts.tool_job import JobLimits
from foundation.contracts.tools.calls.profile_limits import PROFILE_LIMITS
from tool_runtime.egress.deciding import Gate
from tool_runtime.egress.proxy import EgressProxy
from tool_runtime.egress.resolving import SystemResolver
from tool_runtime.launcher.settings import default_sandbox_root
from tool_runtime.runner.shelf import Shelf
from tool_runtime.sandbox import assets
from tool_runtime.sandbox.box import Box, BoxJob
from tool_runtime.sandbox.profiles import PROFILES, SYSTEM_PYTHON
from tool_runtime.sandbox.uids import take_uid
from tool_runtime.sandbox.walls.bwrap import start
from tool_runtime.tools.base import Invocation, SandboxTool
from tool_runtime.tools.browser import BrowserTool
from tool_runtime.tools.code_python import CodePython

PROGRAMS = {"hello": "print('hello')", "pandas": "import numpy, pandas; print(pandas.DataFrame({'a': [1, 2]}).sum())"}
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
LOCKS = Path("/run/lockstep/uids")


@dataclass(frozen=True, slots=True)
class Case:
    """The same work twice: a plain command with its environment, and a call of a tool; what both may reach."""

    plain: Sequence[str]
    env: dict[str, str]
    tool: SandboxTool
    arguments: dict[str, object]
    place: str | None = None


async def plain(case: Case) -> dict[str, float]:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*case.plain, env=case.env, stdout=asyncio.subprocess.PIPE)
    await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the plain command failed with {process.returncode}")
    return {"plain": time.perf_counter() - began}


async def sandboxed(case: Case, installed: assets.SandboxAssets) -> dict[str, float]:
    uid = take_uid(LOCKS)
    profile = case.tool.spec.profile
    held = PROFILE_LIMITS[profile]
    limits = JobLimits(memory_mb=held.memory_mb, processes=held.processes)
    began = time.perf_counter()
    box = Box(await start(installed, PROFILES[profile], uid=uid.uid))
    ready = time.perf_counter()
    invocation: Invocation = case.tool.invocation(case.arguments)
    job = BoxJob(invocation.argv, dict(invocation.env), invocation.files, limits)
    gate = Gate(NetworkPolicy(hosts=[HOST]), SystemResolver(), private_hosts([case.place] if case.place else []))
    async with EgressProxy(gate).listening(box.take_proxy_socket()):
        outcome = await box.run(job, take=Shelf(limits).take)
    ended = time.perf_counter()
    uid.release()
    if outcome.exit_code != 0:
        raise RuntimeError(box.stderr.text() or str(outcome.stop))
    return {"ready": ready - began, "cold": ended - began, "warm": ended - ready}


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
        for name, code in PROGRAMS.items()
    }
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
        )
        yield made
    server.shutdown()


def summary(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return {"p50_ms": round(statistics.median(ordered) * 1000, 1), "p95_ms": round(p95 * 1000, 1)}


async def measure(root: Path, rounds: int) -> dict[str, object]:
    installed = assets.install(root)
    report: dict[str, object] = {}
    with cases(installed) as measured:
        for name, case in measured.items():
            seconds: dict[str, list[float]] = {}
            for turn in range(rounds + 1):
                for part, spent in {**await plain(case), **await sandboxed(case, installed)}.items():
                    if turn:  # The first round fills caches.
                        seconds.setdefault(part, []).append(spent)
            report[name] = {part: summary(spent) for part, spent in seconds.items()}
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--sandbox-root", type=Path, default=default_sandbox_root())
    given = parser.parse_args()
    report = asyncio.run(measure(given.sandbox_root, given.rounds))
    machine = {"processors": os.cpu_count(), "load": os.getloadavg()[0]}
    json.dump({"sandbox": report, "rounds": given.rounds, **machine}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
