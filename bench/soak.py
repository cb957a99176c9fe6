"""`make soak`: runs of all kinds at a steady rate for hours, with the memory of every process; a JSON line a minute.

People decide, pause, cancel, retry and fork as in `make chaos`, and nothing dies unless `--deaths` is given. The last
line is the report on every promise; the exit status is 1 if one was broken.
"""

import argparse
import contextlib
import json
import sys
import time

import psutil

from chaos_parts.deaths.victims import NAMES
from chaos_parts.load import Load
from chaos_parts.playing import Plan, play
from supervisor.processes import pid_files
from supervisor.settings import Settings

_AT_ONCE = 3
_SECONDS_BETWEEN_DEATHS = (10, 30)
_ENDLESS = 1_000_000


def megabytes(stack: Settings) -> dict[str, int]:
    """Resident memory of each process of the stack with its children."""
    memory = {}
    for name, process in pid_files.find(stack.paths).items():
        # One that ends at this moment, as jobs' processes do all the time, has no memory.
        with contextlib.suppress(psutil.NoSuchProcess):
            family = [process, *process.children(recursive=True)]
            memory[name] = sum(map(_resident, family)) // 1_000_000
    return memory


def _resident(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.NoSuchProcess):
        return int(process.memory_info().rss)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=2, help="how long (2)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of what people do (the time when left out)")
    parser.add_argument("--deaths", action="store_true", help="processes die as in `make chaos`, a third as often")
    given = parser.parse_args()
    stack, began = Settings(), time.monotonic()

    def each_minute(load: Load) -> None:
        minute = {"minutes": round((time.monotonic() - began) / 60), "runs": len(load.played)}
        print(json.dumps({**minute, "megabytes": megabytes(stack)}), flush=True)

    plan = Plan(
        seed=given.seed,
        seconds=given.hours * 3600,
        runs=_ENDLESS,
        at_once=_AT_ONCE,
        names=NAMES if given.deaths else (),
        between=_SECONDS_BETWEEN_DEATHS,
        doomed_at_once=1 if given.deaths else 0,
    )
    report = play(plan, each_minute=each_minute)
    print(json.dumps({"soak": report}))
    return 1 if report["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
