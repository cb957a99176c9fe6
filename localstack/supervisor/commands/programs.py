"""Programs that need the whole stack: the sample, the tests, the benchmarks."""

import asyncio
import contextlib
import json
import os
import sys
import time

from infra.node import node_environment
from supervisor import control, env_file
from supervisor.commands import client
from supervisor.settings import ROOT, Settings, inherited_environment

_SAMPLE = "samples/penguins/run.py"
_SIDE_BY_SIDE = 3
"""Tests at once: one more than the cores of a small machine, since much of their time is spent waiting."""
_ADDRESSES = {
    "LOCKSTEP_API_URL": "API",
    "LOCKSTEP_GATEWAY_URL": "model gateway",
    "LOCKSTEP_SIMULATED_PROVIDER_URL": "simulated provider",
    "AWS_ENDPOINT_URL": "SQS, Step Functions",
    "AWS_ENDPOINT_URL_S3": "S3, Secrets Manager",
}


async def deploy(settings: Settings) -> int:
    """Everything up, the sample finished, and how the time was spent."""
    started = time.monotonic()
    await client.up(settings)
    code = await _python(settings, _SAMPLE)
    _tell_addresses(settings)
    _tell_time(settings, {"work": time.monotonic() - started})
    return code


async def run(settings: Settings, *arguments: str) -> int:
    """Standard output is the program's alone, so that what it prints can be piped."""
    with contextlib.redirect_stdout(sys.stderr):
        await client.up(settings)
    return await _python(settings, *arguments)


async def reconcile(settings: Settings) -> int:
    """Under the reconciler's login, which may write nothing but corrections."""
    await client.up(settings)
    variables = env_file.read(settings.paths.env)
    own = {
        "LOCKSTEP_DATABASE_URL_RECONCILER": variables["DATABASE_URL_RECONCILER"],
        "LOCKSTEP_REDIS_URL": variables["REDIS_URL"],
    }
    return await _python(settings, "-m", "llm_gateway.reconciliation.reconcile", more=own)


async def test(settings: Settings, *, full: bool) -> int:
    """First what can run side by side, then what kills shared processes. Stops only what it has started."""
    was_running = await control.answers(settings.paths)
    started = time.monotonic()
    spent = {}
    try:
        await client.up(settings)
        spent["start"] = time.monotonic() - started
        tier = "" if full else " and not full"
        beside = ("-n", str(_SIDE_BY_SIDE), "--dist", "worksteal")
        side_by_side = await _timed(spent, "tests", settings, *beside, "-m", f"not serial{tier}")
        alone = await _timed(spent, "serial tests", settings, "-m", f"serial{tier}")
    finally:
        if not was_running:
            stopping = time.monotonic()
            await client.down(settings.paths)
            spent["stop"] = time.monotonic() - stopping
        _tell_time(settings, spent)
    return side_by_side or alone


async def _timed(spent: dict[str, float], name: str, settings: Settings, *arguments: str) -> int:
    started = time.monotonic()
    code = await _python(settings, "-m", "pytest", "-q", *arguments)
    spent[name] = time.monotonic() - started
    return code


async def _python(settings: Settings, *arguments: str, more: dict[str, str] | None = None) -> int:
    """With the variables of `.local/env` and nothing else of the caller's shell."""
    here = inherited_environment()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        env={
            **here,
            **node_environment(path=here.get("PATH", "")),
            **settings.spelled(),
            "PYTHONPATH": f"{ROOT / 'services'}:{ROOT / 'localstack'}:{ROOT}",
            **env_file.read(settings.paths.env),
            **(more or {}),
        },
    )
    return await process.wait()


def _tell_addresses(settings: Settings) -> None:
    variables = env_file.read(settings.paths.env)
    print("\nAddresses")
    for name, what in _ADDRESSES.items():
        print(f"  {what:<22} {variables[name]}")
    print(f"  more, and a token      . {os.path.relpath(settings.paths.env, ROOT)}")


def _tell_time(settings: Settings, spent: dict[str, float]) -> None:
    """Installation is told apart: it is mostly downloads, and happens once."""
    preparation = settings.paths.top / "bootstrap" / "last.json"
    installed = json.loads(preparation.read_text()) if preparation.exists() else {"seconds": 0.0}
    parts = {"download and installation": installed["seconds"], **spent}
    told = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in parts.items())
    print(f"\n{sum(parts.values()):.0f} s in all: {told}")
