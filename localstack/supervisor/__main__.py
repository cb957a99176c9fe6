"""The command line: `python -m supervisor up | down | reset | status | start | stop | restart | env`."""

import argparse
import asyncio
import os
import sys

from supervisor import commander, daemon
from supervisor.errors import SupervisorError
from supervisor.settings import ROOT, Settings


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="supervisor", description="Runs Lockstep on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start what does not run, bring up to date what does")
    up.add_argument("--only", default="", choices=["ground", "services"], help="ground: no service of ours")
    commands.add_parser("down", help="stop everything; nothing that a user made is lost")
    commands.add_parser("reset", help="stop everything and forget all data")
    commands.add_parser("status", help="say what runs")
    commands.add_parser("env", help="print the shell variables of the stack")
    for name in ("start", "stop", "restart"):
        commands.add_parser(name).add_argument("names", nargs="+", metavar="process")
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
