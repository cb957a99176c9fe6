"""What an error says in any dialect: one table gives each its status, and whether to try again."""

import math
from dataclasses import asdict, dataclass, field

from foundation.domain import errors
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.exchange.protocol_errors import MethodNotAllowed, UpgradeRefused

_TOO_MANY = 429

# The first match along an error's ancestry holds.
_STATUS: dict[type[errors.LockstepError], int] = {
    errors.PayloadTooLarge: 413,
    errors.UnsupportedMediaType: 415,
    MethodNotAllowed: 405,
    UpgradeRefused: 426,
    errors.BadRequest: 400,
    errors.Unauthenticated: 401,
    errors.RunClosed: 403,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.BudgetExceeded: 402,
    errors.LeaseLost: 409,
    errors.Conflict: 409,
    errors.IdempotencyConflict: 422,
    errors.QuotaExceeded: _TOO_MANY,
    errors.DependencyUnavailable: 503,
    errors.LockstepError: 500,
}

_UPSTREAM = {
    "upstream_rate_limited": (_TOO_MANY, "the provider limits our rate"),
    "model_not_found": (404, "the provider has no model of this name, or none for the gateway's account"),
    "upstream_timeout": (504, "the provider did not answer in time"),
    "upstream_stalled": (504, "the provider fell silent"),
    "upstream_unreachable": (502, "the provider cannot be reached"),
    "upstream_cut": (502, "the provider broke off its answer"),
    "upstream_malformed": (502, "the provider's answer is malformed"),
    "upstream_too_large": (502, "the provider's answer is too large"),
    "upstream_error": (502, "the provider failed"),
    "client_gone": (499, "the caller has left"),
}


class Unexpected(errors.LockstepError):
    """Something that we did not foresee; the log has it."""

    code = "internal"


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """A status, headers and a body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller is told, before a dialect words it."""

    status: int
    code: str
    message: str
    retryable: bool = False
    retry_after: float | None = None
    parameter: str | None = None
    more: dict[str, object] = field(default_factory=dict)
    also: tuple[tuple[str, str], ...] = ()
    """Further headers."""

    def headers(self) -> tuple[tuple[str, str], ...]:
        headers = [("x-should-retry", "true" if self.retryable else "false")]
        if self.retry_after is not None and self.retryable:
            headers.append(("retry-after-ms", str(int(self.retry_after * 1000))))
            headers.append(("retry-after", str(max(1, math.ceil(round(self.retry_after, 3))))))
        return (*headers, *self.also)


def told(error: errors.LockstepError | UpstreamFailed) -> Told:
    if isinstance(error, UpstreamFailed):
        return _upstream(error)
    status = next(_STATUS[one] for one in type(error).__mro__ if one in _STATUS)
    parameter = None
    if isinstance(error, errors.BadRequest) and error.faults:
        parameter = error.faults[0].pointer.lstrip("/").replace("/", ".") or None
    more = dict(error.data()) if isinstance(error, errors.BudgetExceeded) else {}
    headers = getattr(error, "headers", ())
    return Told(status, error.code, error.detail, error.retryable, error.retry_after, parameter, more, headers)


def _upstream(error: UpstreamFailed) -> Told:
    about = _last(error)
    if len(error.attempts) > 1:
        # one error tells of each attempt, in the order in which they were made
        about.more["attempts"] = [asdict(one) for one in error.attempts]
    return about


def _last(error: UpstreamFailed) -> Told:
    if error.code == "upstream_refused":
        # a 4xx that the provider explained is the caller's; one about our key or account is ours
        status = (error.status or 400) if error.message else 502
        message = error.message or "the provider refused the gateway's request"
        return Told(status, error.code, message, parameter=error.parameter)
    status, message = _UPSTREAM[error.code]
    return Told(status, error.code, message, error.retryable, error.retry_after)
