"""What a whole sandbox uses, seen from outside every 50 ms.

Everything is read through descriptors that were opened before the job began: the sandbox's own /proc lists exactly
its processes, and its mounts say what they hold. Page tables and sockets count as well, because a job can hide
gigabytes in either while its resident size stays small.
"""

# Everything is relative to descriptors.
# ruff: noqa: PTH123, PTH208

import os
import re
from dataclasses import dataclass, field

from foundation.contracts.tool_job import MIB, JobLimits, JobReason
from tool_runtime.sandbox.bwrap import TMPFS

INTERVAL_SECONDS = 0.05
MAX_INODES = 50_000
MAX_SOCKETS = 512  # each may pin two default buffers, 416 KiB; the filter keeps jobs from raising them

_STATUS = re.compile(rb"^(VmRSS|VmPTE|VmSwap):\s+(\d+) kB$", re.MULTILINE)
_ROLLUP = re.compile(rb"^(?:Pss|SwapPss):\s+(\d+) kB$", re.MULTILINE)
_SOCKETS = re.compile(rb"^sockets: used (\d+)$", re.MULTILINE)
_MEMINFO = re.compile(rb"^(MemTotal|MemAvailable):\s+(\d+) kB$", re.MULTILINE)
_TICKS = os.sysconf("SC_CLK_TCK")
_FIRST_TIME, _LAST_TIME = 11, 15  # utime, stime, cutime, cstime, counted after the command's closing parenthesis


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: bytes of memory (processes, page tables, writable mounts), CPU seconds of living and reaped."""

    memory: int
    cpu_seconds: float
    inodes: int
    sockets: int
    host_available: float


def breach(sample: Sample, limits: JobLimits, *, host_floor: float) -> tuple[JobReason, str] | None:
    """The first limit that a sample passes, with words for it."""
    memory_limit = limits.memory_mb * MIB
    checks = (
        (sample.memory > memory_limit, JobReason.MEMORY, f"used {sample.memory // MIB} of {limits.memory_mb} MiB"),
        (
            sample.cpu_seconds > limits.cpu_seconds,
            JobReason.CPU_TIME,
            f"used {sample.cpu_seconds:.1f} of {limits.cpu_seconds} CPU seconds",
        ),
        (sample.inodes > MAX_INODES, JobReason.INODES, f"made {sample.inodes} files, {MAX_INODES} are allowed"),
        (
            sample.sockets > MAX_SOCKETS,
            JobReason.SOCKETS,
            f"opened {sample.sockets} sockets, {MAX_SOCKETS} are allowed",
        ),
        (sample.host_available < host_floor, JobReason.HOST_MEMORY, "the machine is almost out of memory"),
    )
    return next(((reason, words) for passed, reason, words in checks if passed), None)


@dataclass
class Monitor:
    """Looks at one sandbox through its first process; the limit says from where on shared memory is told apart."""

    init_pid: int
    memory_limit: int
    peak_memory: int = 0
    cpu_seconds: float = 0.0
    _proc: int = field(init=False)
    _mounts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        root = os.open(f"/proc/{self.init_pid}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._proc = os.open("proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=root)
            flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
            self._mounts = [os.open(path[1:], flags, dir_fd=root) for path in TMPFS]
        finally:
            os.close(root)

    def close(self) -> None:
        for fd in (self._proc, *self._mounts):
            os.close(fd)

    def sample(self) -> Sample:
        """Look once. Processes that end meanwhile are left out."""
        pids = [name for name in os.listdir(self._proc) if name.isdigit()]
        mounts = [os.statvfs(fd) for fd in self._mounts]
        files = sum((m.f_blocks - m.f_bfree) * m.f_frsize for m in mounts)
        memory = files + sum(self._resident(pid) for pid in pids)
        if memory > self.memory_limit // 2:
            memory = files + sum(self._proportional(pid) for pid in pids)
        found = _SOCKETS.search(self._read("1/net/sockstat"))
        sample = Sample(
            memory=memory,
            cpu_seconds=max(self.cpu_seconds, sum(self._cpu(pid) for pid in pids)),
            inodes=sum(m.f_files - m.f_ffree for m in mounts),
            sockets=int(found[1]) if found else 0,
            host_available=host_available(),
        )
        self.peak_memory = max(self.peak_memory, sample.memory)
        self.cpu_seconds = sample.cpu_seconds
        return sample

    def _read(self, path: str) -> bytes:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        except (FileNotFoundError, ProcessLookupError):
            return b""
        try:
            return os.read(fd, 65536)
        except ProcessLookupError:
            return b""
        finally:
            os.close(fd)

    def _resident(self, pid: str) -> int:
        return sum(int(size) for _, size in _STATUS.findall(self._read(f"{pid}/status"))) * 1024

    def _proportional(self, pid: str) -> int:
        """Shared pages divided among their users. Page tables stand in `status` alone."""
        shares = [int(size) for size in _ROLLUP.findall(self._read(f"{pid}/smaps_rollup"))]
        if not shares:
            return self._resident(pid)
        tables = sum(int(size) for name, size in _STATUS.findall(self._read(f"{pid}/status")) if name == b"VmPTE")
        return (sum(shares) + tables) * 1024

    def _cpu(self, pid: str) -> float:
        text = self._read(f"{pid}/stat")
        times = text[text.rfind(b")") + 2 :].split()[_FIRST_TIME:_LAST_TIME]
        return sum(int(ticks) for ticks in times) / _TICKS


def host_available() -> float:
    """The part of this machine's memory that is still to be had."""
    with open("/proc/meminfo", "rb") as file:
        found = dict(_MEMINFO.findall(file.read()))
    return int(found[b"MemAvailable"]) / int(found[b"MemTotal"])
