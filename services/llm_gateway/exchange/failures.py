"""How an attempt at a provider fails, and what is known about its bill."""

from dataclasses import dataclass
from enum import StrEnum


class Billing(StrEnum):
    """What is known about the bill of an attempt that failed."""

    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """One attempt of a call that came to nothing, as its caller may know it."""

    provider: str
    model: str
    code: str
    status: int | None


class UpstreamFailed(Exception):
    """An attempt came to nothing; `status` is the provider's where it answered."""

    def __init__(
        self,
        code: str,
        *,
        billing: Billing,
        retryable: bool,
        trips_breaker: bool,
        status: int | None = None,
        retry_after: float | None = None,
        message: str | None = None,
        parameter: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.billing = billing
        self.retryable = retryable
        self.trips_breaker = trips_breaker
        self.status = status
        self.retry_after = retry_after
        self.message = message
        self.parameter = parameter
        self.request_id = request_id
        self.refuses = code in _REFUSALS
        """Whether this target will not answer this request, while another one may."""
        self.is_last = code == _ENDING
        """Whether this gateway makes no further attempt, although another gateway may."""
        self.attempts: tuple[FailedAttempt, ...] = ()
        """All attempts of the call that this failure ends."""


_ENDING = "gateway_ending"
_REFUSALS = frozenset({"upstream_refused", "model_not_found"})


def refusal(code: str, *, status: int, request_id: str | None) -> UpstreamFailed:
    """A provider will not answer this request, however often it is asked, and bills nothing."""
    return UpstreamFailed(
        code, billing=Billing.NONE, retryable=False, trips_breaker=False, status=status, request_id=request_id
    )


def broken_off(code: str, *, request_id: str | None = None, status: int | None = None) -> UpstreamFailed:
    """A provider's failure in the middle of an answer: what it costs is not known."""
    return UpstreamFailed(
        code, billing=Billing.UNKNOWN, retryable=True, trips_breaker=True, status=status, request_id=request_id
    )


def client_gone() -> UpstreamFailed:
    """The caller left, and the answer was broken off for that."""
    return UpstreamFailed("client_gone", billing=Billing.UNKNOWN, retryable=False, trips_breaker=False)


def gateway_ending(*, was_sent: bool) -> UpstreamFailed:
    """The attempt ended with its gateway; one that was sent may be billed."""
    billing = Billing.UNKNOWN if was_sent else Billing.NONE
    return UpstreamFailed(_ENDING, billing=billing, retryable=True, trips_breaker=False)


def malformed() -> UpstreamFailed:
    """What came is not what this wire says."""
    return broken_off("upstream_malformed")
