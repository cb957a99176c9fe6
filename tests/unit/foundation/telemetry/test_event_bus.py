"""The bus is bounded in memory and in the publisher's time, and tells each subscriber what it missed."""

import asyncio
import logging
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from foundation.telemetry.bus.event_bus import EventBus, Topic
from foundation.telemetry.bus.handlers import Handler, HandlerBreaker
from foundation.telemetry.bus.subscription import BusClosed, SubscriberSilent, Subscription

NUMBERS = Topic[int]("numbers")
PATIENCE = 0.01


@dataclass
class Clock:
    seconds: float = 0.0

    def now(self) -> float:
        return self.seconds


async def taken(subscription: Subscription[int]) -> tuple[list[int], int]:
    found = await subscription.take(timeout_seconds=0)
    return ([], 0) if found is None else (list(found.events), found.missed)


@given(capacity=st.integers(1, 5), steps=st.lists(st.sampled_from(["publish", "take"]), max_size=60))
def test_what_is_taken_is_in_order_and_each_hole_is_told_at_its_size(capacity: int, steps: list[str]) -> None:
    async def play() -> None:
        bus, published, expected = EventBus(), 0, 0
        with bus.subscribe(NUMBERS, capacity=capacity) as subscription:
            for step in [*steps, "take"]:
                if step == "publish":
                    bus.publish(NUMBERS, published)
                    published += 1
                    assert subscription.waiting <= capacity
                    continue
                events, missed = await taken(subscription)
                assert events == list(range(expected + missed, expected + missed + len(events)))
                expected += missed + len(events)
            assert expected == published

    asyncio.run(play())


async def test_a_subscriber_hears_its_own_topics_from_when_it_listens_until_it_leaves() -> None:
    bus, letters = EventBus(), Topic[int]("letters", "a")
    bus.publish(NUMBERS, 1)
    with bus.subscribe(NUMBERS) as subscription:
        bus.publish(NUMBERS, 2)
        bus.publish(letters, 3)
        assert await taken(subscription) == ([2], 0)
        assert bus.topics == [NUMBERS]
    assert bus.topics == []


async def test_who_waits_for_an_event_hears_of_the_end() -> None:
    for reason, told in ((BusClosed(), BusClosed), (SubscriberSilent(), SubscriberSilent)):
        subscription: Subscription[int] = Subscription(1, silent_seconds=1, now=lambda: 0.0)
        waiting = asyncio.create_task(subscription.take())
        await asyncio.sleep(0)
        subscription.end(reason)
        with pytest.raises(told):
            await asyncio.wait_for(waiting, 10)


def test_a_queue_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="room for one"):
        Subscription(0, silent_seconds=1, now=lambda: 0.0)


async def test_a_full_queue_costs_the_publisher_no_more_than_its_patience() -> None:
    bus = EventBus()
    with bus.subscribe(NUMBERS, capacity=1) as stuck, bus.subscribe(NUMBERS, capacity=9) as quick:
        async with asyncio.timeout(60):
            for number in range(3):
                await bus.publish_patiently(NUMBERS, number, patience_seconds=PATIENCE)
        assert await taken(quick) == ([0, 1, 2], 0)
        assert await taken(stuck) == ([2], 2)


def test_what_subscribers_miss_is_counted_and_nothing_else() -> None:
    bus, topic = EventBus(), Topic[int]("counted")

    def missed() -> float:
        return REGISTRY.get_sample_value("bus_events_missed_total", {"topic": "counted"}) or 0

    with bus.subscribe(topic, capacity=1), bus.subscribe(topic, capacity=9):
        bus.publish(topic, 1)
        assert missed() == 0
        bus.publish(topic, 2)
        bus.publish(topic, 3)
        assert missed() == 2


async def test_a_subscriber_that_takes_within_the_publisher_s_patience_misses_nothing() -> None:
    bus, seen = EventBus(), list[int]()

    async def take_all(subscription: Subscription[int]) -> None:
        while len(seen) < 20:
            found = await subscription.take()
            assert found is not None
            assert found.missed == 0
            seen.extend(found.events)

    with bus.subscribe(NUMBERS, capacity=1) as subscription:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(take_all(subscription))
            for number in range(20):
                await bus.publish_patiently(NUMBERS, number, patience_seconds=5)
    assert seen == list(range(20))


async def test_a_subscriber_that_takes_nothing_for_too_long_is_cut_off_and_told() -> None:
    clock = Clock()
    bus = EventBus(now=clock.now)
    with (
        bus.subscribe(NUMBERS, silent_seconds=10) as silent,
        bus.subscribe(NUMBERS, silent_seconds=10) as awake,
    ):
        clock.seconds = 100.0
        bus.publish(NUMBERS, 1)
        await taken(awake)
        clock.seconds = 109.0
        bus.publish(NUMBERS, 2)
        await taken(awake)
        clock.seconds = 111.0
        bus.publish(NUMBERS, 3)
        assert await taken(awake) == ([3], 0)
        with pytest.raises(SubscriberSilent):
            await silent.take()
        assert silent.waiting == 0


async def test_nobody_is_cut_off_for_a_silence_in_which_nothing_happened() -> None:
    clock = Clock()
    bus = EventBus(now=clock.now)
    with bus.subscribe(NUMBERS, silent_seconds=10) as subscription:
        clock.seconds = 1000.0
        bus.publish(NUMBERS, 1)
        assert await taken(subscription) == ([1], 0)


async def test_a_drained_bus_hands_out_what_waits_then_ends_and_takes_no_more() -> None:
    bus = EventBus()
    with bus.subscribe(NUMBERS) as subscription:
        bus.publish(NUMBERS, 1)
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            draining = group.create_task(bus.drain(seconds=60))
            await asyncio.sleep(0)
            bus.publish(NUMBERS, 2)
            found = await subscription.take()
            assert found is not None
            assert found.events[0] == 1
            await draining
        with pytest.raises(BusClosed):
            await subscription.take()
    with pytest.raises(BusClosed), ExitStack() as stack:
        stack.enter_context(bus.subscribe(NUMBERS))


async def test_draining_waits_no_longer_than_it_is_told_for_who_takes_nothing() -> None:
    bus = EventBus()
    with bus.subscribe(NUMBERS):
        bus.publish(NUMBERS, 1)
        async with asyncio.timeout(60):
            await bus.drain(seconds=0.01)


@dataclass
class Recorder:
    """Handles numbers: fails at the odd ones while it is `sick`, never ends at those in `hangs`."""

    sick: bool = False
    hangs: set[int] = field(default_factory=set)
    handled: list[int] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)

    async def handle(self, number: int) -> None:
        self.tried.append(number)
        if number in self.hangs:
            await asyncio.Event().wait()
        if self.sick:
            raise ValueError(number)
        self.handled.append(number)


async def handled_by(recorder: Recorder, breaker: HandlerBreaker, *numbers: int) -> None:
    bus = EventBus()
    handler = Handler("recorder", recorder.handle, recorder.missed.append, timeout_seconds=0.02, breaker=breaker)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(handler.run(bus, NUMBERS))
        await asyncio.sleep(0)
        for number in numbers:
            bus.publish(NUMBERS, number)
        await bus.drain(seconds=5)


async def test_a_handler_that_keeps_failing_is_passed_over_until_a_trial_succeeds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, recorder = Clock(), Recorder(sick=True)
    breaker = HandlerBreaker(failures=2, pause_seconds=30, now=clock.now)
    with caplog.at_level(logging.WARNING):
        await handled_by(recorder, breaker, 1, 2, 3, 4)
    assert recorder.tried == [1, 2]
    assert recorder.missed == [2]
    assert [record.__dict__["handler"] for record in caplog.records] == ["recorder"] * 2
    clock.seconds = 30.0
    await handled_by(recorder, breaker, 5, 6)
    assert recorder.tried == [1, 2, 5], "one trial, which failed"
    recorder.sick, clock.seconds = False, 60.0
    await handled_by(recorder, breaker, 7, 8)
    assert recorder.handled == [7, 8]
    assert not breaker.open


async def test_a_handler_that_takes_too_long_is_broken_off_and_gets_the_next_event() -> None:
    recorder = Recorder(hangs={1})
    await handled_by(recorder, HandlerBreaker(failures=3), 1, 2)
    assert recorder.handled == [2]


async def test_a_handler_is_told_what_its_queue_had_no_room_for() -> None:
    bus, recorder = EventBus(), Recorder()
    handler = Handler("recorder", recorder.handle, recorder.missed.append)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(handler.run(bus, NUMBERS, capacity=2))
        await asyncio.sleep(0)
        for number in range(4):
            bus.publish(NUMBERS, number)
        await bus.drain(seconds=5)
    assert recorder.missed == [3]
    assert recorder.handled == [3]
