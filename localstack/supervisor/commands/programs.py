"""Runs programs that need the whole stack: the sample, the tests, the benchmarks."""

import asyncio
import contextlib
import json
import os
import sys
import time
import tomllib

from infra.node import node_environment
from supervisor import control, env_file
from supervisor.commands import client
from supervisor.processes import ports
from supervisor.settings import ROOT, Settings, inherited_environment

_SAMPLE = ("samples/run.py", "penguins")
OF_RECONCILING = ("LOCKSTEP_EXTRA_ROUTES_FILES",)
"""What it goes by of the stack's settings: the files that name the providers' reports."""
_SIDE_BY_SIDE = 3
"""Tests at a time: one more than a small machine has cores, because tests spend much of their time waiting."""
_SLOWEST = ("--durations=40", "--durations-min=2")
"""The tests that take the most time are told at the end, as all of them together have a bound."""
_ADDRESSES = {
    "LOCKSTEP_API_URL": "API",
    "LOCKSTEP_GATEWAY_URL": "model gateway",
    "LOCKSTEP_SIMULATED_PROVIDER_URL": "simulated provider",
    "AWS_ENDPOINT_URL": "SQS, Step Functions",
    "AWS_ENDPOINT_URL_S3": "S3, Secrets Manager",
}


async def deploy(settings: Settings) -> int:
    """Start everything, run the sample, and print how long that took."""
    started = time.monotonic()
    await client.up(settings)
    code = await _python(settings, *_SAMPLE)
    _print_addresses(settings)
    _print_time(settings, {"work": time.monotonic() - started})
    return code


async def run(settings: Settings, *arguments: str) -> int:
    """Run a program. Progress goes to standard error, so that the program's output can be piped."""
    with contextlib.redirect_stdout(sys.stderr):
        await client.up(settings)
    return await _python(settings, *arguments)


async def sample(settings: Settings, name: str, *, again: bool) -> int:
    """Run a sample. If it serves a site, tools may reach that site meanwhile, and it alone."""
    await client.up(settings)
    arguments = ("samples/run.py", name, *(["--again"] if again else []))
    declared = ROOT / "samples" / name / "site.toml"
    if not name or not declared.is_file():
        return await _python(settings, *arguments)
    host = tomllib.loads(declared.read_text(encoding="utf-8"))["host"]
    await asyncio.to_thread(ports.refuse_taken, {"LOCKSTEP_PORT_SAMPLE_SITE": settings.port_sample_site})
    async with client.reaching(settings, f"{host}:{settings.port_sample_site}=127.0.0.1"):
        return await _python(settings, *arguments)


async def reconcile(settings: Settings) -> int:
    """Import usage reports with the reconciler's login, which may write only corrections."""
    await client.up(settings, needs=OF_RECONCILING)
    variables = env_file.read(settings.paths.env)
    own = {
        "LOCKSTEP_DATABASE_URL_RECONCILER": variables["DATABASE_URL_RECONCILER"],
        "LOCKSTEP_REDIS_URL": variables["REDIS_URL"],
    }
    return await _python(settings, "-m", "llm_gateway.reconciliation.reconcile", more=own)


async def test(settings: Settings, *, full: bool) -> int:
    """Run first the tests that can run in parallel, then those that kill shared processes. Stop what was started."""
    was_running = await control.is_running(settings.paths)
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
        _print_time(settings, spent)
    return side_by_side or alone


async def _timed(spent: dict[str, float], name: str, settings: Settings, *arguments: str) -> int:
    started = time.monotonic()
    code = await _python(settings, "-m", "pytest", "-q", *_SLOWEST, *arguments)
    spent[name] = time.monotonic() - started
    return code


async def _python(settings: Settings, *arguments: str, more: dict[str, str] | None = None) -> int:
    """Run Python with the variables of `.local/env`, and of the caller's shell only those that every child gets."""
    here = inherited_environment()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        env={
            **here,
            **node_environment(path=here.get("PATH", "")),
            **settings.as_variables(),
            "PYTHONPATH": f"{ROOT / 'services'}:{ROOT / 'localstack'}:{ROOT}",
            **env_file.read(settings.paths.env),
            **(more or {}),
        },
    )
    return await process.wait()


def _print_addresses(settings: Settings) -> None:
    variables = env_file.read(settings.paths.env)
    print("\nAddresses")
    for name, what in _ADDRESSES.items():
        print(f"  {what:<22} {variables[name]}")
    print(f"  more, and a token      . {os.path.relpath(settings.paths.env, ROOT)}")


def _print_time(settings: Settings, spent: dict[str, float]) -> None:
    """Print the seconds; installation is apart, because it is mostly downloads and happens once."""
    preparation = settings.paths.top / "bootstrap" / "last.json"
    installed = json.loads(preparation.read_text()) if preparation.exists() else {"seconds": 0.0}
    parts = {"download and installation": installed["seconds"], **spent}
    shown = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in parts.items())
    print(f"\n{sum(parts.values()):.0f} s in all: {shown}")
