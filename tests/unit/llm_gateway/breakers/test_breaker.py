"""A breaker opens after failures in a row, lets few trials through, and closes after enough of them succeed."""

from prometheus_client import REGISTRY

from foundation.contracts.gateway.operations import BreakerCause
from llm_gateway.breakers.breaker import ModelBreaker
from llm_gateway.configuration.file import BreakerConfig

CONFIG = BreakerConfig(failures=3, open_seconds=20, successes=2, trials=2, rate_limited=2)
RATED = CONFIG.model_copy(update={"minimum_calls": 10})


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_breaker(config: BreakerConfig = CONFIG) -> tuple[ModelBreaker, Clock]:
    clock = Clock()
    return ModelBreaker("provider", "model", config, clock=clock), clock


async def fail(breaker: ModelBreaker) -> None:
    permit = await breaker.permit()
    assert permit is not None
    permit.report_failure()


def published() -> float | None:
    return REGISTRY.get_sample_value("llm_circuit_breaker_state", {"provider": "provider"})


async def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker, _ = a_breaker()
    for _ in range(5):
        await fail(breaker)
        await fail(breaker)
        permit = await breaker.permit()
        assert permit is not None
        permit.report_success()
    assert breaker.state == "closed"
    for _ in range(3):
        await fail(breaker)
    assert breaker.state == "open"
    assert published() == 2
    assert await breaker.permit() is None
    assert breaker.retry_after == 20


async def test_trials_are_bounded_and_enough_successes_close_it() -> None:
    breaker, clock = a_breaker()
    for _ in range(3):
        await fail(breaker)
    clock.now += 20
    first, second = await breaker.permit(), await breaker.permit()
    assert await breaker.permit() is None
    assert first is not None
    assert second is not None
    first.report_success()
    assert breaker.state == "half-open"
    assert published() == 1
    second.report_success()
    assert breaker.state == "closed"
    assert published() == 0


async def test_a_failed_trial_opens_it_anew() -> None:
    breaker, clock = a_breaker()
    for _ in range(3):
        await fail(breaker)
    clock.now += 20
    await fail(breaker)
    assert breaker.state == "open"
    assert breaker.retry_after == 20


async def test_what_teaches_nothing_gives_its_trial_back() -> None:
    breaker, clock = a_breaker()
    for _ in range(3):
        await fail(breaker)
    clock.now += 20
    for _ in range(10):
        permit = await breaker.permit()
        assert permit is not None
        permit.release()
        permit.report_failure()  # told already
    assert breaker.state == "half-open"


async def test_a_share_of_failures_opens_it_once_enough_calls_were_seen() -> None:
    breaker, _ = a_breaker(RATED)
    for _ in range(4):
        await fail(breaker)
        await succeed(breaker)
    assert breaker.state == "closed", "eight calls are too few"
    await fail(breaker)
    await succeed(breaker)
    await fail(breaker)
    assert (breaker.state, breaker.why) == ("open", BreakerCause.ERROR_RATE)


async def test_failures_that_left_the_window_do_not_count() -> None:
    breaker, clock = a_breaker(RATED)
    for _ in range(4):
        await fail(breaker)
        await succeed(breaker)
    clock.now += 31
    for _ in range(2):
        await fail(breaker)
        await succeed(breaker)
    assert breaker.state == "closed"
    assert breaker.figures == {"calls": 4, "failures": 2}


async def test_rate_limits_in_a_row_open_it_for_as_long_as_they_ask_and_are_no_failures() -> None:
    breaker, clock = a_breaker()
    await limit(breaker, 7.5)
    await succeed(breaker)
    await limit(breaker, 7.5)
    assert breaker.state == "closed"
    await limit(breaker, 7.5)
    assert (breaker.state, breaker.why, breaker.retry_after) == ("open", BreakerCause.RATE_LIMITED, 7.5)
    assert breaker.figures["failures"] == 0
    clock.now += 7.5
    assert breaker.state == "half-open"


async def test_a_person_closes_it() -> None:
    breaker, _ = a_breaker()
    for _ in range(3):
        await fail(breaker)
    breaker.reset()
    assert (breaker.state, published()) == ("closed", 0)
    await fail(breaker)
    assert breaker.state == "closed", "what was counted before is forgotten"


async def succeed(breaker: ModelBreaker) -> None:
    permit = await breaker.permit()
    assert permit is not None
    permit.report_success()


async def limit(breaker: ModelBreaker, seconds: float) -> None:
    permit = await breaker.permit()
    assert permit is not None
    permit.report_rate_limit(seconds)
