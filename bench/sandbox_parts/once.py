"""One case once, in each of the ways: as a plain process, and in a sandbox of its own."""

import asyncio
import contextlib
import time
from pathlib import Path

import psutil

from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.egress.private_hosts import private_hosts
from foundation.contracts.tool_job import MIB, JobLimits
from foundation.contracts.tools.calls.profile_limits import PROFILE_LIMITS
from sandbox_parts.cases import HOST, Case
from tool_runtime.egress.deciding import Gate
from tool_runtime.egress.limits import limits_of
from tool_runtime.egress.proxy import EgressProxy
from tool_runtime.egress.resolving import SystemResolver
from tool_runtime.runner.artifacts.shelf import Shelf
from tool_runtime.sandbox import assets
from tool_runtime.sandbox.box import Box, BoxJob
from tool_runtime.sandbox.profiles import PROFILES
from tool_runtime.sandbox.uids import take_uid
from tool_runtime.sandbox.walls.bwrap import start
from tool_runtime.tools.base import Invocation

LOCKS = Path("/run/lockstep/uids")
_LOOK_SECONDS = 0.001
"""A plain interpreter lives for some ten milliseconds."""

Seconds = dict[str, float]
"""By what they are the seconds of."""


async def plain(case: Case) -> Seconds:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*case.plain, env=case.env, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None  # noqa: S101 - of a pipe
    await process.stdout.read(1)
    first = time.perf_counter()
    await process.stdout.read()
    await process.wait()
    if process.returncode:
        raise RuntimeError(f"the plain command failed with {process.returncode}")
    return {"plain_first_byte": first - began, "plain": time.perf_counter() - began}


async def boxed(case: Case, installed: assets.SandboxAssets) -> tuple[Seconds, int]:
    """The seconds, and the most memory in bytes that the job held."""
    uid = take_uid(LOCKS)
    profile = case.tool.spec.profile
    held = PROFILE_LIMITS[profile]
    limits = JobLimits(memory_mb=held.memory_mb, processes=held.processes, cpu_seconds=60 * held.processors)
    began = time.perf_counter()
    box = Box(await start(installed, PROFILES[profile], uid=uid.uid))
    ready = time.perf_counter()
    told: list[float] = []
    box.stdout.hears = lambda _: told.append(time.perf_counter())
    invocation: Invocation = case.tool.invocation(case.arguments)
    job = BoxJob(invocation.argv, dict(invocation.env), invocation.files, limits)
    gate = Gate(NetworkPolicy(hosts=[HOST]), SystemResolver(), private_hosts([case.place] if case.place else []))
    async with EgressProxy(gate, limits=limits_of(profile)).listening(box.take_proxy_socket()):
        outcome = await box.run(job, take=Shelf(limits).take)
    ended = time.perf_counter()
    uid.release()
    if outcome.exit_code != 0:
        raise RuntimeError(box.stderr.text() or str(outcome.stop))
    seconds = {"ready": ready - began, "cold": ended - began, "warm": ended - ready}
    if case.prints:
        seconds |= {"cold_first_byte": told[0] - began, "warm_first_byte": told[0] - ready}
    return seconds, outcome.max_rss_bytes


async def plain_memory(case: Case) -> int:
    """The most memory in bytes that the plain command and its children held, as far as looks at them have found."""
    process = await asyncio.create_subprocess_exec(*case.plain, env=case.env, stdout=asyncio.subprocess.DEVNULL)
    ended, most = asyncio.create_task(process.wait()), 0
    while not ended.done():
        most = max(most, _held(process.pid))
        await asyncio.wait({ended}, timeout=_LOOK_SECONDS)
    return most


def _held(pid: int) -> int:
    total = 0
    with contextlib.suppress(psutil.Error):
        family = [psutil.Process(pid)]
        family += family[0].children(recursive=True)
        for one in family:
            with contextlib.suppress(psutil.Error):
                total += one.memory_full_info().pss
    return total


def in_mib(amount: int) -> float:
    return round(amount / MIB, 1)
