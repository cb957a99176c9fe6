"""A job in a task leaves by the egress service: it may what it may elsewhere, and no secret of a tenant is in the task.

Tasks are simulated (`fixtures/egress/simulated_tasks.py`): AWS is not asked.
"""

import asyncio
import base64
import json
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from fixtures.egress.homes import RUNNER, SERVICE
from fixtures.egress.launcher_here import launcher_here
from fixtures.egress.processes import EgressProcess, egress_process
from fixtures.egress.simulated_tasks import SimulatedTasks
from fixtures.machine.free_port import free_port
from fixtures.sandboxing.egress import a_certificate
from fixtures.sandboxing.launchers import a_job, a_key, opened
from fixtures.sandboxing.sealed import a_seal, a_sealed_secret
from foundation.contracts.egress.records import EgressReason, EgressVerdict
from foundation.contracts.tool_job import JobStatus, ToolResult
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.runners.fargate.starter import FargateRunners
from tool_runtime.launcher.runtime import Runtime

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="runner and job are two users, which only root can be")

HOST = "api.inside.example"
VALUE = "v3ry-s3cret-4nd-l0ng-enough-to-be-found"
IN_THE_TASK = "a-word-that-is-in-the-task"
ALLOWED, CUT, REFUSED = EgressVerdict.ALLOWED, EgressVerdict.CUT, EgressVerdict.REFUSED


@dataclass
class Site:
    """Answers `/hold` when it is let, of `/half` the first half alone, and everything else at once."""

    port: int = field(default_factory=free_port)
    received: list[bytes] = field(default_factory=list)
    holds: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.received.append(await reader.readuntil(b"\r\n\r\n"))
            path = self.received[-1].split(b" ")[1]
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            if path == b"/half":
                writer.write(b"h")
            if path in {b"/half", b"/hold"}:
                await writer.drain()
                self.holds.set()
                await self.let_go.wait()
            writer.write(b"hi")
            await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()


@dataclass
class Bench:
    """A launcher of tasks, and the place inside that their jobs may reach, over TLS where a service stands between."""

    runtime: Runtime
    tasks: SimulatedTasks
    seal: OKPKey
    site: Site
    scheme: str
    service: EgressProcess | None

    def begin(self, code: str, **other: Any) -> "asyncio.Future[ToolResult]":
        secret = a_sealed_secret(self.seal, value=VALUE, host=HOST, format="Basic {base64}", header="X-Key")
        network = {"hosts": [HOST], "secrets": [secret.model_dump()]}
        url = f"URL = '{self.scheme}://{HOST}:{self.site.port}'\n"
        return opened(self.runtime.board, a_job(url + ASK + code, network=network, **other)).answer

    def held(self) -> list[tuple[str, bytes]]:
        """What is in all of its tasks: which of them has the job is the launcher's to say."""
        return [held for task in self.tasks.tasks.values() for held in task.holds()]


@asynccontextmanager
async def a_bench(folder: Path, home: str) -> AsyncIterator[Bench]:
    seal, egress_key, port, site = a_seal(), a_key("egress"), free_port(), Site()
    serving: ssl.SSLContext | None = None
    if home == SERVICE:
        serving, _ = a_certificate(folder, HOST)
        pem = (folder / "server.pem").read_text()
        (folder / "authorities.pem").write_text(pem[pem.index("-----BEGIN CERTIFICATE") :])
    private = json.dumps([f"{HOST}:{site.port}=127.0.0.1"])
    async with AsyncExitStack() as stack:
        at = await asyncio.start_server(site.answer, "127.0.0.1", site.port, ssl=serving)
        stack.callback(at.close)
        tasks = SimulatedTasks(folder, only=SandboxProfile.PYTHON)
        stack.push_async_callback(tasks.close)
        starter = FargateRunners(
            tasks,
            f"http://127.0.0.1:{port}",
            longest_seconds=3600,
            idle_seconds=600,
            egress="own" if home == RUNNER else "service",
            look_seconds=0.05,
            pause=lambda _: 0,
        )
        service, egress_port = None, free_port()
        tasks.doors = (port, egress_port) if home == SERVICE else (port, site.port)
        tasks.defined = {} if home == SERVICE else {"LOCKSTEP_RUNNER_EGRESS_PRIVATE": private}
        runtime, url = await stack.enter_async_context(
            launcher_here(
                starter,
                service_key=a_key(),
                egress_key=egress_key if home == SERVICE else None,
                port=port,
                seal=seal,
            )
        )
        if home == SERVICE:
            settings = {"PORT": str(egress_port), "PRIVATE": private, "AUTHORITIES": str(folder / "authorities.pem")}
            opened_to_jobs = {f"LOCKSTEP_EGRESS_{name}": value for name, value in settings.items()}
            service = await stack.enter_async_context(egress_process(folder, url, egress_key, **opened_to_jobs))
        yield Bench(runtime, tasks, seal, site, "http" if serving is None else "https", service)


ASK = """
import json, urllib.error, urllib.request
def ask(url):
    try:
        return urllib.request.urlopen(url, timeout=20).read().decode()
    except urllib.error.HTTPError as error:
        return [error.code, json.loads(error.read())["reason"]]
    except OSError as error:
        return str(error)
    except Exception as error:
        return type(error).__name__
"""
SEEN = f"""
marked = {IN_THE_TASK!r}
told = [ask(URL + '/x'), ask('http://elsewhere.example/'), ask('https://elsewhere.example/'), ask(URL + '/hold')]
print(json.dumps(told))
"""


@pytest.mark.parametrize("home", [pytest.param(RUNNER, marks=pytest.mark.full), SERVICE])
async def test_a_secret_is_nowhere_in_a_task_whose_job_leaves_by_the_service(home: str, tmp_path: Path) -> None:
    """With the proxy in the runner it is in the runner's memory, which shows that it would be found."""
    needles = [VALUE.encode(), base64.b64encode(VALUE.encode())]
    async with a_bench(tmp_path, home) as bench:
        answer = bench.begin(SEEN)
        async with asyncio.timeout(60):
            await bench.site.holds.wait()
        held = await asyncio.to_thread(bench.held)
        bench.site.let_go.set()
        result = await answer
    assert (result.status, result.stderr) == (JobStatus.SUCCEEDED, "")
    refused = "<urlopen error Tunnel connection failed: 403 Forbidden: host_not_allowed>"
    assert json.loads(result.stdout) == ["hi", [403, "host_not_allowed"], refused, "hi"]
    assert all(b"x-key: Basic " + needles[1] in request for request in bench.site.received)
    found = {where for where, content in held if any(needle in content for needle in needles)}
    assert found == (set() if home == SERVICE else {"memory of python (root)"})
    marked = {where for where, content in held if IN_THE_TASK.encode() in content}
    assert {"memory of python (root)", "memory of python3 (job)", "file main.py"} <= marked, marked
    # What a task tells of its requests is the same wherever its proxy stands.
    assert [(r.host, r.port, r.verdict, r.reason, r.secrets) for r in result.egress.records] == [
        (HOST, bench.site.port, ALLOWED, None, ("a-secret",)),
        ("elsewhere.example", 80, REFUSED, EgressReason.HOST_NOT_ALLOWED, ()),
        ("elsewhere.example", 443, REFUSED, EgressReason.HOST_NOT_ALLOWED, ()),
        (HOST, bench.site.port, ALLOWED, None, ("a-secret",)),
    ]
    assert [span.name for span in result.spans if span.name.startswith("egress")] == [
        f"egress GET {HOST}",
        "egress GET elsewhere.example",
        "egress CONNECT elsewhere.example",
        f"egress GET {HOST}",
    ]


AROUND = """
import errno, socket
def attempt(address):
    with socket.socket() as sock:
        try:
            return str(sock.connect(address))
        except OSError as error:
            return errno.errorcode[error.errno]
asked = [ask(url) for url in (URL + '/half', URL + '/x', 'http://elsewhere.example/')]
print(json.dumps([*asked, attempt(("169.254.170.2", 80))]))
"""


@pytest.mark.full
async def test_a_service_that_dies_takes_the_jobs_connections_with_it_and_no_other_way_opens(tmp_path: Path) -> None:
    async with a_bench(tmp_path, SERVICE) as bench:
        answer = bench.begin(AROUND)
        async with asyncio.timeout(60):
            await bench.site.holds.wait()
        assert bench.service is not None
        await bench.service.kill()
        result = await answer
    assert (result.status, result.stderr) == (JobStatus.SUCCEEDED, "")
    half, tls, plain, metadata = json.loads(result.stdout)
    assert half != "hi"
    assert "503" in tls
    assert "proxy_unavailable" in tls
    assert (plain, metadata) == ([503, "proxy_unavailable"], "ENETUNREACH")
    assert len(bench.site.received) == 1
    assert [(r.method, r.host, r.verdict, r.reason) for r in result.egress.records] == [
        ("CONNECT", HOST, REFUSED, EgressReason.PROXY_UNAVAILABLE),
        ("GET", "elsewhere.example", REFUSED, EgressReason.PROXY_UNAVAILABLE),
        # What was open when it died was not told any more, and the report says so.
        ("", "", CUT, EgressReason.JOURNAL_LOST),
    ]


async def test_a_task_whose_way_out_nobody_has_named_runs_nothing(tmp_path: Path) -> None:
    tasks = SimulatedTasks(tmp_path)
    settings = {
        "LOCKSTEP_RUNNER_BACKEND": "task",
        "LOCKSTEP_RUNNER_LAUNCHER_URL": "http://127.0.0.1:9",
        "LOCKSTEP_RUNNER_TOKEN": "a-token",
        "LOCKSTEP_RUNNER_PROFILE": "python",
    }
    try:
        task = tasks.tasks[await tasks.run(settings, key="one")]
        async with asyncio.timeout(60):
            assert await task.process.wait() == 69
        assert "Set LOCKSTEP_RUNNER_EGRESS=service" in task.log.read_text()
    finally:
        await tasks.close()
