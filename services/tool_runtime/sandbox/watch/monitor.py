"""What a whole sandbox uses, seen from outside every 50 ms, and the first limit that it passes.

Everything is read through descriptors that were opened before the job began: the sandbox's own /proc lists exactly
its processes (in a task those of its uid), and its mounts say what they hold. Whatever a job can hold counts, also
where no resident size shows it.
"""

import os
from dataclasses import dataclass, field

from foundation.contracts.tool_job import MIB, JobLimits, JobReason
from tool_runtime.sandbox.processors import stat_fields
from tool_runtime.sandbox.watch import kernel, memory
from tool_runtime.sandbox.watch.kernel import KernelSide, count_locks, kernel_side, most_queued, queued
from tool_runtime.sandbox.watch.memory import Mapped, Seen, look_at, mapped, proportional
from tool_runtime.sandbox.watch.procfs import Procfs

INTERVAL_SECONDS, LONGEST_INTERVAL_SECONDS = 0.05, 0.2
LOOKS_BETWEEN_LOCKS = 16
MAX_INODES = 50_000
COLLECTING_BYTES = 128 * MIB
"""What the first process may hold beside the files of a job that has ended, while it packs and hands them out."""
INODE_BYTES = 1280  # what a file in memory takes without its content, with a long name

_TICKS = os.sysconf("SC_CLK_TCK")
_FIRST_TIME, _LAST_TIME = 11, 15  # utime, stime, cutime, cstime among `stat_fields`


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: bytes of memory, CPU seconds of living and reaped processes, and what else is counted."""

    memory: int
    cpu_seconds: float
    inodes: int
    sockets: int
    descriptors: int = 0
    locks: int = 0
    mappings: int = 0
    processes: int = 1


def pause_after(look_seconds: float) -> float:
    """How long to wait for the next look: many processes take long to look at, which must not become all we do."""
    return min(max(INTERVAL_SECONDS, 3 * look_seconds), LONGEST_INTERVAL_SECONDS)


def breach(sample: Sample, limits: JobLimits) -> tuple[JobReason, str] | None:
    """The first limit that a sample passes, with words for it."""
    memory_limit = limits.memory_mb * MIB
    cpu = f"used {sample.cpu_seconds:.1f} of {limits.cpu_seconds} CPU seconds"
    checks = (
        (sample.memory > memory_limit, JobReason.MEMORY, f"used {sample.memory // MIB} of {limits.memory_mb} MiB"),
        (sample.cpu_seconds > limits.cpu_seconds, JobReason.CPU_TIME, cpu),
        _count(sample.inodes, MAX_INODES, JobReason.INODES, "made {} files"),
        _count(sample.sockets, kernel.MAX_SOCKETS, JobReason.SOCKETS, "opened {} sockets"),
        _count(sample.mappings, memory.MAX_MAPPINGS, JobReason.MEMORY, "made {} memory mappings"),
        _count(sample.descriptors, kernel.MAX_DESCRIPTORS, JobReason.MEMORY, "has {} files, pipes and sockets open"),
        _count(sample.locks, kernel.MAX_LOCKS, JobReason.MEMORY, "holds {} file locks"),
    )
    return next(((reason, words) for passed, reason, words in checks if passed), None)


def outlived(sample: Sample, limits: JobLimits) -> tuple[JobReason, str] | None:
    """What a job still does that has ended: there is but the first process, which hands out the files and holds little.

    That process runs nothing of the job's. Should it be taken over all the same, it gains no more than the job had.
    """
    if sample.processes > 1:
        return JobReason.PROTOCOL, f"{sample.processes} processes were there after the job's end"
    most = limits.memory_mb * MIB + COLLECTING_BYTES
    if sample.memory > most:
        return JobReason.MEMORY, f"used {sample.memory // MIB} MiB after the job's end, {most // MIB} are allowed"
    return None


def _count(found: int, allowed: int, reason: JobReason, words: str) -> tuple[bool, JobReason, str]:
    return found > allowed, reason, f"{words.format(found)}, {allowed} are allowed"


@dataclass
class Monitor:
    """Looks at one sandbox through its root; the limit says from where on shared memory is told apart."""

    root: str
    mounts: tuple[str, ...]
    """The writable ones, by their paths inside."""
    memory_limit: int
    only_uid: int | None = None
    """Whose processes are looked at, where the sandbox's /proc lists others as well."""
    peak_memory: int = 0
    cpu_seconds: float = 0.0
    _looks: int = 0
    _locks: int = 0
    _proc: Procfs = field(init=False)
    _mounts: list[int] = field(init=False)
    _terminals: int = field(init=False)

    def __post_init__(self) -> None:
        root = os.open(self.root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        folder = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        try:
            self._proc = Procfs(os.open("proc", folder, dir_fd=root), self.only_uid)
            self._terminals = os.open("dev/pts", folder, dir_fd=root)
            flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
            self._mounts = [os.open(path[1:], flags, dir_fd=root) for path in self.mounts]
        finally:
            os.close(root)

    def close(self) -> None:
        for fd in (self._proc.fd, self._terminals, *self._mounts):
            os.close(fd)

    def sample(self) -> Sample:
        """Look once; twice where the first look finds too much memory.

        Between fork and exec a child may share all memory of its parent (vfork), which then counts twice for about a
        millisecond; what is still there at the second look is real.
        """
        self._looks += 1
        if self._looks % LOOKS_BETWEEN_LOCKS == 0:
            self._locks = count_locks(self._proc)
        sample = self._look()
        if sample.memory > self.memory_limit:
            second = self._look()
            sample = min(sample, second, key=lambda one: one.memory)
        self.peak_memory = max(self.peak_memory, sample.memory)
        self.cpu_seconds = sample.cpu_seconds
        return sample

    def _look(self) -> Sample:
        """Processes that end meanwhile are left out."""
        pids = self._proc.pids()
        seen = [look_at(self._proc, pid) for pid in pids]
        views = [one.view for one in seen]
        maps = mapped(self._proc, views)
        held = kernel_side(self._proc, views, terminals=self._terminals, locks=self._locks)
        mounts = [os.statvfs(fd) for fd in self._mounts]
        inodes = sum(m.f_files - m.f_ffree for m in mounts)
        files = sum((m.f_blocks - m.f_bfree) * m.f_frsize for m in mounts) + inodes * INODE_BYTES
        return Sample(
            memory=self._memory(seen, maps, held, files),
            cpu_seconds=max(self.cpu_seconds, sum(self._cpu(pid) for pid in pids)),
            inodes=inodes,
            sockets=held.sockets,
            processes=len(pids),
            descriptors=held.descriptors,
            locks=self._locks,
            mappings=maps.mappings,
        )

    def _memory(self, seen: list[Seen], maps: Mapped, held: KernelSide, files: int) -> int:
        """Exact from half of the limit on.

        Below it, pages that processes share may count more than once, and what TCP has queued not at all.
        """
        owned = files + maps.shared + maps.mappings * memory.MAPPING_BYTES + held.bytes
        rough = owned + sum(one.resident for one in seen)
        if rough + most_queued(held.tcp_sockets) <= self.memory_limit // 2:
            return rough
        owned += queued(self._proc)
        return owned + sum(proportional(self._proc, one) for one in seen)

    def _cpu(self, pid: str) -> float:
        times = stat_fields(self._proc.read(f"{pid}/stat"))[_FIRST_TIME:_LAST_TIME]
        return sum(int(ticks) for ticks in times) / _TICKS
