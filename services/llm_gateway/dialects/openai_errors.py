"""Errors in OpenAI's dialect; one table says what each is, and every answer says whether to try again."""

from dataclasses import dataclass

import msgspec

from foundation.domain import errors
from llm_gateway.providers.base import UpstreamFailed

_TOO_MANY = 429
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """A status, headers and a body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


# The first match along an error's ancestry holds.
_STATUS: dict[type[errors.LockstepError], tuple[int, str]] = {
    errors.PayloadTooLarge: (413, "invalid_request_error"),
    errors.BadRequest: (400, "invalid_request_error"),
    errors.Unauthenticated: (401, "authentication_error"),
    errors.RunClosed: (403, "permission_error"),
    errors.Forbidden: (403, "permission_error"),
    errors.NotFound: (404, "invalid_request_error"),
    errors.BudgetExceeded: (402, "insufficient_quota"),
    errors.LeaseLost: (409, "conflict_error"),
    errors.Conflict: (409, "conflict_error"),
    errors.IdempotencyConflict: (422, "invalid_request_error"),
    errors.QuotaExceeded: (_TOO_MANY, "rate_limit_error"),
    errors.DependencyUnavailable: (503, "server_error"),
    errors.LockstepError: (500, "server_error"),
}

_UPSTREAM = {
    "upstream_rate_limited": (_TOO_MANY, "rate_limit_error", "the provider limits our rate"),
    "upstream_timeout": (504, "server_error", "the provider did not answer in time"),
    "upstream_stalled": (504, "server_error", "the provider fell silent"),
    "upstream_unreachable": (502, "server_error", "the provider cannot be reached"),
    "upstream_cut": (502, "server_error", "the provider broke off its answer"),
    "upstream_malformed": (502, "server_error", "the provider's answer is malformed"),
    "upstream_too_large": (502, "server_error", "the provider's answer is too large"),
    "upstream_error": (502, "server_error", "the provider failed"),
}


def error_answer(error: errors.LockstepError | UpstreamFailed) -> ErrorAnswer:
    """The whole answer that an error becomes."""
    status, document, retryable, retry_after = _parts(error)
    headers = [("x-should-retry", "true" if retryable else "false")]
    if retry_after is not None and retryable:
        headers.append(("retry-after-ms", str(int(retry_after * 1000))))
        headers.append(("retry-after", str(max(1, round(retry_after)))))
    return ErrorAnswer(status, tuple(headers), _encoder.encode({"error": document}))


def error_event(error: errors.LockstepError | UpstreamFailed) -> bytes:
    """The last event of a stream that did not end well; no `[DONE]` follows it."""
    _, document, _, _ = _parts(error)
    document["finish_reason"] = "error"
    return b"data: " + _encoder.encode({"error": document}) + b"\n\n"


def _parts(error: errors.LockstepError | UpstreamFailed) -> tuple[int, dict[str, object], bool, float | None]:
    if isinstance(error, UpstreamFailed):
        return _upstream_parts(error)
    status, kind = next(_STATUS[one] for one in type(error).__mro__ if one in _STATUS)
    document: dict[str, object] = {"message": error.detail, "type": kind, "param": None, "code": error.code}
    if isinstance(error, errors.BadRequest) and error.faults:
        document["param"] = error.faults[0].pointer.lstrip("/").replace("/", ".")
    if isinstance(error, errors.BudgetExceeded):
        document.update(error.data())
    return status, document, error.retryable, error.retry_after


def _upstream_parts(error: UpstreamFailed) -> tuple[int, dict[str, object], bool, float | None]:
    if error.code == "upstream_refused":
        # a 4xx that the provider explained is the caller's; one about our key or account is ours
        status, kind = (error.status or 400, "invalid_request_error") if error.message else (502, "server_error")
        message = error.message or "the provider refused the gateway's request"
        return status, {"message": message, "type": kind, "param": error.parameter, "code": error.code}, False, None
    status, kind, message = _UPSTREAM[error.code]
    document: dict[str, object] = {"message": message, "type": kind, "param": None, "code": error.code}
    return status, document, error.retryable, error.retry_after
