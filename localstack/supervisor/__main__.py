"""The command line of the local stack."""

import argparse
import asyncio
import os
import sys

from supervisor import daemon
from supervisor.commands import execute as commander
from supervisor.databases.passwords import LOGINS
from supervisor.errors import SupervisorError
from supervisor.processes.process import Group
from supervisor.settings import ROOT, Settings


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="supervisor", description="Runs Lockstep on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start what does not run, and bring what runs up to date")
    up.add_argument(
        "--only", default="", choices=[*Group], help="ground: PostgreSQL, Redis and LocalStack; services: the rest"
    )
    commands.add_parser("down", help="stop everything; what users have made is kept")
    commands.add_parser("reset", help="stop everything and delete all data")
    commands.add_parser("status", help="print what runs")
    commands.add_parser("env", help="print the shell variables of the stack")
    for name in ("start", "stop", "restart"):
        commands.add_parser(name).add_argument("names", nargs="+", metavar="process")
    commands.add_parser("deploy", help="up, then run the sample and print its bill")
    commands.add_parser("reconcile", help="import the provider's usage report")
    sql = commands.add_parser("sql", help="a prompt of the database, or one command")
    sql.add_argument("-c", "--command", dest="statement", help="run this statement and end")
    sql.add_argument(
        "--login", choices=LOGINS, help="the login of one service; by default the owner, who sees everything"
    )
    test = commands.add_parser("test", help="up, then the tests, in phases; stop what was started for them")
    test.add_argument("--full", action="store_true", help="every matrix in full")
    sample = commands.add_parser("sample", help="up, then a sample, whose site tools may reach meanwhile")
    sample.add_argument("name", nargs="?", default="")
    sample.add_argument("--again", action="store_true", help="start a new run of it")
    run = commands.add_parser("run", help="up, then a program of the project, with the stack's variables")
    run.add_argument("program")
    run.add_argument("arguments", nargs=argparse.REMAINDER)
    commands.add_parser("daemon", help="used by `up`")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    os.chdir(ROOT)
    if arguments.command == "daemon":
        daemon.main()
        return 0
    try:
        return asyncio.run(commander.execute(Settings(), arguments))
    except SupervisorError as error:
        print(f"{error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
