"""Errors as OpenAI's clients read them."""

import msgspec

from foundation.domain.errors import LockstepError
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.wires.errors import ErrorAnswer, ErrorDescription, describe_error

_SERVER_ERROR = 500
_TYPES = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    409: "conflict_error",
    429: "rate_limit_error",
}
_encoder = msgspec.json.Encoder()


def write_error_answer(error: LockstepError | UpstreamFailed, request_id: str) -> ErrorAnswer:  # noqa: ARG001
    """The whole answer that an error becomes; the request's id is in its headers."""
    description = describe_error(error)
    body = _encoder.encode({"error": error_document(description)})
    return ErrorAnswer(description.status, description.headers(), body)


def write_error_event(error: LockstepError | UpstreamFailed, request_id: str) -> bytes:  # noqa: ARG001  # in a header
    """The last event of a stream that did not end well; no `[DONE]` follows it."""
    document = error_document(describe_error(error)) | {"finish_reason": "error"}
    return b"data: " + _encoder.encode({"error": document}) + b"\n\n"


def error_document(description: ErrorDescription) -> dict[str, object]:
    status = description.status
    kind = _TYPES.get(status, "server_error" if status >= _SERVER_ERROR else "invalid_request_error")
    return {
        "message": description.message,
        "type": kind,
        "param": description.parameter,
        "code": description.code,
        **description.more,
    }
