"""What a failure of a provider means for the bill, for another try and for its breaker."""

from llm_gateway.exchange import failures
from llm_gateway.exchange.failures import Billing


def test_what_breaks_off_in_mid_answer_may_cost_and_may_be_tried_again() -> None:
    failed = failures.broken_off("upstream_reset", request_id="r", status=200)
    assert (failed.code, failed.billing, failed.retryable, failed.trips_breaker) == (
        "upstream_reset",
        Billing.UNKNOWN,
        True,
        True,
    )
    assert (failed.request_id, failed.status) == ("r", 200)


def test_a_caller_that_leaves_says_nothing_of_the_provider() -> None:
    failed = failures.client_gone()
    assert (failed.code, failed.billing, failed.retryable, failed.trips_breaker) == (
        "client_gone",
        Billing.UNKNOWN,
        False,
        False,
    )


def test_an_answer_that_is_none_is_one_that_broke_off() -> None:
    failed = failures.malformed()
    assert (failed.code, failed.billing, failed.retryable, failed.trips_breaker) == (
        "upstream_malformed",
        Billing.UNKNOWN,
        True,
        True,
    )
