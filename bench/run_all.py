"""Runs all benchmarks, one after the other, and prints one JSON document.

Each is a program that can be run alone. If one fails, the document has its error and the exit status is 1.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from support.figures import load, machine, progress

HERE = Path(__file__).parent
_LONGEST_SECONDS = 150
_LONGER_SECONDS = {"gateway": 420, "sandbox": 300}
_ENDING_SECONDS = 20
# The measurement of an idle stack is the first one, because the others leave work behind.
PROGRAMS: dict[str, tuple[str, ...]] = {
    "idle": ("--seconds", "20"),
    "steps": ("--rounds", "2"),
    "checkpoints": ("--steps", "4"),
    "stack": ("--runs", "20"),
    "api": ("--per-second", "50", "--seconds", "20"),
    "gateway": ("--peers", "all", "--rounds", "3"),
    "open_streams": ("--streams", "1000"),
    "sandbox": ("--rounds", "8"),
}
_REPORTED_ONCE = {"machine"}


def measured(name: str, arguments: tuple[str, ...]) -> dict[str, object]:
    began, before = time.monotonic(), load()
    command = [sys.executable, str(HERE / f"{name}.py"), *arguments]
    longest = _LONGER_SECONDS.get(name, _LONGEST_SECONDS)
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        said, _ = program.communicate(timeout=longest)
    except subprocess.TimeoutExpired:
        _end(program)
        return {"error": f"not finished after {longest} s"}
    if program.returncode != 0:
        return {"error": f"exit status {program.returncode}; see standard error"}
    document = json.loads(said)
    report: dict[str, object] = {key: value for key, value in document[name].items() if key not in _REPORTED_ONCE}
    return {**report, "took_seconds": round(time.monotonic() - began, 1), "load": {"before": before, "after": load()}}


def _end(program: "subprocess.Popen[str]") -> None:
    """Interrupts it, so that it ends what it has started; what it leaves in its session is killed."""
    program.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        program.communicate(timeout=_ENDING_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.communicate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", metavar="name", help=f"one or more of {', '.join(PROGRAMS)}; else all")
    only = parser.parse_args().only
    if unknown := set(only) - set(PROGRAMS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    began, before = time.monotonic(), load()
    benchmarks = {}
    for name in only or PROGRAMS:
        progress(f"{name} …")
        benchmarks[name] = measured(name, PROGRAMS[name])
    whole = {"before": before, "after": load(), "seconds": round(time.monotonic() - began, 1)}
    json.dump({"machine": machine(), "load": whole, "benchmarks": benchmarks}, sys.stdout, indent=2)
    print()
    return 1 if any("error" in report for report in benchmarks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
