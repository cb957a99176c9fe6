"""What the monitor asks the kernel for: some answers take milliseconds, and a job's runner waits for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tool_runtime.sandbox.watch.monitor import LOOKS_BETWEEN_LOCKS, Monitor

MIB = 1024 * 1024
_QUEUED = "   0: 0100007F:1F90 0100007F:C350 01 00000000:00000400 00:00000000 00000000     0        0 1 1 0\n"
"""A connection with 1024 bytes that nobody has read, each of which may stand in a segment of its own: 1 MiB."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A sandbox's root, with one process that holds 10 MiB."""
    for folder in ("dev/pts", "proc/1/net"):
        (tmp_path / folder).mkdir(parents=True)
    process = tmp_path / "proc" / "1"
    (process / "status").write_text("Uid:\t0\nRssAnon:\t10240 kB\nThreads:\t1\n")
    (process / "smaps_rollup").write_text("Pss_Anon:           10240 kB\n")
    (process / "stat").write_text("1 (init) S " + " ".join(["0"] * 49))
    (process / "maps").write_text("")
    (process / "net" / "tcp").write_text(_QUEUED)
    (process / "net" / "tcp6").write_text("")
    (tmp_path / "proc" / "locks").write_text("1: POSIX  ADVISORY  WRITE 1 00:00:1 0 0\n" * 3)
    has_sockets(tmp_path, 1)
    return tmp_path


def has_sockets(root: Path, count: int) -> None:
    (root / "proc/1/net/sockstat").write_text(f"sockets: used {count}\nTCP: inuse {count} orphan 0\n")
    (root / "proc/1/net/sockstat6").write_text("")


@pytest.fixture
def look(root: Path) -> Iterator[Monitor]:
    monitor = Monitor(str(root), mounts=(), memory_limit=256 * MIB)
    yield monitor
    monitor.close()


def test_the_machines_connections_are_looked_through_only_where_a_jobs_could_matter(look: Monitor, root: Path) -> None:
    few = look.sample().memory
    has_sockets(root, 31)
    many = look.sample().memory
    assert many - few == MIB, "what the connection holds counts once there are enough of them"


def test_a_connection_counts_from_half_of_the_limit_on(root: Path) -> None:
    close = Monitor(str(root), mounts=(), memory_limit=20 * MIB)
    held = close.sample().memory
    (root / "proc/1/net/tcp").write_text("")
    assert held - close.sample().memory == MIB
    close.close()


def test_locks_are_not_counted_of_a_job_that_has_just_begun(look: Monitor) -> None:
    assert [look.sample().locks for _ in range(LOOKS_BETWEEN_LOCKS)] == [0] * (LOOKS_BETWEEN_LOCKS - 1) + [3]
    assert look.sample().locks == 3
