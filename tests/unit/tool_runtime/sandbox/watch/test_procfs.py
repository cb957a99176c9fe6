"""What is read of a process that ends while it is looked at."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from tool_runtime.sandbox.watch.procfs import Procfs, entries


@pytest.fixture
def sleeping() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(["/bin/sleep", "60"]) as started:
        yield started
        started.kill()


@pytest.fixture
def proc() -> Iterator[Procfs]:
    folder = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    yield Procfs(folder)
    os.close(folder)


def test_a_living_process_shows_its_descriptors(sleeping: "subprocess.Popen[bytes]", proc: Procfs) -> None:
    pid = str(sleeping.pid)
    assert pid in proc.pids()
    assert {"0", "1", "2"} <= set(proc.names(f"{pid}/fd"))
    assert proc.link(f"{pid}/exe").startswith("/")
    assert proc.read(f"{pid}/status").startswith(b"Name:")
    assert proc.stat(f"{pid}/fd") is not None


def test_one_that_has_ended_reads_as_nothing(sleeping: "subprocess.Popen[bytes]", proc: Procfs) -> None:
    pid = str(sleeping.pid)
    sleeping.kill()
    sleeping.wait()
    told = (proc.names(f"{pid}/fd"), proc.link(f"{pid}/exe"), proc.read(f"{pid}/status"), proc.stat(f"{pid}/fd"))
    assert told == ([], "", b"", None)


def test_one_that_ends_while_its_descriptors_are_listed_has_none(sleeping: "subprocess.Popen[bytes]") -> None:
    folder = os.open(f"/proc/{sleeping.pid}/fd", os.O_RDONLY | os.O_DIRECTORY)
    try:
        assert entries(folder)
        sleeping.kill()
        sleeping.wait()
        assert entries(folder) == []
    finally:
        os.close(folder)
