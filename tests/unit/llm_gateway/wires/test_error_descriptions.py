"""What a caller gets to know of an error, before a vendor's words are put to it."""

import pytest

from foundation.domain.errors import BadRequest, BudgetExceeded, DependencyUnavailable, Fault, LeaseLost, NotFound
from llm_gateway.exchange.failures import Billing, UpstreamFailed
from llm_gateway.wires.errors import _UPSTREAM, describe_error


def failed(code: str, *, status: int | None = None, message: str | None = None) -> UpstreamFailed:
    return UpstreamFailed(
        code, billing=Billing.NONE, retryable=True, trips_breaker=False, status=status, message=message
    )


@pytest.mark.parametrize(
    ("retry_after", "milliseconds", "seconds"),
    [(0.0, "0", "1"), (0.2, "200", "1"), (1.0, "1000", "1"), (1.5, "1500", "2"), (2.0, "2000", "2")],
)
def test_when_to_try_again_is_told_in_both_units_rounded_up_to_a_second(
    retry_after: float, milliseconds: str, seconds: str
) -> None:
    headers = describe_error(DependencyUnavailable("no", retry_after=retry_after)).headers()
    assert headers == (("x-should-retry", "true"), ("retry-after-ms", milliseconds), ("retry-after", seconds))


def test_what_is_wrong_for_good_names_no_time() -> None:
    assert describe_error(NotFound("no")).headers() == (("x-should-retry", "false"),)


@pytest.mark.parametrize(
    ("pointer", "parameter"), [("/tools/0/type", "tools.0.type"), ("/model", "model"), ("", None), ("/", None)]
)
def test_a_place_is_named_as_the_vendors_do(pointer: str, parameter: str | None) -> None:
    assert describe_error(BadRequest("no", faults=(Fault(pointer, "x"),))).parameter == parameter


def test_a_message_ends_with_the_remedy() -> None:
    assert describe_error(NotFound("it is gone", remedy="make a new one")).message == "it is gone; make a new one"
    assert describe_error(NotFound("it is gone")).message == "it is gone"


def test_an_error_that_names_no_remedy_has_that_of_its_kind() -> None:
    assert describe_error(LeaseLost("it is late")).message == (
        "it is late; stop, and record nothing: the later holder of the step goes on"
    )
    assert describe_error(DependencyUnavailable("it is away", remedy="wait")).message == "it is away; wait"


@pytest.mark.parametrize("code", sorted(set(_UPSTREAM) - {"client_gone"}))
def test_every_failure_of_a_provider_says_what_the_caller_can_do(code: str) -> None:
    what, _, remedy = describe_error(failed(code)).message.partition("; ")
    assert what
    assert remedy


def test_an_error_without_a_place_has_none() -> None:
    assert describe_error(BadRequest("no")).parameter is None
    assert describe_error(NotFound("no")).more == {}


def test_a_spent_budget_says_whose() -> None:
    assert describe_error(BudgetExceeded("no", scope="run")).more["scope"] == "run"


@pytest.mark.parametrize(
    ("status", "message", "told"),
    [(422, "too long", 422), (None, "too long", 400), (401, None, 502), (None, None, 502)],
)
def test_a_refusal_that_the_provider_explained_is_the_callers_and_another_is_not(
    status: int | None, message: str | None, told: int
) -> None:
    described = describe_error(failed("upstream_refused", status=status, message=message))
    assert described.status == told
    assert described.message == (message or "the provider refuses the gateway's key or account; ask for another model")
    assert not described.retryable


def test_a_failure_of_one_attempt_lists_none() -> None:
    assert describe_error(failed("upstream_cut")).more == {}
    assert describe_error(failed("upstream_cut")).retryable
