"""`make chaos`: everything dies at random while runs of all kinds go on; then every promise is checked.

Killed (SIGKILL) or frozen (SIGSTOP) are the worker, the gateway, the control plane, the launcher, the functions, Redis,
PostgreSQL and LocalStack's `workflow`; beside them workers kill themselves at each named failpoint. All of it is drawn
from a seed. Prints one JSON document; the exit status is 1 if a promise was broken.
"""

import argparse
import json
import sys
import time

from chaos_parts.deaths.victims import NAMES
from chaos_parts.playing import Plan, play


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seed", type=int, default=int(time.time()), help="of all that is drawn (the time when left out)"
    )
    parser.add_argument("--minutes", type=float, default=5, help="how long things die (5)")
    parser.add_argument("--runs", type=int, default=150, help="how many runs are started at most, without forks (150)")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, help="who dies (all)")
    given = parser.parse_args()
    plan = Plan(seed=given.seed, seconds=given.minutes * 60, runs=given.runs, names=tuple(given.only))
    report = play(plan)
    print(json.dumps({"chaos": report}, indent=1))
    return 1 if report["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
