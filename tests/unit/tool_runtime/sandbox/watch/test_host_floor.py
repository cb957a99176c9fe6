"""Who goes when the machine is almost out of memory."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tool_runtime.sandbox.watch.machine import HostFloor


@pytest.fixture
def floors(tmp_path: Path) -> Iterator[list[HostFloor]]:
    with ExitStack() as stack:
        yield [stack.enter_context(HostFloor(tmp_path, part=0.05, available=lambda: 0.01)) for _ in range(3)]


def test_nobody_goes_while_there_is_memory(tmp_path: Path) -> None:
    with HostFloor(tmp_path, part=0.05, available=lambda: 0.06) as floor:
        assert not floor.takes(10**12)


def test_the_largest_job_goes_and_a_bystander_stays(floors: list[HostFloor]) -> None:
    small, large, other = floors
    assert small.takes(0)  # alone with a size, it is the largest
    (small, large, other) = floors
    assert not large.takes(900)  # somebody has just gone
    assert not small.takes(100)
    assert not other.takes(500)


def test_a_larger_neighbour_keeps_a_job_from_being_ended(floors: list[HostFloor], tmp_path: Path) -> None:
    bystander, large, _ = floors
    plenty = HostFloor(tmp_path, part=0.0)
    plenty.takes(900)  # tells its size only
    assert not bystander.takes(100)
    assert large.takes(901)
    plenty.close()


def test_a_runner_that_is_gone_counts_no_more(floors: list[HostFloor], tmp_path: Path) -> None:
    left = tmp_path / "1-1.bytes"
    left.write_bytes(b"%020d" % 10**9)
    assert floors[0].takes(5)
    assert not left.exists()


def test_a_new_runner_forgets_those_that_were_killed(floors: list[HostFloor], tmp_path: Path) -> None:
    (tmp_path / "1-1.bytes").write_bytes(b"%020d" % 10**9)
    with HostFloor(tmp_path, part=0.05, available=lambda: 0.01):
        assert len(list(tmp_path.iterdir())) == len(floors) + 1
