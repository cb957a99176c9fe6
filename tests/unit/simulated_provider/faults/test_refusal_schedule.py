"""When a fault refuses: always, at first, at every n-th request, or until a moment."""

from itertools import cycle

import pytest

from simulated_provider.faults.clauses import Faults
from simulated_provider.faults.schedule import Schedule


def refusals(schedule: Schedule, faults: Faults, *digests: str) -> list[int | None]:
    return [schedule.refusal(faults, model="m", digest=digest) for digest in digests]


@pytest.mark.parametrize("status", [None, 429])
def test_a_status_alone_refuses_always_and_nothing_never(status: int | None) -> None:
    assert refusals(Schedule(), Faults(status=status), "a", "a", "b") == [status] * 3


def test_flap_refuses_the_first_requests_of_each_body() -> None:
    faults = Faults(flap=2, status=503)
    assert refusals(Schedule(), faults, "a", "b", "a", "a", "b", "b") == [503, 503, 503, None, 503, None]


def test_fail_every_refuses_each_third_request_whatever_its_body() -> None:
    assert refusals(Schedule(), Faults(fail_every=3), *"abcdef") == [None, None, 500, None, None, 500]


def test_fail_until_refuses_before_its_moment() -> None:
    moments = cycle([9.9, 10.0])
    schedule = Schedule(clock=lambda: next(moments))
    assert refusals(schedule, Faults(fail_until=10), "a", "a") == [500, None]
