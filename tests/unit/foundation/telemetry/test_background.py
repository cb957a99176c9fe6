"""What runs beside a process's calls is kept, its failures are logged, and its loops go on."""

import asyncio
import logging

import pytest

from foundation.domain.errors import DependencyUnavailable
from foundation.telemetry.background import TaskSet, begun_again, every, going_on, tolerating


async def test_a_task_that_fails_is_logged_and_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    async def fails() -> None:
        raise RuntimeError("lost")

    tasks = TaskSet()
    with caplog.at_level(logging.ERROR):
        tasks.start(fails(), name="to be lost")
        await tasks.wait()
        await asyncio.sleep(0)
    assert len(tasks) == 0
    assert [record.__dict__["task"] for record in caplog.records] == ["to be lost"]


async def test_cancelling_ends_also_a_task_that_swallows_the_first_cancellation() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    tasks = TaskSet()
    task = tasks.start(stubborn())
    await asyncio.sleep(0)
    await tasks.cancel()
    assert task.cancelled()
    assert len(tasks) == 0


async def test_a_loop_outlasts_what_it_tolerates_and_nothing_else() -> None:
    outcomes: list[type[Exception] | None] = [ConnectionError, None, ValueError]
    worked = 0

    async def work() -> None:
        nonlocal worked
        outcome = outcomes[worked]
        worked += 1
        if outcome is not None:
            raise outcome

    with pytest.raises(ValueError):  # noqa: PT011  # the loop's own, whatever its text
        await every(0, work, tolerate=(OSError,))()
    assert worked == 3


async def test_a_loop_that_breaks_begins_again() -> None:
    begun = 0
    again = asyncio.Event()

    async def loop() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise RuntimeError("broken once")
        again.set()
        await asyncio.Event().wait()

    tasks = TaskSet()
    tasks.start(begun_again(loop, pause_seconds=0))
    await again.wait()
    await tasks.cancel()
    assert begun == 2


async def test_a_loop_that_ends_of_itself_does_not_begin_again() -> None:
    begun = 0

    async def loop() -> None:
        nonlocal begun
        begun += 1
        if begun > 1:
            raise SystemError("a loop that returns at once would block the process, if it were begun again")

    await begun_again(loop, pause_seconds=0)
    assert begun == 1


async def test_a_loop_waits_less_after_work_that_has_more_to_do_and_as_ever_after_a_failure() -> None:
    done: list[str] = []
    enough = asyncio.Event()

    async def work() -> bool:
        done.append("work")
        if len(done) == 3:
            enough.set()
        return True

    # An hour is never waited: each time there is more to do.
    looping = asyncio.ensure_future(every(3600, work, tolerate=(OSError,), busy_seconds=0)())
    await enough.wait()
    looping.cancel()

    async def failing() -> bool:
        raise OSError("away")

    assert await tolerating((OSError,), work) is True
    assert await tolerating((OSError,), failing) is False
    with pytest.raises(OSError, match="away"):
        await tolerating((ValueError,), failing)


@pytest.mark.parametrize(
    ("error", "level", "said"),
    [
        (DependencyUnavailable("Redis does not answer"), logging.WARNING, "an export waits"),
        (ConnectionError("refused"), logging.WARNING, "an export waits"),
        (ValueError("a row that nobody can read"), logging.ERROR, "by a fault of ours"),
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_breaks_the_work_for_one_keeps_none_behind_it_waiting(
    error: Exception, level: int, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    done, went = [], []
    for one in ("first", "second"):
        with going_on("an export waits") as attended:
            if one == "first":
                raise error
            done.append(one)
        went.append(attended.failed)
    assert (done, went) == (["second"], [True, False])
    [record] = caplog.records
    assert (record.levelno, record.exc_info and record.exc_info[1]) == (level, error)
    assert said in record.message


def test_the_end_of_a_loop_passes_through() -> None:
    with pytest.raises(asyncio.CancelledError), going_on("an export waits"):
        raise asyncio.CancelledError
