"""What a job prints is told line by line, bounded in its length and its number, and the rest is counted."""

import asyncio

from foundation.contracts.tool_job import MAX_LINE, MAX_LINES, MAX_LINES_TOLD
from tool_runtime.job_lines import Telling
from tool_runtime.protocol import ToldLines


async def told(*pieces: bytes) -> list[ToldLines]:
    heard: list[ToldLines] = []

    async def tell(lines: ToldLines) -> None:
        heard.append(lines)

    telling = Telling(tell, pause_seconds=0)
    async with telling.going_on():
        for piece in pieces:
            telling.hear(piece)
    return heard


async def test_lines_are_put_together_and_empty_ones_are_not_told() -> None:
    assert await told(b"on", b"e\n\ntw", b"o\nthree") == [ToldLines(lines=("one", "two", "three"))]


async def test_of_a_job_that_ends_at_once_nothing_is_told_where_telling_begins_later() -> None:
    heard: list[ToldLines] = []

    async def tell(lines: ToldLines) -> None:
        heard.append(lines)

    telling = Telling(tell, pause_seconds=0, begins_after=60)
    async with telling.going_on():
        telling.hear(b"one\n")
    assert heard == []


async def test_what_was_printed_before_telling_begins_is_told_then() -> None:
    heard: list[ToldLines] = []
    come = asyncio.Event()

    async def tell(lines: ToldLines) -> None:
        heard.append(lines)
        come.set()

    telling = Telling(tell, pause_seconds=60, begins_after=0.01)
    async with telling.going_on():
        telling.hear(b"one\ntwo\n")
        async with asyncio.timeout(60):
            await come.wait()
        telling.hear(b"three\n")
    assert [one.lines for one in heard] == [("one", "two"), ("three",)]


async def test_a_long_line_is_cut_and_one_without_an_end_is_not_kept() -> None:
    [heard] = await told(b"x" * 10_000 + b"\n", *([b"y" * 10_000] * 100))
    assert [len(line) for line in heard.lines] == [MAX_LINE, MAX_LINE]
    assert all(line.endswith(" […]") for line in heard.lines)


async def test_what_no_text_can_hold_is_replaced() -> None:
    [heard] = await told(b"a\0b\xff\n")
    assert heard.lines == ("a\ufffdb\ufffd",)


async def test_of_a_flood_the_last_lines_are_told_and_those_before_them_counted() -> None:
    [heard] = await told(b"".join(b"%d\n" % line for line in range(MAX_LINES + 20)))
    assert (heard.lines, heard.left_out) == (tuple(str(20 + line) for line in range(MAX_LINES)), 20)


async def test_one_job_tells_so_many_lines_and_no_more() -> None:
    heard: list[ToldLines] = []

    async def tell(lines: ToldLines) -> None:
        heard.append(lines)

    telling = Telling(tell, pause_seconds=0)
    for _ in range(MAX_LINES_TOLD // MAX_LINES + 2):
        async with telling.going_on():
            telling.hear(b"line\n" * MAX_LINES)
    assert sum(len(one.lines) for one in heard) == MAX_LINES_TOLD
    assert sum(one.left_out for one in heard) == 2 * MAX_LINES
