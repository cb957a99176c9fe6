"""The memory of a sandbox's processes, counted by what owns it instead of by what maps it.

A page that no process maps any more may still be held: shared anonymous memory after MADV_DONTNEED, or after all but
one page of it was unmapped, belongs to a nameless file of the kernel. Such files are found in the list of mappings, and
their blocks are counted once each. A process whose first thread has ended shows no memory under its own number; one of
its living threads shows all of it.
"""

import mmap
import os
import re
from dataclasses import dataclass
from functools import cache

from tool_runtime.sandbox.watch.procfs import Procfs

MAX_MAPPINGS = 262_144
MAPPING_BYTES = 256  # what the kernel keeps of each
NAMELESS_FILE = 16  # mappings that one nameless file counts as, for what the kernel keeps of it
BLOCK = 512  # the unit of st_blocks, whatever the file system

_STATUS = re.compile(rb"^(RssAnon|RssFile|VmPTE|VmSwap|HugetlbPages|Threads):\s+(\d+)", re.MULTILINE)
_ROLLUP = re.compile(rb"^(Pss_Anon|Pss_File|SwapPss):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seen:
    """One process: the number under which its memory is seen, and kilobytes by name."""

    view: str
    kilobytes: dict[bytes, int]

    @property
    def resident(self) -> int:
        """Shared pages counted in full; what belongs to files in memory is counted with these files."""
        return sum(size for name, size in self.kilobytes.items() if name != b"Threads") * 1024


def look_at(proc: Procfs, pid: str) -> Seen:
    """A process through its first thread, or through a living one where the first has ended."""
    seen = Seen(pid, _numbers(_STATUS, proc.read(f"{pid}/status")))
    if b"RssAnon" in seen.kilobytes or seen.kilobytes.get(b"Threads", 0) < 2:  # noqa: PLR2004
        return seen
    for thread in proc.names(f"{pid}/task"):
        told = _numbers(_STATUS, proc.read(f"{pid}/task/{thread}/status"))
        if b"RssAnon" in told:
            # A thread's number works like a process's, although no list of /proc has it.
            return Seen(thread, told)
    return seen


def proportional(proc: Procfs, seen: Seen) -> int:
    """Private pages and its part of shared ones. Page tables and huge pages stand in `status` alone."""
    shares = _numbers(_ROLLUP, proc.read(f"{seen.view}/smaps_rollup"))
    if not shares:
        return seen.resident
    alone = sum(seen.kilobytes.get(name, 0) for name in (b"VmPTE", b"HugetlbPages"))
    return (sum(shares.values()) + alone) * 1024


@dataclass(frozen=True, slots=True)
class Mapped:
    """What all processes show: how many mappings and nameless files there are, and the bytes that the files hold."""

    mappings: int
    shared: int


def mapped(proc: Procfs, views: list[str]) -> Mapped:
    """Each nameless file once, however many processes map however little of it."""
    line = _nameless()
    count, files = 0, dict[bytes, int]()
    for view in views:
        text = proc.read(f"{view}/maps")
        count += text.count(b"\n")
        for at, inode in line.findall(text) if b" (deleted)\n" in text else ():
            if inode not in files:
                files[inode] = _held(proc, view, at.decode())
        if count + NAMELESS_FILE * len(files) > MAX_MAPPINGS:
            break  # more than is allowed; to look further would take longer than the job should have
    return Mapped(count + NAMELESS_FILE * len(files), sum(files.values()))


def _held(proc: Procfs, view: str, at: str) -> int:
    try:
        found = proc.stat(f"{view}/map_files/{at}")
    except PermissionError:
        first, _, end = at.partition("-")
        return int(end, 16) - int(first, 16)  # at most this much through this mapping
    return found.st_blocks * BLOCK if found else 0


@cache
def counts_shared_memory() -> bool:
    """Whether this process may see the files behind mappings, which takes a privilege (CAP_CHECKPOINT_RESTORE).

    Without it nameless shared memory cannot be counted, so that a job must not have any.
    """
    with mmap.mmap(-1, mmap.PAGESIZE):
        proc = os.open("/proc/self", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            at = _nameless().findall(Procfs(proc).read("maps"))[0][0].decode()
            os.stat(f"map_files/{at}", dir_fd=proc)
        except PermissionError:
            return False
        finally:
            os.close(proc)
    return True


@cache
def _nameless() -> re.Pattern[bytes]:
    """Lines of `maps` of the kernel's own file system for nameless memory, known by the device of such a mapping."""
    with mmap.mmap(-1, mmap.PAGESIZE), open("/proc/self/maps", "rb") as maps:  # noqa: PTH123
        device = re.findall(rb"^\S+ \S+ \S+ (\S+) \d+ +/dev/zero \(deleted\)$", maps.read(), re.MULTILINE)[0]
    return re.compile(rb"^(\S+) \S+ \S+ " + re.escape(device) + rb" (\d+)", re.MULTILINE)


def _numbers(pattern: re.Pattern[bytes], text: bytes) -> dict[bytes, int]:
    return {name: int(size) for name, size in pattern.findall(text)}
