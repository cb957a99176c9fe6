"""How long a program of ours has, so that it can say what came of it before the job is ended."""

import os
import pathlib
import time

SECONDS = "LOCKSTEP_JOB_SECONDS"
_START_TIME = 19
"""Of what `/proc/<pid>/stat` has behind the name: field 22 in all (proc(5)), in ticks since the machine began."""


def ends_at(margin: float, *, part: float = 0.25) -> float:
    """When the program has to have its result, by `time.monotonic()`: so many seconds before the job's end.

    Of a job that has little time no more than that `part` of it is kept.
    """
    seconds = float(os.environ[SECONDS])
    return time.monotonic() - _seconds_run() + seconds - min(margin, seconds * part)


def _seconds_run() -> float:
    """Since this process began: its libraries take a part of the job's time before anything can look at a clock."""
    after_name = pathlib.Path("/proc/self/stat").read_text().rpartition(") ")[2]
    began = int(after_name.split()[_START_TIME]) / os.sysconf("SC_CLK_TCK")
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - began)
