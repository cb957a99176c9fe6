"""A step's time stands while all that it does waits for a place."""

import asyncio
from typing import Any

import pytest

from orchestrator.step_clock import StepClock


class Written:
    """What was written down about the clock, in order."""

    def __init__(self) -> None:
        self.states: list[bool] = []

    async def __call__(self, standing: bool) -> None:
        self.states.append(standing)


async def test_a_step_that_waits_for_a_place_is_not_over_its_time() -> None:
    clock, written, done = StepClock(0.05), Written(), asyncio.Event()
    async with clock.running(), clock.call(written) as call:
        await call.wait()
        # Twice the step's whole time passes by the loop's own clock.
        asyncio.get_running_loop().call_later(0.1, done.set)
        await done.wait()
        assert 0 < clock.seconds_left <= 0.05
        await call.go_on()
        assert clock.seconds_left > 0
    assert written.states == [True, False]


async def test_the_time_goes_on_with_what_was_left() -> None:
    clock = StepClock(0.05)

    async def waited_and_went_on() -> None:
        async with clock.running(), clock.call(Written()) as call:
            await call.wait()
            await call.go_on()
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await waited_and_went_on()


async def test_while_one_call_runs_the_waiting_of_another_uses_the_steps_time() -> None:
    clock, written = StepClock(0.05), Written()

    async def one_of_two_waits() -> None:
        async with clock.running(), clock.call(written), clock.call(written) as waits:
            await waits.wait()
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await one_of_two_waits()
    assert written.states == []


async def test_the_clock_goes_on_when_the_only_call_ends_while_it_waits() -> None:
    clock = StepClock(0.05)

    async def left_waiting() -> None:
        async with clock.running():
            async with clock.call(Written()) as call:
                await call.wait()
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await left_waiting()


async def test_states_are_written_one_after_the_other() -> None:
    clock, order, slow = StepClock(5), list[Any](), asyncio.Event()

    async def write(standing: bool) -> None:
        order.append(("begins", standing))
        if standing:
            await slow.wait()
        order.append(("ends", standing))

    async with clock.running(), clock.call(write) as call:
        waits = asyncio.create_task(call.wait())
        await asyncio.sleep(0)
        goes_on = asyncio.create_task(call.go_on())
        await asyncio.sleep(0)
        slow.set()
        await asyncio.gather(waits, goes_on)
    assert order == [("begins", True), ("ends", True), ("begins", False), ("ends", False)]


async def test_what_ends_by_itself_may_hand_out_what_it_had_after_the_time() -> None:
    clock, done = StepClock(0.01), asyncio.Event()
    async with clock.running():
        with clock.collecting():
            asyncio.get_running_loop().call_later(0.05, done.set)
            await done.wait()
            assert clock.is_over


async def test_after_it_the_time_that_is_over_counts_again() -> None:
    clock = StepClock(0.01)

    async def collected_and_went_on() -> None:
        async with clock.running():
            with clock.collecting(), clock.collecting():
                done = asyncio.Event()
                asyncio.get_running_loop().call_later(0.05, done.set)
                await done.wait()
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await collected_and_went_on()


async def test_collecting_does_not_lengthen_a_time_that_is_not_over() -> None:
    clock = StepClock(60)
    async with clock.running():
        with clock.collecting():
            assert clock.seconds_left <= 60
        assert 0 < clock.seconds_left <= 60


async def test_a_clock_that_stands_goes_on_standing_while_output_is_collected() -> None:
    clock, done = StepClock(0.05), asyncio.Event()
    async with clock.running(), clock.call(Written()) as call:
        await call.wait()
        with clock.collecting():
            left = clock.seconds_left
            asyncio.get_running_loop().call_later(0.1, done.set)
            await done.wait()
            assert clock.seconds_left == left
        assert clock.seconds_left == left
        await call.go_on()


async def test_the_end_is_where_it_was_once_nothing_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, loop, passed = StepClock(60), asyncio.get_running_loop(), 0.0
    time = loop.time
    monkeypatch.setattr(loop, "time", lambda: time() + passed)

    async def collected_and_let_a_minute_pass() -> None:
        nonlocal passed
        async with clock.running():
            with clock.collecting():
                pass
            passed = 61.0
            for _ in range(10):
                await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await collected_and_let_a_minute_pass()
