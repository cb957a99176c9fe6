"""A failure of a provider is known by its code, and says whether another target may answer."""

import pytest

from llm_gateway.exchange.failures import Billing, UpstreamFailed, broken_off, malformed, refusal
from llm_gateway.refusals.refusal_errors import error_of_full_queue


def test_a_failure_is_shown_by_its_code() -> None:
    error = UpstreamFailed(code="upstream_cut", billing=Billing.UNKNOWN, retryable=True, trips_breaker=True)
    assert str(error) == "upstream_cut"
    assert (error.refuses, error.attempts) == (False, ())


@pytest.mark.parametrize("code", ["upstream_refused", "model_not_found"])
def test_a_refusal_costs_nothing_and_is_not_tried_again_at_its_target(code: str) -> None:
    error = refusal(code, status=404, request_id="r")
    assert (error.billing, error.retryable, error.trips_breaker, error.refuses) == (Billing.NONE, False, False, True)
    assert (error.status, error.request_id) == (404, "r")


def test_what_breaks_off_is_tried_again_and_counts_against_its_provider() -> None:
    for error in (broken_off("upstream_cut"), malformed()):
        assert (error.billing, error.retryable, error.trips_breaker, error.refuses) == (
            Billing.UNKNOWN,
            True,
            True,
            False,
        )


def test_a_full_queue_asks_for_more_patience_than_a_held_budget() -> None:
    assert error_of_full_queue().retry_after == 2
