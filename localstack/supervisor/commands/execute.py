"""Executes a command of the command line."""

import argparse
import contextlib
import shutil

from supervisor import control
from supervisor.commands import client, programs, sql_prompt
from supervisor.control import Request
from supervisor.inventory.handed_on import of_settings
from supervisor.settings import Paths, Settings, default_sandbox_root

_STOPPED = 3


async def execute(settings: Settings, arguments: argparse.Namespace) -> int:
    paths = settings.paths
    match arguments.command:
        case "up":
            await client.up(settings, only=arguments.only)
        case "start" | "restart":
            await client.ensure_daemon(settings, of_settings(settings).variables)
            await client.perform(paths, Request(arguments.command, names=arguments.names))
        case "stop":
            await client.perform(paths, Request("stop", names=arguments.names))
        case "down":
            await client.down(paths)
        case "reset":
            await client.down(paths)
            _forget(settings)
        case "status":
            return await _status(paths)
        case "deploy" | "reconcile" | "run" | "sample" | "test" | "sql":
            return await _program(settings, arguments)
        case "env":
            _print_env(paths)
    return 0


async def _program(settings: Settings, arguments: argparse.Namespace) -> int:
    """Run a program; its exit status becomes that of the command."""
    match arguments.command:
        case "deploy":
            return await programs.deploy(settings)
        case "reconcile":
            return await programs.reconcile(settings)
        case "run":
            return await programs.run(settings, arguments.program, *arguments.arguments)
        case "sample":
            return await programs.sample(settings, arguments.name, again=arguments.again)
        case "sql":
            return sql_prompt.prompt(settings, statement=arguments.statement, login=arguments.login)
        case "test":
            return await programs.test(settings, full=arguments.full)
    raise AssertionError("unreachable")


def _print_env(paths: Paths) -> None:
    print(paths.env.read_text() if paths.env.exists() else "", end="")


async def _status(paths: Paths) -> int:
    if not await control.is_running(paths):
        print("the local stack does not run")
        return _STOPPED
    async for message in control.send(paths, Request("status")):
        row = message["status"]
        pid = row["pid"] or "-"
        print(f"{row['name']:<22}{row['state']:<12}port {row['port']:<7}pid {pid:<9}restarts {row['restarts']}")
    return 0


def _forget(settings: Settings) -> None:
    """Delete everything but the installed environments."""
    paths = settings.paths
    # A sandbox folder that the user chose may contain other files.
    sandbox = settings.sandbox_root
    if sandbox != default_sandbox_root():
        sandbox /= "site"
    for place in (paths.state, paths.logs, paths.run, paths.cloud, paths.top / "cache", sandbox):
        shutil.rmtree(place, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        paths.env.unlink()
    print("  all data of the local stack is deleted")
