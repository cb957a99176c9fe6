"""A worker's breaker: it opens after failures in a row, rests, and lets one call through to try."""

import pytest
from prometheus_client import REGISTRY

from foundation.domain.errors import DependencyUnavailable
from orchestrator.breakers.breaker import FAILURES, OPEN_SECONDS, BreakerOpen, WorkerBreaker
from orchestrator.clients.not_reached import NotReached


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> WorkerBreaker:
    return WorkerBreaker("a_service", clock=clock)


def state(breaker: WorkerBreaker) -> str:
    return breaker.state.value


def fail(breaker: WorkerBreaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(NotReached), breaker.judged_by(NotReached):
            raise NotReached("away")


def test_it_opens_with_the_last_of_so_many_failures_in_a_row(breaker: WorkerBreaker) -> None:
    fail(breaker, FAILURES - 1)
    with breaker.judged_by(NotReached):
        pass
    fail(breaker, FAILURES - 1)
    assert state(breaker) == "closed"
    fail(breaker)
    assert state(breaker) == "open"
    assert REGISTRY.get_sample_value("worker_circuit_breaker_state", {"breaker": "a_service"}) == 2


def test_what_says_nothing_about_the_service_is_no_failure_and_no_success(breaker: WorkerBreaker) -> None:
    fail(breaker, FAILURES - 1)
    with pytest.raises(DependencyUnavailable), breaker.judged_by(NotReached):
        raise DependencyUnavailable("it answers that it is full")
    fail(breaker)
    assert state(breaker) == "open"


def test_while_it_is_open_no_call_is_made_and_it_says_for_how_long(breaker: WorkerBreaker, clock: Clock) -> None:
    fail(breaker, FAILURES)
    clock.now += 5
    with pytest.raises(BreakerOpen) as refused, breaker.judged_by(NotReached):
        raise AssertionError("the call is not made")
    assert (refused.value.name, refused.value.retry_after) == ("a_service", OPEN_SECONDS - 5)


def test_then_one_call_at_a_time_is_let_through_and_a_success_closes_it(breaker: WorkerBreaker, clock: Clock) -> None:
    fail(breaker, FAILURES)
    clock.now += OPEN_SECONDS
    trial = breaker.let_through()
    assert state(breaker) == "half-open"
    with pytest.raises(BreakerOpen):
        breaker.let_through()
    trial.succeeded()
    assert state(breaker) == "closed"
    breaker.let_through().says_nothing()


def test_a_trial_that_fails_opens_it_for_as_long_again(breaker: WorkerBreaker, clock: Clock) -> None:
    fail(breaker, FAILURES)
    clock.now += OPEN_SECONDS
    fail(breaker)
    assert state(breaker) == "open"
    assert breaker.seconds_left == OPEN_SECONDS


def test_a_trial_that_was_broken_off_makes_room_for_another(breaker: WorkerBreaker, clock: Clock) -> None:
    fail(breaker, FAILURES)
    clock.now += OPEN_SECONDS
    with pytest.raises(KeyboardInterrupt), breaker.judged_by(NotReached):
        raise KeyboardInterrupt
    breaker.let_through().succeeded()
    assert state(breaker) == "closed"


def test_a_call_is_reported_once(breaker: WorkerBreaker) -> None:
    trial = breaker.let_through()
    trial.succeeded()
    for _ in range(FAILURES):
        trial.failed()
    assert state(breaker) == "closed"


def test_a_trial_that_began_nothing_is_told_as_an_open_breaker_and_any_other_failure_as_itself(
    breaker: WorkerBreaker, clock: Clock
) -> None:
    for _ in range(FAILURES):
        with pytest.raises(NotReached), breaker.judged_by(NotReached, began_nothing=NotReached):
            raise NotReached("away")
    clock.now += OPEN_SECONDS
    with pytest.raises(BreakerOpen) as postponed, breaker.judged_by(NotReached, began_nothing=NotReached):
        raise NotReached("away still")
    assert postponed.value.retry_after == OPEN_SECONDS
    clock.now += OPEN_SECONDS
    with pytest.raises(NotReached), breaker.judged_by(NotReached):
        raise NotReached("it may have begun")
