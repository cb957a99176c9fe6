"""The errors of exceeded rate limits, with the time to the millisecond at which to call again."""

from foundation.domain.errors import QuotaExceeded
from llm_gateway.budget.refusals import WindowFull
from llm_gateway.refusals.rate_headers import rate_headers, round_up_to_milliseconds


class RateExceeded(QuotaExceeded):
    """A rate is used up, or all slots are taken. The call cost nothing and may be repeated."""

    code = "rate_limited"

    def __init__(self, detail: str, *, retry_after: float, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.headers = headers


class TooLargeForRate(QuotaExceeded):
    """The call alone exceeds a rate, so that waiting does not help."""

    code = "rate_limited"
    retryable = False
    usual_remedy = "send less in one call, ask for a shorter answer, or have the limit raised"


def error_of_full_window(error: WindowFull) -> QuotaExceeded:
    rate = error.slowest
    which = f"the {rate.scope}'s {rate.limit} {rate.unit} in {rate.width_us // 1_000_000} seconds"
    if error.wait_us is None:
        return TooLargeForRate(f"the call alone exceeds {which}")
    # A little more than the millisecond, so that converting seconds back to milliseconds does not round below it.
    retry_after = round_up_to_milliseconds(error.wait_us) / 1000 + 1e-7
    return RateExceeded(f"the call would exceed {which}", retry_after=retry_after, headers=rate_headers(error.rates))
