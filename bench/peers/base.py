"""A peer: one of the gateways that are compared, with its address, its headers and its processes."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from supervisor.settings import ROOT, Settings, inherited_environment
from support.raw_http import Target, answers

GATEWAY_CORE = 0
LOAD_CORE = 1
"""The peer that is measured has a core to itself; load, upstream and Redis share this one."""


class PeerMissing(Exception):
    """A peer cannot be started here; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Peer:
    """`process` is measured with its children; None for calls without a gateway."""

    name: str
    target: Target
    process: psutil.Process | None = field(default=None, compare=False)

    def cpu_seconds(self) -> float:
        return sum(times.user + times.system for times in map(psutil.Process.cpu_times, self._processes()))

    def rss(self) -> int:
        """Resident memory in bytes; pages that processes share are counted in each."""
        return sum(process.memory_info().rss for process in self._processes())

    def _processes(self) -> list[psutil.Process]:
        return [] if self.process is None else [self.process, *self.process.children(recursive=True)]


def installed(name: str) -> Path:
    """The folder in which the installer puts a peer."""
    return Settings().local_dir.resolve() / "peers" / name


@contextmanager
def pinned(
    *command: str, core: int, log: Path, environment: dict[str, str] | None = None, cwd: Path = ROOT
) -> Iterator[psutil.Process]:
    """Start a process on one core; it is ended with its children."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["taskset", "-c", str(core), *command],
            cwd=cwd,
            env={**inherited_environment(), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    watched = psutil.Process(process.pid)
    try:
        yield watched
    finally:
        with suppress(psutil.NoSuchProcess):
            for one in (*watched.children(recursive=True), watched):
                one.terminate()
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ready(peer: str, target: Target, process: psutil.Process, log: Path, *, path: str, seconds: float) -> None:
    """Wait until the address answers; `PeerMissing` with the end of the log if it does not."""
    if not answers(target, path, seconds=seconds, alive=process.is_running):
        raise PeerMissing(f"{peer} does not start: {log.read_text(errors='replace')[-500:]}")
