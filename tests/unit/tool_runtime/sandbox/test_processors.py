"""A job has as many processors as it may, others than its runner's where there are any; and time is counted."""

import os
from collections.abc import Iterator

import pytest

from tool_runtime.sandbox.processors import for_a_job, processor_ticks


def test_the_time_of_a_process_that_works_grows_and_of_none_there_is_none() -> None:
    before = processor_ticks(os.getpid())
    while processor_ticks(os.getpid()) == before:
        pass
    assert processor_ticks(os.getpid()) > before
    assert processor_ticks(2**22 + 1) == 0


@pytest.fixture
def ours() -> Iterator[int]:
    """The processor that this process runs on, for as long as the test."""
    every = os.sched_getaffinity(0)
    chosen = min(every)
    os.sched_setaffinity(0, {chosen})
    yield chosen
    os.sched_setaffinity(0, every)


def test_a_job_that_may_have_one_processor_gets_one_of_the_others(ours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {ours, ours + 1, ours + 2})
    given = [for_a_job(pid, 1) for pid in range(100, 104)]
    assert {*map(len, given)} == {1}
    assert set().union(*given) == {ours + 1, ours + 2}, "jobs are spread over those that are left"


def test_a_job_that_may_have_several_gets_its_runners_last(ours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {ours, ours + 1, ours + 2})
    assert for_a_job(100, 2) == {ours + 1, ours + 2}
    assert for_a_job(100, 3) == for_a_job(100, 8) == {ours, ours + 1, ours + 2}


def test_on_a_machine_with_one_processor_a_job_has_that_one(ours: int) -> None:
    assert for_a_job(100, 1) == for_a_job(101, 2) == {ours}
