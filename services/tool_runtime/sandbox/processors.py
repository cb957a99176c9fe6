"""Which processors a job gets, and how long a process has had one."""

import os
from pathlib import Path

# Places among `stat_fields`.
_FIRST_TIME, _LAST_TIME = 11, 13
_PROCESSOR = 36


def processor_ticks(pid: int) -> int:
    """Of this process alone; 0 where it is gone."""
    try:
        return sum(map(int, _stat(str(pid))[_FIRST_TIME:_LAST_TIME]))
    except OSError:
        return 0


def for_a_job(pid: int, wanted: int) -> set[int]:
    """As many of this machine's as are wanted, or all that it has; `pid` spreads jobs over them.

    The one on which this process runs comes last: it feeds the job and hears it, so that each would wait for the other.
    """
    known = sorted(os.sched_getaffinity(0))
    ours = int(_stat("self")[_PROCESSOR])
    others = [processor for processor in known if processor != ours] or known
    first = pid % len(others)
    return set([*others[first:], *others[:first], ours][:wanted])


def stat_fields(text: bytes) -> list[bytes]:
    """Of /proc/<pid>/stat after the program's name, which stands in brackets and may itself hold any character."""
    return text.rpartition(b") ")[2].split()


def _stat(process: str) -> list[bytes]:
    return stat_fields(Path(f"/proc/{process}/stat").read_bytes())
