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


async def test_a_line_that_is_written_over_is_told_as_it_stands_in_the_end() -> None:
    [heard] = await told(b"\r".join(b"%d %%" % done for done in range(101)) + b"\nnext\r\n", b"a\rb\r")
    assert (heard.lines, heard.left_out) == (("100 %", "next", "b"), 0)


async def test_a_line_that_is_never_ended_is_told_as_it_stands_whenever_something_is_told() -> None:
    heard: list[ToldLines] = []
    come = asyncio.Event()

    async def tell(lines: ToldLines) -> None:
        heard.append(lines)
        come.set()

    telling = Telling(tell, pause_seconds=0)
    async with telling.going_on():
        for done in (b"\r10 %", b"\r20 %\r", b"30 %\r", b"40"):
            telling.hear(done)
        async with asyncio.timeout(60):
            await come.wait()
        come.clear()
        telling.hear(b" %" + b"\r50 %" * 10_000 + b"\r")
        async with asyncio.timeout(60):
            await come.wait()
        telling.hear(b"\nnext\n")
    assert [line for one in heard for line in one.lines] == ["30 %", "50 %", "next"]


async def test_what_commands_a_terminal_or_turns_the_text_around_is_not_told() -> None:
    [heard] = await told(
        b"\x1b[1;31mred\x1b[0m \x1b]8;;http://a.example\x07link\x1b]8;;\x07 \x1b[2K\x9b3m\n",
        "a\u202eb\u2066c\u200b d\te\x07\x08\n".encode(),
        b"\x1b[2J\n",
    )
    assert heard.lines == ("red link \ufffd3m", "abc d    e")
