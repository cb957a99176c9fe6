"""One way to the model: where it listens, what it wants to be told, and which processes do the work."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from raw_http import Target, answers
from supervisor.settings import ROOT, Settings, inherited_environment

GATEWAY_CORE = 0
LOAD_CORE = 1
"""What is measured has a core for itself; load, upstream and Redis share the other."""


class PeerMissing(Exception):
    """A peer that cannot be started here, with the reason."""


@dataclass(frozen=True, slots=True)
class Peer:
    """`process` with its children is what is measured; nothing stands in between where it is None."""

    name: str
    target: Target
    process: psutil.Process | None = field(default=None, compare=False)

    def cpu_seconds(self) -> float:
        return sum(times.user + times.system for times in map(psutil.Process.cpu_times, self._processes()))

    def rss(self) -> int:
        """Bytes; pages that processes share count in each."""
        return sum(process.memory_info().rss for process in self._processes())

    def _processes(self) -> list[psutil.Process]:
        return [] if self.process is None else [self.process, *self.process.children(recursive=True)]


def installed(name: str) -> Path:
    """Where the installer puts a peer."""
    return Settings().local_dir.resolve() / "peers" / name


@contextmanager
def pinned(
    *command: str, core: int, log: Path, environment: dict[str, str] | None = None, cwd: Path = ROOT
) -> Iterator[psutil.Process]:
    """A process on one core from its first moment on; it is ended with what it has started."""
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
    """Until the address answers; `PeerMissing` with what it said when it never does."""
    if not answers(target, path, seconds=seconds, alive=process.is_running):
        raise PeerMissing(f"{peer} does not start: {log.read_text(errors='replace')[-500:]}")
