"""Errors as Anthropic's clients read them; `code` is a further member, since the type alone is too coarse."""

import msgspec

from foundation.domain.errors import LockstepError
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.wires.errors import ErrorAnswer, ErrorDescription, describe_error

_SERVER_ERROR = 500
_TYPES = {
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


def write_error_answer(error: LockstepError | UpstreamFailed, request_id: str) -> ErrorAnswer:
    """The whole answer that an error becomes."""
    description = describe_error(error)
    body = _encoder.encode(_document(description, request_id))
    return ErrorAnswer(description.status, description.headers(), body)


def write_error_event(error: LockstepError | UpstreamFailed, request_id: str) -> bytes:
    """The last event of a stream that did not end well; no `message_stop` follows it."""
    return b"event: error\ndata: " + _encoder.encode(_document(describe_error(error), request_id)) + b"\n\n"


def _document(description: ErrorDescription, request_id: str) -> dict[str, object]:
    status = description.status
    kind = _TYPES.get(status, "api_error" if status >= _SERVER_ERROR else "invalid_request_error")
    error = {"type": kind, "message": description.message, "code": description.code, **description.more}
    if description.parameter is not None:
        error["param"] = description.parameter
    return {"type": "error", "error": error, "request_id": request_id}
