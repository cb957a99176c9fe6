"""The body of OpenAI's errors."""

import json

_SERVER_ERROR = 500
_KINDS = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    429: "rate_limit_error",
}


def error(message: str, *, status: int, param: str | None = None, code: str | None = None) -> bytes:
    kind = _KINDS.get(status, "server_error" if status >= _SERVER_ERROR else "invalid_request_error")
    return json.dumps({"error": {"message": message, "type": kind, "param": param, "code": code}}).encode()
