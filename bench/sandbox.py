"""Measures what a sandbox costs more than a plain process, in turn and in the same run; prints JSON.

`ready` is the time until the first process in a new sandbox waits for a job; `cold` the time until the job of a new
sandbox has ended, its files are saved and no process is left; `warm` the same for a sandbox that was ready before.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from foundation.contracts.tool_job import JobLimits
from tool_runtime.launcher.settings import default_sandbox_root
from tool_runtime.runner.shelf import Shelf
from tool_runtime.sandbox import assets
from tool_runtime.sandbox.box import Box, BoxJob
from tool_runtime.sandbox.bwrap import INTERPRETER
from tool_runtime.sandbox.start import start
from tool_runtime.sandbox.uids import take_uid
from tool_runtime.tools.code_python import CodePython

PROGRAMS = {"hello": "print('hello')", "pandas": "import numpy, pandas; print(pandas.DataFrame({'a': [1, 2]}).sum())"}
LIMITS = JobLimits()
LOCKS = Path("/run/lockstep/uids")
Run = Callable[[assets.SandboxAssets, str], Awaitable[dict[str, float]]]


async def plain(installed: assets.SandboxAssets, code: str) -> dict[str, float]:
    began = time.perf_counter()
    env = {"PYTHONPATH": str(installed.site), "OPENBLAS_NUM_THREADS": "1"}
    process = await asyncio.create_subprocess_exec(
        INTERPRETER, "-s", "-B", "-c", code, env=env, stdout=asyncio.subprocess.PIPE
    )
    await process.communicate()
    return {"plain": time.perf_counter() - began}


async def sandboxed(installed: assets.SandboxAssets, code: str) -> dict[str, float]:
    uid = take_uid(LOCKS)
    began = time.perf_counter()
    box = Box(await start(installed, uid=uid.uid))
    ready = time.perf_counter()
    invocation = CodePython().invocation({"code": code})
    job = BoxJob(invocation.argv, dict(invocation.env), invocation.files, LIMITS)
    outcome = await box.run(job, take=Shelf(LIMITS).take)
    ended = time.perf_counter()
    uid.release()
    if outcome.exit_code != 0:
        raise RuntimeError(box.stderr.text())
    return {"ready": ready - began, "cold": ended - began, "warm": ended - ready}


def summary(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return {"p50_ms": round(statistics.median(ordered) * 1000, 1), "p95_ms": round(p95 * 1000, 1)}


async def measure(root: Path, rounds: int) -> dict[str, object]:
    installed = assets.install(root)
    runs: tuple[Run, ...] = (plain, sandboxed)
    report: dict[str, object] = {}
    for name, code in PROGRAMS.items():
        seconds: dict[str, list[float]] = {}
        for turn in range(rounds + 1):
            for run in runs:
                for case, spent in (await run(installed, code)).items():
                    if turn:  # The first round fills caches.
                        seconds.setdefault(case, []).append(spent)
        report[name] = {case: summary(spent) for case, spent in seconds.items()}
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
