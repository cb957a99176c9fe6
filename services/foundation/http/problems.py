"""Errors as RFC 9457 problem documents."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.sentences import first_of, sentence_of_error
from foundation.domain import errors
from foundation.domain.people.admission import NoCredential
from foundation.domain.words.quoting import quoted
from foundation.http.methods import allowed_methods
from foundation.http.statuses import status_of
from foundation.telemetry.logs import logger
from foundation.telemetry.traces import current_trace_id

_log = logger(__name__)

MEDIA_TYPE = "application/problem+json"
_OUR_FAULT = 500
MAX_FAULTS = 100
"""Places that one answer tells. A body of nothing but faults would else be answered with ten times its size."""


_CORRECTED = {400, 422}
_REMEDIES: Mapping[int, str] = {
    **dict.fromkeys(_CORRECTED, "correct what the detail names, and send the request again"),
    404: "check the id; what another tenant has is not found either",
}
"""For errors that say nothing closer; where a vendor's wire carries an error, its message stands alone."""


_UNTOLD = errors.Fault("", f"this is one of more than {MAX_FAULTS} faults; correct those that are told first")
T = TypeVar("T")


def problem_body(error: errors.LockstepError) -> dict[str, object]:
    """The problem document of an error, without an instance."""
    body: dict[str, object] = {
        "type": f"urn:lockstep:problem:{error.code}",
        "title": error.code.replace("_", " ").capitalize(),
        "status": status_of(error),
        "detail": error.detail,
        "retryable": error.retryable,
        **error.data(),
    }
    if isinstance(places := body.get("errors"), list) and len(places) > MAX_FAULTS:
        body["errors"] = places[:MAX_FAULTS]
        body["detail"] = f"{error.detail}; `errors` has the first {MAX_FAULTS} of {len(places)}"
    usual = _REMEDIES.get(status_of(error))
    if "errors" in body and status_of(error) in _CORRECTED:
        # The detail has the first of them alone.
        usual = "correct what `errors` name, and send the request again"
    if remedy := error.remedy or usual:
        body["remedy"] = remedy
    if trace_id := current_trace_id():
        body["trace_id"] = trace_id
    return body


def problem_response(error: errors.LockstepError, *, instance: str | None = None) -> JSONResponse:
    body = problem_body(error)
    if instance:
        body["instance"] = instance
    headers: dict[str, str] = {}
    if error.retry_after is not None or isinstance(error, errors.DependencyUnavailable):
        headers["Retry-After"] = str(max(1, round(error.retry_after or 1)))
    if isinstance(error, errors.Unauthenticated):
        # RFC 6750, section 3.1: who has sent no credential is told of no error in it.
        none_sent = isinstance(error, NoCredential)
        headers["WWW-Authenticate"] = "Bearer" if none_sent else 'Bearer error="invalid_token"'
    return JSONResponse(body, status_code=status_of(error), headers=headers, media_type=MEDIA_TYPE)


def faults_from(validation_errors: list[Any]) -> tuple[errors.Fault, ...]:
    """Pydantic's errors as faults; a caller's own value is not repeated, it may be a secret."""
    return worded(validation_errors, lambda item: errors.Fault(pointer_of(item["loc"]), sentence_of_error(item)))


def worded(found: Sequence[T], fault_of: Callable[[T], errors.Fault]) -> tuple[errors.Fault, ...]:
    """As many faults as were found, of which those that no answer tells cost no words: they are counted alone."""
    return (*map(fault_of, found[:MAX_FAULTS]), *[_UNTOLD] * (len(found) - MAX_FAULTS))


_TITLES: Mapping[int, str] = {
    404: errors.NotFound.code,
    405: "method_not_allowed",
    413: errors.PayloadTooLarge.code,
}
_NOT_FOUND, _METHOD_NOT_ALLOWED = 404, 405


def install_problem_handlers(app: FastAPI) -> None:
    """Every error that leaves the app is a problem document; the unexpected ones are logged with their traceback."""
    app.exception_handler(errors.LockstepError)(_known)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_unexpected)


async def _known(request: Request, error: errors.LockstepError) -> JSONResponse:
    extra = {"code": error.code, "path": request.url.path, "detail": error.detail}
    if status_of(error) == _OUR_FAULT and not isinstance(error, errors.DatabaseRefused):
        _log.error("a request failed by a fault of the platform", exc_info=error, extra=extra)
    else:
        _log.debug("a request was refused", extra=extra)
    return problem_response(error, instance=request.url.path)


async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    faults = faults_from(list(error.errors()))
    _log.debug(
        "a request was refused",
        extra={"path": request.url.path, "faults": [str(fault) for fault in faults[:MAX_FAULTS]]},
    )
    if isinstance(error.body, bytes) and any(fault.pointer == "/body" for fault in faults):
        # The framework hands a body that is not declared as JSON to the route unread.
        return problem_response(
            errors.UnsupportedMediaType(
                f"the content type {quoted(request.headers.get('content-type', ''))} is not read here",
                remedy="send a JSON object as application/json",
            ),
            instance=request.url.path,
        )
    return problem_response(errors.BadRequest(first_of(faults, most=5), faults=faults), instance=request.url.path)


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    code, path = _TITLES.get(error.status_code, "http_error"), request.url.path
    _log.debug("a request was refused", extra={"code": code, "path": path})
    details = {404: f"nothing is served at {path}", 405: f"{path} is not served by {request.method}"}
    body = {
        "type": f"urn:lockstep:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": error.status_code,
        "detail": details.get(error.status_code, str(error.detail)),
        "retryable": False,
        "instance": path,
    }
    headers = dict(error.headers or {})
    if error.status_code == _METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(allowed_methods(request.app, path))
        body["remedy"] = f"use one of {headers['Allow']}"
    elif error.status_code == _NOT_FOUND and request.app.openapi_url:
        body["remedy"] = f"GET {request.app.openapi_url} lists what is served"
    return JSONResponse(body, status_code=error.status_code, headers=headers, media_type=MEDIA_TYPE)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error("unexpected error", exc_info=error, extra={"path": request.url.path})
    unexpected = errors.LockstepError("an unexpected error; it was logged", remedy=errors.OURS_TO_MEND)
    answer = problem_response(unexpected, instance=request.url.path)
    # The error goes on to the server, which then drops the connection: the caller is told not to use it again.
    answer.headers["Connection"] = "close"
    return answer
