"""A breaker opens after failures in a row, lets few trials through, and closes after enough of them succeed."""

from prometheus_client import REGISTRY

from llm_gateway.breakers import Breaker
from llm_gateway.routes_config import BreakerConfig

CONFIG = BreakerConfig(failures=3, open_seconds=20, successes=2, trials=2)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_breaker() -> tuple[Breaker, Clock]:
    clock = Clock()
    return Breaker("provider", "model", CONFIG, clock=clock), clock


def fail(breaker: Breaker) -> None:
    permit = breaker.permit()
    assert permit is not None
    permit.failed()


def published() -> float | None:
    return REGISTRY.get_sample_value("llm_circuit_breaker_state", {"provider": "provider"})


def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker, _ = a_breaker()
    for _ in range(5):
        fail(breaker)
        fail(breaker)
        permit = breaker.permit()
        assert permit is not None
        permit.succeeded()
    assert breaker.state == "closed"
    for _ in range(3):
        fail(breaker)
    assert breaker.state == "open"
    assert published() == 2
    assert breaker.permit() is None
    assert breaker.retry_after == 20


def test_trials_are_bounded_and_enough_successes_close_it() -> None:
    breaker, clock = a_breaker()
    for _ in range(3):
        fail(breaker)
    clock.now += 20
    first, second = breaker.permit(), breaker.permit()
    assert breaker.permit() is None
    assert first is not None
    assert second is not None
    first.succeeded()
    assert breaker.state == "half-open"
    assert published() == 1
    second.succeeded()
    assert breaker.state == "closed"
    assert published() == 0


def test_a_failed_trial_opens_it_anew() -> None:
    breaker, clock = a_breaker()
    for _ in range(3):
        fail(breaker)
    clock.now += 20
    fail(breaker)
    assert breaker.state == "open"
    assert breaker.retry_after == 20


def test_what_teaches_nothing_gives_its_trial_back() -> None:
    breaker, clock = a_breaker()
    for _ in range(3):
        fail(breaker)
    clock.now += 20
    for _ in range(10):
        permit = breaker.permit()
        assert permit is not None
        permit.nothing_learned()
        permit.failed()  # told already
    assert breaker.state == "half-open"
