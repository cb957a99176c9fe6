"""What each command of the command line does, seen from the person's side of the socket."""

import argparse
import asyncio
import contextlib
import shutil
import subprocess
import sys
import time

from supervisor import control, pid_files
from supervisor.control import Request
from supervisor.errors import SupervisorError
from supervisor.settings import ROOT, Paths, Settings, inherited_environment
from supervisor.surroundings import Surroundings

_DAEMON_SECONDS = 20.0
_STOPPED = 3


async def execute(settings: Settings, arguments: argparse.Namespace) -> int:
    paths = settings.paths
    match arguments.command:
        case "up":
            await _ensure_daemon(settings)
            await _tell(paths, Request("up", only=arguments.only))
        case "start" | "restart":
            await _ensure_daemon(settings)
            await _tell(paths, Request(arguments.command, names=arguments.names))
        case "stop":
            await _tell(paths, Request("stop", names=arguments.names))
        case "down":
            await _down(paths)
        case "reset":
            await _down(paths)
            _forget(Surroundings(settings))
        case "status":
            return await _status(paths)
        case "env":
            print(paths.env.read_text() if paths.env.exists() else "", end="")
    return 0


async def _tell(paths: Paths, request: Request) -> None:
    started = time.monotonic()
    changes = 0
    try:
        async for message in control.ask(paths, request):
            changes += 1
            print(f"  {message['text']:<60} {message['seconds']:6.1f} s", flush=True)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise SupervisorError("the local stack does not run") from error
    done = "done" if changes else "nothing to do"
    print(f"  {done:<60} {time.monotonic() - started:6.1f} s")


async def _ensure_daemon(settings: Settings) -> None:
    paths = settings.paths
    if await control.answers(paths):
        return
    paths.create()
    for name in pid_files.end_orphans(paths):
        print(f"  {name}, left by a supervisor that was killed, is ended")
    process = _launch_daemon(settings)
    deadline = time.monotonic() + _DAEMON_SECONDS
    while not await control.answers(paths):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SupervisorError(f"the supervisor did not start: see {paths.logs / 'supervisor.log'}")
        await asyncio.sleep(0.05)


def _launch_daemon(settings: Settings) -> subprocess.Popen[bytes]:
    """In a session of its own, so that it outlives this shell."""
    with (settings.paths.logs / "supervisor.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "supervisor", "daemon"],
            cwd=ROOT,
            env={**inherited_environment(), "PYTHONPATH": str(ROOT / "localstack"), **_as_environment(settings)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _as_environment(settings: Settings) -> dict[str, str]:
    """The settings of this shell, spelled as the daemon reads them."""
    values = {f"LOCKSTEP_{name.upper()}": str(value) for name, value in settings if value is not None}
    values.pop("LOCKSTEP_OPENAI_API_KEY", None)
    if settings.openai_api_key:
        values["OPENAI_API_KEY"] = settings.openai_api_key.get_secret_value()
    return values


async def _down(paths: Paths) -> None:
    if await control.answers(paths):
        daemon = pid_files.find(paths).get("supervisor")
        await _tell(paths, Request("down"))
        if daemon:
            await asyncio.to_thread(daemon.wait, timeout=_DAEMON_SECONDS)
    orphans = pid_files.end_orphans(paths) if paths.run.exists() else []
    for name in orphans:
        print(f"  {name}, left by a supervisor that was killed, is ended")


async def _status(paths: Paths) -> int:
    if not await control.answers(paths):
        print("the local stack does not run")
        return _STOPPED
    async for message in control.ask(paths, Request("status")):
        row = message["status"]
        pid = row["pid"] or "-"
        print(f"{row['name']:<22}{row['state']:<12}port {row['port']:<7}pid {pid:<9}restarts {row['restarts']}")
    return 0


def _forget(here: Surroundings) -> None:
    """Everything but the installed environments."""
    paths = here.settings.paths
    for place in (paths.state, paths.logs, paths.run, paths.cloud, paths.top / "cache", here.sandbox_root):
        shutil.rmtree(place, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        paths.env.unlink()
    print("  all data of the local stack is deleted")
