"""The text of a turn is told in order and seldom, up to its bound, and never at the cost of the call."""

import asyncio

import pytest

from fixtures.running.works import a_work
from foundation.cloud.live_text.fake import FakeLiveText
from foundation.contracts.live_text import MAX_LIVE_TEXT
from orchestrator.engines.text_telling import TextTelling, place_of


@pytest.fixture
def live_text() -> FakeLiveText:
    return FakeLiveText()


async def tell(live_text: FakeLiveText, *texts: str) -> TextTelling:
    telling = TextTelling(live_text)
    async with telling.of_turn(a_work(), 3) as add:
        for text in texts:
            add(text)
            await asyncio.sleep(0)
    return telling


async def test_pieces_follow_each_other_and_many_texts_are_few_of_them(live_text: FakeLiveText) -> None:
    texts = [f"word {number}, " for number in range(200)]
    await (await tell(live_text, *texts)).drain()
    assert "".join(piece.text for piece in live_text.pieces) == "".join(texts)
    offsets = [piece.offset for piece in live_text.pieces]
    assert offsets == [sum(len(one.text) for one in live_text.pieces[:place]) for place in range(len(offsets))]
    assert len(live_text.pieces) <= 3
    assert {piece.place.turn for piece in live_text.pieces} == {3}


async def test_what_was_said_is_forgotten_once_the_turn_is_over(live_text: FakeLiveText) -> None:
    work = a_work()
    telling = TextTelling(live_text)
    async with telling.of_turn(work, 0) as add:
        add("hello")
        await asyncio.sleep(0.05)
        place = place_of(work, 0)
        [said] = await live_text.said((place.tenant_id, place.root))
        assert said.text == "hello"
    await telling.drain()
    assert await live_text.said((place.tenant_id, place.root)) == []


async def test_a_turn_that_says_nothing_asks_nothing_of_the_place_of_text() -> None:
    away = FakeLiveText(away=True)
    await (await tell(away)).drain()
    assert away.pieces == []


async def test_a_place_of_text_that_is_away_costs_the_call_nothing() -> None:
    async with asyncio.timeout(60):
        await (await tell(FakeLiveText(away=True), "hello", "you")).drain()


async def test_a_very_long_text_is_told_to_its_bound_and_says_so(live_text: FakeLiveText) -> None:
    await (await tell(live_text, "x" * (MAX_LIVE_TEXT - 1), "yz", "more")).drain()
    assert sum(len(piece.text) for piece in live_text.pieces) == MAX_LIVE_TEXT
    assert [piece.cut for piece in live_text.pieces][-1]
    assert live_text.pieces[-1].text.endswith("y")
