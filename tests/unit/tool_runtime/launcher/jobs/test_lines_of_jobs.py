"""What a job prints is there for whoever waits for it: in order, bounded, and with a count of what is missing."""

import asyncio

from foundation.contracts.tool_job import MAX_LINES
from tool_runtime.launcher.jobs.said import Said


def test_lines_are_read_from_where_one_is() -> None:
    said = Said()
    said.add(("one", "two"), left_out=0)
    assert said.since(0) == (("one", "two"), 0)
    assert said.since(1) == (("two",), 0)
    assert said.since(2) == ((), 0)


def test_those_that_are_missing_are_counted_before_the_next_ones() -> None:
    said = Said()
    said.add(("one",), left_out=0)
    said.add(("five",), left_out=3)
    assert said.since(1) == (("five",), 3)
    assert said.count == 5


def test_what_nobody_has_read_for_long_is_let_go_and_counted() -> None:
    said = Said()
    for number in range(1000):
        said.add((str(number),), left_out=0)
    lines, missing = said.since(0)
    assert len(lines) == MAX_LINES
    assert lines[0] == str(missing)
    assert said.since(1000 - 2) == (("998", "999"), 0)


async def test_whoever_waits_is_woken() -> None:
    said = Said()
    waiting = asyncio.create_task(said.more())
    await asyncio.sleep(0)
    said.add(("one",), left_out=0)
    async with asyncio.timeout(60):
        await waiting
