"""How many runners wait goes by how fast jobs arrive, and by how long a runner takes to start."""

from dataclasses import dataclass

import pytest

from tool_runtime.launcher.jobs.arrivals import HALF_LIFE_SECONDS, Arrivals


@dataclass
class Clock:
    """A time that only a test moves."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def arriving(a_second: float, *, clock: Clock, seconds: float = 300) -> Arrivals:
    arrivals = Arrivals(clock)
    for _ in range(int(seconds * a_second)):
        clock.now += 1 / a_second
        arrivals.note()
    return arrivals


@pytest.mark.parametrize("a_second", [0.5, 2.0, 20.0])
def test_a_steady_rate_is_found(a_second: float) -> None:
    assert arriving(a_second, clock=Clock()).rate() == pytest.approx(a_second, rel=0.05)


@pytest.mark.parametrize(
    ("a_second", "start_seconds", "waiting"), [(0.1, 0.3, 2), (10, 0.1, 2), (10, 0.3, 5), (10, 5, 6)]
)
def test_as_many_wait_as_arrive_while_one_starts_and_half_as_many_again(
    a_second: float, start_seconds: float, waiting: int
) -> None:
    arrivals = arriving(a_second, clock=Clock())
    assert arrivals.waiting_for(start_seconds, least=2, most=6) == waiting


def test_a_rate_is_forgotten_by_halves() -> None:
    clock = Clock()
    arrivals = arriving(4.0, clock=clock)
    before = arrivals.rate()
    clock.now += HALF_LIFE_SECONDS
    assert arrivals.rate() == pytest.approx(before / 2)
    clock.now += 20 * HALF_LIFE_SECONDS
    assert arrivals.waiting_for(5, least=1, most=6) == 1
