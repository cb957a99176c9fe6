"""What is read of a process that ends while it is looked at."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from tool_runtime.sandbox.watch.procfs import Procfs, entries


@pytest.fixture
def _process() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(["/bin/sleep", "60"]) as started:
        yield started
        started.kill()


@pytest.fixture
def _proc() -> Iterator[Procfs]:
    folder = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    yield Procfs(folder)
    os.close(folder)


def test_a_living_process_shows_its_descriptors(_process: "subprocess.Popen[bytes]", _proc: Procfs) -> None:
    pid = str(_process.pid)
    assert pid in _proc.pids()
    assert {"0", "1", "2"} <= set(_proc.names(f"{pid}/fd"))
    assert _proc.link(f"{pid}/exe").startswith("/")
    assert _proc.read(f"{pid}/status").startswith(b"Name:")
    assert _proc.stat(f"{pid}/fd") is not None


def test_one_that_has_ended_reads_as_nothing(_process: "subprocess.Popen[bytes]", _proc: Procfs) -> None:
    pid = str(_process.pid)
    _process.kill()
    _process.wait()
    told = (_proc.names(f"{pid}/fd"), _proc.link(f"{pid}/exe"), _proc.read(f"{pid}/status"), _proc.stat(f"{pid}/fd"))
    assert told == ([], "", b"", None)


def test_one_that_ends_while_its_descriptors_are_listed_has_none(_process: "subprocess.Popen[bytes]") -> None:
    folder = os.open(f"/proc/{_process.pid}/fd", os.O_RDONLY | os.O_DIRECTORY)
    try:
        assert entries(folder)
        _process.kill()
        _process.wait()
        assert entries(folder) == []
    finally:
        os.close(folder)
