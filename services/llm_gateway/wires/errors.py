"""Errors as all wires have them: status, message and advice on retries, which each vendor's document then words."""

import math
from dataclasses import asdict, dataclass, field

from foundation.domain import errors
from foundation.http.statuses import STATUSES, status_of
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.exchange.protocol_errors import MethodNotAllowed, UpgradeRefused

_STATUSES = {**STATUSES, MethodNotAllowed: 405, UpgradeRefused: 426}

_AGAIN = "send the call again, or ask for another model"
_UPSTREAM = {
    "upstream_rate_limited": (429, f"the provider limits the gateway's rate; {_AGAIN}"),
    "model_not_found": (
        404,
        "the provider has no model of this name, or none for the gateway's account; ask for another model",
    ),
    "upstream_timeout": (504, f"the provider did not answer in time; {_AGAIN}"),
    "upstream_stalled": (504, f"the provider fell silent in the middle of its answer; {_AGAIN}"),
    "upstream_unreachable": (502, f"the provider cannot be reached; {_AGAIN}"),
    "upstream_cut": (502, f"the provider broke off its answer; {_AGAIN}"),
    "upstream_malformed": (502, f"the provider's answer cannot be read; {_AGAIN}"),
    "upstream_too_large": (502, "the provider's answer is larger than can be stored; ask for a shorter one"),
    "upstream_error": (502, f"the provider failed; {_AGAIN}"),
    "gateway_ending": (503, f"the gateway ended before the provider answered; {_AGAIN}"),
    "client_gone": (499, "the caller has left, so the answer was broken off"),
}


class Unexpected(errors.LockstepError):
    """An error that nothing in the gateway raises on purpose; the log has its traceback."""

    code = "internal"
    usual_remedy = errors.OURS_TO_MEND

    def __init__(self) -> None:
        super().__init__("the gateway failed by a fault of its own")


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """A status, headers and a body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class ErrorDescription:
    """What a caller gets to know of an error, in no vendor's words yet."""

    status: int
    code: str
    message: str
    retryable: bool = False
    retry_after: float | None = None
    parameter: str | None = None
    more: dict[str, object] = field(default_factory=dict)
    """Further members of the error's document."""
    further_headers: tuple[tuple[str, str], ...] = ()

    def headers(self) -> tuple[tuple[str, str], ...]:
        """With the advice on retries, which the vendors' clients follow whatever the status is."""
        headers = [("x-should-retry", "true" if self.retryable else "false")]
        if self.retry_after is not None and self.retryable:
            headers.append(("retry-after-ms", str(int(self.retry_after * 1000))))
            headers.append(("retry-after", str(max(1, math.ceil(round(self.retry_after, 3))))))
        return (*headers, *self.further_headers)


def describe_error(error: errors.LockstepError | UpstreamFailed) -> ErrorDescription:
    if isinstance(error, UpstreamFailed):
        return _describe_upstream_failure(error)
    parameter = None
    if isinstance(error, errors.BadRequest) and error.faults:
        parameter = error.faults[0].pointer.lstrip("/").replace("/", ".") or None
    return ErrorDescription(
        status_of(error, _STATUSES),
        error.code,
        error.detail if error.remedy is None else f"{error.detail}; {error.remedy}",
        error.retryable,
        error.retry_after,
        parameter,
        more=dict(error.data()) if isinstance(error, errors.BudgetExceeded) else {},
        further_headers=getattr(error, "headers", ()),
    )


def _describe_upstream_failure(error: UpstreamFailed) -> ErrorDescription:
    """The failure of the last attempt; where several were made, the document lists all of them in their order."""
    more: dict[str, object] = {}
    if len(error.attempts) > 1:
        more["attempts"] = [asdict(attempt) for attempt in error.attempts]
    if error.code == "upstream_refused":
        # A 4xx that the provider explained is about the request; one about our key or account has no message.
        status = (error.status or 400) if error.message else 502
        message = error.message or "the provider refuses the gateway's key or account; ask for another model"
        return ErrorDescription(status, error.code, message, parameter=error.parameter, more=more)
    status, message = _UPSTREAM[error.code]
    return ErrorDescription(status, error.code, message, error.retryable, error.retry_after, more=more)
