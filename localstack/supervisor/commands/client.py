"""The daemon's client: starts the daemon if it does not run, passes it commands, prints its progress."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

from supervisor import control
from supervisor.control import NotUnderstood, Request
from supervisor.errors import SupervisorError
from supervisor.inventory.handed_on import of_settings
from supervisor.processes import pid_files
from supervisor.settings import ROOT, Paths, Settings, inherited_environment

_DAEMON_SECONDS = 20.0
LAUNCHER = "tool-runtime"
"""What the supervisor calls the launcher of tools."""


async def up(settings: Settings, *, only: str = "", needs: Collection[str] | None = None) -> None:
    """`needs` are the settings in which a stack that runs must be this one, by their variables; None for all."""
    given = of_settings(settings)
    for warning in given.warnings:
        print(f"  warning: {warning}", file=sys.stderr)
    await ensure_daemon(settings, given.variables)
    identity = settings.identity(given.variables)
    asked = identity if needs is None else {name: identity[name] for name in needs}
    await perform(settings.paths, Request("up", only=only, settings=asked))


async def perform(paths: Paths, request: Request) -> None:
    started = time.monotonic()
    changes = 0
    try:
        async for message in control.send(paths, request):
            changes += 1
            print(f"  {message['text']:<60} {message['seconds']:6.1f} s", flush=True)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise SupervisorError("the local stack does not run") from error
    done = "done" if changes else "nothing to do"
    print(f"  {done:<60} {time.monotonic() - started:6.1f} s", flush=True)


@asynccontextmanager
async def reaching(settings: Settings, *places: str) -> AsyncIterator[None]:
    """While inside, tools may reach these private places (`host:port=address`) besides those of the settings.

    For that the launcher is started anew with them, and again without them. A command that is killed in between leaves
    them open until the launcher is started the next time.
    """
    opened = [*json.loads(settings.launcher_egress_private), *places]
    more = {"LOCKSTEP_LAUNCHER_EGRESS_PRIVATE": json.dumps(opened)}
    try:
        await perform(settings.paths, Request("restart", names=[LAUNCHER], environment=more))
        yield
    finally:
        await perform(settings.paths, Request("restart", names=[LAUNCHER]))


async def ensure_daemon(settings: Settings, handed_on: Mapping[str, str]) -> None:
    paths = settings.paths
    if await control.is_running(paths):
        return
    paths.create()
    for name in pid_files.end_orphans(paths):
        print(f"  {name}, left over from a supervisor that was killed, is ended")
    process = _launch_daemon(settings, handed_on)
    deadline = time.monotonic() + _DAEMON_SECONDS
    while not await control.is_running(paths):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SupervisorError(f"the supervisor did not start: see {paths.logs / 'supervisor.log'}")
        await asyncio.sleep(0.05)


def _launch_daemon(settings: Settings, handed_on: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the daemon in a session of its own, so that it goes on when this shell ends."""
    with (settings.paths.logs / "supervisor.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "supervisor", "daemon"],
            cwd=ROOT,
            env={
                **inherited_environment(),
                "PYTHONPATH": f"{ROOT}:{ROOT / 'localstack'}",
                **settings.as_variables(),
                **settings.provider_keys,
                **handed_on,
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


async def down(paths: Paths) -> None:
    if await control.is_running(paths):
        daemon = pid_files.find(paths).get("supervisor")
        try:
            await perform(paths, Request("down"))
        except NotUnderstood:
            # One of older code, which stops everything when it is ended.
            if daemon:
                daemon.terminate()
        if daemon:
            await asyncio.to_thread(daemon.wait, timeout=_DAEMON_SECONDS)
    orphans = pid_files.end_orphans(paths) if paths.run.exists() else []
    for name in orphans:
        print(f"  {name}, left over from a supervisor that was killed, is ended")
