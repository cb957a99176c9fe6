"""Breakers are shared over Redis, and while it is away each gateway decides for itself."""

from typing import Any

import msgspec
import pybreaker
import pytest
from redis.exceptions import ConnectionError as NotConnected

from foundation.contracts.gateway.operations import BreakerCause
from foundation.domain.errors import NotFound
from llm_gateway.breakers.board import BreakerBoard
from llm_gateway.breakers.breaker import ModelBreaker
from llm_gateway.configuration.file import BreakerConfig

CONFIG = BreakerConfig(failures=1, open_seconds=20, trials=1)
NOW_MS = 1_000_000.0


class SharedStates:
    """Answers the board's scripts: the states of other gateways, or whether a trial may be taken."""

    def __init__(self) -> None:
        self.states: dict[str, dict[str, Any]] = {}
        self.published: list[tuple[Any, ...]] = []
        self.trial_is_free = True
        self.is_away = False

    async def eval(self, _script: str, keys: int, *arguments: Any) -> Any:
        if self.is_away:
            raise NotConnected
        if keys == 1 and len(arguments) == 1:
            pairs = [(name.encode(), msgspec.json.encode(state)) for name, state in self.states.items()]
            return [str(NOW_MS).encode(), *(part for pair in pairs for part in pair)]
        if keys == 1:
            return int(self.trial_is_free)
        self.published.append(arguments[2:])
        return len(self.published)

    async def zrem(self, *_: Any) -> int:
        if self.is_away:
            raise NotConnected
        return 1


def a_board(shared: SharedStates) -> tuple[BreakerBoard, ModelBreaker]:
    redis: Any = shared
    board = BreakerBoard(redis, instance_id="own")
    return board, board.breaker("p", "m", CONFIG)


def open_at_another(*, for_ms: float = 5000, by: str = "other", version: int = 1) -> dict[str, Any]:
    return {"state": "open", "until_ms": NOW_MS + for_ms, "why": "error_rate", "by": by, "version": version}


async def fail_once(breaker: ModelBreaker) -> None:
    permit = await breaker.permit()
    assert permit is not None
    permit.report_failure()


async def test_what_another_gateway_opened_is_open_here_for_as_long() -> None:
    shared = SharedStates()
    board, breaker = a_board(shared)
    shared.states["p/m"] = open_at_another()
    await board.sync()
    assert (breaker.state, breaker.why) == (pybreaker.STATE_OPEN, BreakerCause.ERROR_RATE)
    assert 4 < breaker.retry_after <= 5


@pytest.mark.parametrize("state", [open_at_another(for_ms=0), {**open_at_another(), "state": "closed"}])
async def test_what_is_closed_there_or_whose_time_is_over_closes_it_here(state: dict[str, Any]) -> None:
    shared = SharedStates()
    board, breaker = a_board(shared)
    await fail_once(breaker)
    shared.states["p/m"] = {**state, "version": 9}
    await board.sync()
    assert breaker.state == pybreaker.STATE_CLOSED


async def test_its_own_news_and_news_that_it_has_change_nothing() -> None:
    shared = SharedStates()
    board, breaker = a_board(shared)
    shared.states = {"p/m": open_at_another(by="own"), "q/n": open_at_another()}
    await board.sync()
    assert breaker.state == pybreaker.STATE_CLOSED
    shared.states["p/m"] = open_at_another(version=2)
    await board.sync()
    breaker.adopt(open_seconds=None, why=BreakerCause.RESET)
    await board.sync()
    assert breaker.state == pybreaker.STATE_CLOSED


async def test_a_change_is_published_with_its_cause_and_a_reset_everywhere() -> None:
    shared = SharedStates()
    board, breaker = a_board(shared)
    await fail_once(breaker)
    view = await board.reset("p", "m")
    assert view.state == pybreaker.STATE_CLOSED
    opened, closed = shared.published
    assert (opened[0], opened[1], opened[3], opened[4]) == ("p/m", "open", "failures", "own")
    assert 19_000 < int(opened[2]) <= 20_000
    assert (closed[1], closed[2], closed[3]) == ("closed", "0", "reset")


async def test_a_breaker_of_the_same_configuration_is_the_same_and_a_new_one_keeps_its_state() -> None:
    board, breaker = a_board(SharedStates())
    assert board.breaker("p", "m", CONFIG) is breaker
    await fail_once(breaker)
    renewed = board.breaker("p", "m", BreakerConfig(failures=7))
    assert renewed is not breaker
    assert (renewed.state, renewed.why) == (pybreaker.STATE_OPEN, BreakerCause.FAILURES)
    assert board.breaker("p", "other", CONFIG).state == pybreaker.STATE_CLOSED


async def test_an_operator_sees_each_breaker_by_its_name() -> None:
    board, breaker = a_board(SharedStates())
    board.breaker("a", "m", CONFIG)
    await fail_once(breaker)
    assert [(view.provider, view.state) for view in board.views()] == [("a", "closed"), ("p", "open")]
    view = board.view("p", "m")
    assert (view.model, view.why, view.calls, view.failures) == ("m", "failures", 1, 1)
    with pytest.raises(NotFound):
        board.view("p", "never called")


@pytest.mark.parametrize(
    ("is_free", "is_away", "gets_one"), [(True, False, True), (False, False, False), (False, True, True)]
)
async def test_a_trial_is_shared_over_all_gateways_while_redis_is_there(
    *, is_free: bool, is_away: bool, gets_one: bool
) -> None:
    shared = SharedStates()
    _, breaker = a_board(shared)
    breaker.adopt(open_seconds=0, why=BreakerCause.FAILURES)
    shared.trial_is_free, shared.is_away = is_free, is_away
    permit = await breaker.permit()
    assert (permit is not None) is gets_one
    if permit is None:
        shared.trial_is_free = True
        assert await breaker.permit() is not None, "what was refused is not held here"
    else:
        assert await breaker.permit() is None, "one trial at a time"
        permit.release()
        assert await breaker.permit() is not None


async def test_what_changed_a_breaker_is_told_as_it_was_and_of_one_that_nothing_has_changed_so() -> None:
    board, breaker = a_board(SharedStates())
    assert (board.view("p", "m").state, board.view("p", "m").why) == ("closed", BreakerCause.NEVER_OPENED)
    await fail_once(breaker)
    assert board.view("p", "m").why is BreakerCause.FAILURES
    assert (await board.reset("p", "m")).why is BreakerCause.RESET
    # A changed configuration makes it anew, and what is known of it stays.
    board.breaker("p", "m", CONFIG.model_copy(update={"failures": 3}))
    assert (board.view("p", "m").state, board.view("p", "m").why) == ("closed", BreakerCause.RESET)
