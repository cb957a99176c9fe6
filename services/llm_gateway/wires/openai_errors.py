"""Errors in OpenAI's words."""

import msgspec

from foundation.domain.errors import LockstepError
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.wires.errors import ErrorAnswer, Told, told

_SERVER_ERROR = 500
_KINDS = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    409: "conflict_error",
    429: "rate_limit_error",
}
_encoder = msgspec.json.Encoder()


def error_answer(error: LockstepError | UpstreamFailed, request_id: str) -> ErrorAnswer:  # noqa: ARG001
    """The whole answer that an error becomes; the request's id is in its headers."""
    about = told(error)
    return ErrorAnswer(about.status, about.headers(), _encoder.encode({"error": document(about)}))


def error_event(error: LockstepError | UpstreamFailed, request_id: str) -> bytes:  # noqa: ARG001  # its header told it
    """The last event of a stream that did not end well; no `[DONE]` follows it."""
    about = document(told(error)) | {"finish_reason": "error"}
    return b"data: " + _encoder.encode({"error": about}) + b"\n\n"


def document(about: Told) -> dict[str, object]:
    kind = _KINDS.get(about.status, "server_error" if about.status >= _SERVER_ERROR else "invalid_request_error")
    return {"message": about.message, "type": kind, "param": about.parameter, "code": about.code, **about.more}
