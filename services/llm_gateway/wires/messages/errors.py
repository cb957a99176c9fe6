"""Errors in Anthropic's words; `code` is a member more than theirs, and says what the type cannot."""

import msgspec

from foundation.domain.errors import LockstepError
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.wires.errors import ErrorAnswer, Told, told

_SERVER_ERROR = 500
_KINDS = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}
_encoder = msgspec.json.Encoder()


def error_answer(error: LockstepError | UpstreamFailed, request_id: str) -> ErrorAnswer:
    """The whole answer that an error becomes."""
    about = told(error)
    return ErrorAnswer(about.status, about.headers(), _encoder.encode(_document(about, request_id)))


def error_event(error: LockstepError | UpstreamFailed, request_id: str) -> bytes:
    """The last event of a stream that did not end well; no `message_stop` follows it."""
    return b"event: error\ndata: " + _encoder.encode(_document(told(error), request_id)) + b"\n\n"


def _document(about: Told, request_id: str) -> dict[str, object]:
    kind = _KINDS.get(about.status, "api_error" if about.status >= _SERVER_ERROR else "invalid_request_error")
    error = {"type": kind, "message": about.message, "code": about.code, **about.more}
    if about.parameter is not None:
        error["param"] = about.parameter
    return {"type": "error", "error": error, "request_id": request_id}
