"""Jobs through a launcher as it stands in the platform: submitted over HTTP by a worker's own client."""

import asyncio
import itertools
import json
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from joserfc.jwk import OKPKey

from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.tool_job import JobState, JobStatus, ToolJob
from foundation.contracts.tools.calls.profile_limits import PROFILE_LIMITS
from foundation.http.service_tokens import ServiceTokenSigner
from orchestrator.clients.launcher.http import HttpLauncher
from sandbox_parts.cases import HOST, Case

SERVICES = Path(__file__).resolve().parents[2] / "services"
AT_ONCE = 4
_LONGEST_SECONDS = 120
_BETWEEN_SECONDS = 0.3
"""Between two jobs that are measured one by one: by then a spare runner waits again."""


@dataclass(frozen=True, slots=True)
class Launched:
    """A launcher, and a worker's way to it."""

    port: HttpLauncher
    places: Sequence[str]

    async def run(self, case: Case) -> float:
        """Seconds from the submission to the result."""
        held = PROFILE_LIMITS[case.tool.spec.profile]
        job = ToolJob.model_validate(
            {
                "job_id": uuid4(),
                "tenant_id": UUID(int=1),
                "run_id": UUID(int=2),
                "step_id": UUID(int=3),
                "generation": 1,
                "fence": 1,
                "tool": case.tool.spec.name,
                "arguments": case.arguments,
                "limits": {"memory_mb": held.memory_mb, "processes": held.processes, "cpu_seconds": 120},
                "network": NetworkPolicy(hosts=[HOST]),
                "traceparent": f"00-{uuid4().hex}-00f067aa0ba902b7-01",
                "expires_at": datetime.now(UTC) + timedelta(minutes=5),
            }
        )
        began = time.perf_counter()
        result = await self.port.run(job, on_state=_unheard)
        if result.status is not JobStatus.SUCCEEDED:
            raise RuntimeError(f"{result.reason}: {result.detail} {result.stderr}")
        return time.perf_counter() - began

    async def one_by_one(self, case: Case, rounds: int) -> list[float]:
        """The first one fills caches, and is not among them."""
        seconds = []
        for _ in range(rounds + 1):
            seconds.append(await self.run(case))
            await asyncio.sleep(_BETWEEN_SECONDS)
        return seconds[1:]

    async def a_second(self, case: Case, jobs: int) -> float:
        """Jobs that end in a second while so many run at once."""
        numbers = itertools.count()

        async def lane() -> None:
            while next(numbers) < jobs:
                await self.run(case)

        began = time.perf_counter()
        await asyncio.gather(*(lane() for _ in range(AT_ONCE)))
        return jobs / (time.perf_counter() - began)


async def _unheard(_: JobState) -> None:
    """Nobody is told how the job stands."""


async def plain_a_second(case: Case, jobs: int) -> float:
    """The same with plain processes."""
    numbers = itertools.count()

    async def lane() -> None:
        while next(numbers) < jobs:
            process = await asyncio.create_subprocess_exec(
                *case.plain, env=case.env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
            )
            await process.communicate()

    began = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(AT_ONCE)))
    return jobs / (time.perf_counter() - began)


@asynccontextmanager
async def a_launcher(sandbox_root: Path, *, spare: int, places: Sequence[str]) -> AsyncIterator[Launched]:
    """With so many runners of each kind that wait; without any, each job waits for its own runner's start."""
    signing, sealing = OKPKey.generate_key("Ed25519", {"kid": "bench"}), OKPKey.generate_key("X25519", {"kid": "bench"})
    port, metrics = _free_port(), _free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(SERVICES),
        "LOCKSTEP_PORT_LAUNCHER": str(port),
        "LOCKSTEP_METRICS_PORT": str(metrics),
        "LOCKSTEP_SERVICE_PUBLIC_KEYS": json.dumps({"keys": [{**signing.as_dict(private=False), "use": "sig"}]}),
        "LOCKSTEP_LAUNCHER_SECRET_KEYS": json.dumps({"keys": [{**sealing.as_dict(private=True), "use": "enc"}]}),
        "LOCKSTEP_SANDBOX_ROOT": str(sandbox_root),
        "LOCKSTEP_LAUNCHER_MAX_RUNNING": str(AT_ONCE),
        "LOCKSTEP_LAUNCHER_SPARE_RUNNERS": str(spare),
        "LOCKSTEP_LAUNCHER_MOST_SPARE_RUNNERS": str(spare),
        "LOCKSTEP_LAUNCHER_EGRESS_PRIVATE": json.dumps(list(places)),
    }
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tool_runtime.launcher", env=environment, stdout=log, stderr=log
        )
        try:
            url = f"http://127.0.0.1:{port}"
            async with httpx.AsyncClient(base_url=url, timeout=_LONGEST_SECONDS, trust_env=False) as client:
                await _answers(client, process)
                signer = ServiceTokenSigner(signing.as_dict(private=True), service="orchestrator")
                yield Launched(HttpLauncher(client, signer), places)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _answers(client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(30):
        while process.returncode is None:
            try:
                await client.get("/health")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
    raise RuntimeError(f"the launcher ended with {process.returncode}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        return int(made.getsockname()[1])
