"""What every place of live text must do: Redis, and the one in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.eventually import eventually
from fixtures.machine.free_port import free_port
from fixtures.machine.redis_server import RedisServer, running_redis
from foundation.cloud.live_text.base import LiveText, Room, Rooms
from foundation.cloud.live_text.fake import FakeLiveText
from foundation.cloud.live_text.redis import RedisLiveText
from foundation.cloud.presence.redis import connect
from foundation.contracts.live_text import TextPiece, TurnPlace
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import RunId, StepId, TenantId, new_uuid
from foundation.telemetry.background import cancelled

KINDS = ["fake", pytest.param("redis", marks=pytest.mark.stack)]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running_redis(Path(tmp_path_factory.mktemp("live-text")))


@pytest.fixture(params=KINDS)
async def live_text(request: pytest.FixtureRequest) -> AsyncIterator[LiveText]:
    if request.param == "fake":
        yield FakeLiveText()
        return
    redis = connect(request.getfixturevalue("server").url)
    yield RedisLiveText(redis)
    await redis.aclose()


@pytest.fixture(params=KINDS)
async def away(request: pytest.FixtureRequest) -> AsyncIterator[LiveText]:
    if request.param == "fake":
        yield FakeLiveText(away=True)
        return
    redis = connect(f"redis://127.0.0.1:{free_port()}/0")
    yield RedisLiveText(redis)
    await redis.aclose()


@pytest.fixture
def place() -> TurnPlace:
    run_id = RunId(new_uuid())
    return TurnPlace(
        tenant_id=TenantId(new_uuid()),
        root=run_id,
        run_id=run_id,
        runs_above=(),
        step_id=StepId(new_uuid()),
        step="draft",
        item=None,
        attempt=1,
        fence=1,
        turn=0,
    )


def room_of(place: TurnPlace) -> Room:
    return place.tenant_id, place.root


def piece(place: TurnPlace, offset: int, text: str) -> TextPiece:
    return TextPiece(place=place, offset=offset, text=text, cut=False, at=NOON)


@asynccontextmanager
async def hearing(live_text: LiveText, rooms: Rooms) -> AsyncIterator[list[TextPiece]]:
    heard: list[TextPiece] = []
    listening = asyncio.ensure_future(live_text.listen(rooms, heard.append))
    try:
        yield heard
    finally:
        await cancelled([listening])


async def test_what_a_turn_has_said_is_kept_until_it_ends(live_text: LiveText, place: TurnPlace) -> None:
    assert await live_text.said(room_of(place)) == []
    await live_text.say(piece(place, 0, "Fünf 🐧 "))
    await live_text.say(piece(place, 7, "swim."))
    assert await live_text.said(room_of(place)) == [piece(place, 0, "Fünf 🐧 swim.")]
    await live_text.end(place)
    assert await live_text.said(room_of(place)) == []


async def test_a_turn_that_begins_takes_the_place_of_the_one_before(live_text: LiveText, place: TurnPlace) -> None:
    later = place.model_copy(update={"turn": 1})
    await live_text.say(piece(place, 0, "first"))
    await live_text.say(piece(later, 0, "second"))
    assert await live_text.said(room_of(place)) == [piece(later, 0, "second")]


async def test_a_holder_that_lost_its_step_does_not_silence_the_next(live_text: LiveText, place: TurnPlace) -> None:
    later = place.model_copy(update={"fence": 2})
    await live_text.say(piece(place, 0, "lost"))
    await live_text.say(piece(later, 0, "held"))
    await live_text.end(place)
    assert await live_text.said(room_of(place)) == [piece(later, 0, "held")]


async def test_rooms_hear_what_is_said_in_them_while_they_are_open_and_nothing_else(
    live_text: LiveText, place: TurnPlace
) -> None:
    elsewhere = place.model_copy(update={"root": RunId(new_uuid())})
    neighbour = place.model_copy(update={"tenant_id": TenantId(new_uuid())})
    rooms, number = Rooms(), 0
    async with hearing(live_text, rooms) as heard:
        rooms.enter(room_of(place))

        async def is_heard() -> bool:
            nonlocal number
            number += 1
            await live_text.say(piece(elsewhere, 0, "not here"))
            await live_text.say(piece(neighbour, 0, "not theirs"))
            await live_text.say(piece(place, 0, str(number)))
            return bool(heard)

        await eventually(is_heard)
        await eventually(lambda: _last_is(heard, str(number)))
        assert {one.place.root for one in heard} == {place.root}
        assert {one.place.tenant_id for one in heard} == {place.tenant_id}
        assert [int(one.text) for one in heard] == sorted({int(one.text) for one in heard})


async def _last_is(heard: list[TextPiece], text: str) -> bool:
    return heard[-1].text == text


async def test_a_place_that_is_away_is_unavailable(away: LiveText, place: TurnPlace) -> None:
    rooms = Rooms()
    rooms.enter(room_of(place))
    for call in (
        away.say(piece(place, 0, "x")),
        away.end(place),
        away.said(room_of(place)),
        away.listen(rooms, lambda _: None),
    ):
        with pytest.raises(DependencyUnavailable):
            await call
