"""What can go wrong with a call, as exceptions: one for each status of a problem document that programs tell apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx


class LockstepError(Exception):
    """The root of all that this package raises."""


class Unreachable(LockstepError):
    """No answer came: whether the request was carried out is not known, unless `was_sent` is false."""

    def __init__(self, message: str, *, was_sent: bool) -> None:
        super().__init__(message)
        self.was_sent = was_sent


class RunNotEnded(LockstepError):
    """The run has not come so far within the time that was given."""


class SignInRefused(LockstepError):
    """The identity provider gives no token; `error` is its word for it (RFC 6749, RFC 8628)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error


@dataclass(frozen=True, slots=True)
class Fault:
    """One place of the request that was refused; `pointer` leads to it, as in `/body/steps/0/name`."""

    pointer: str
    detail: str
    remedy: str | None

    def beside(self, told: str) -> str:
        """What there is to say of it behind words that may have said it, or a part of it."""
        if (whole := f"{self.pointer}: {self.detail}") in told:
            return ""
        return f"; at {self.pointer}" if self.detail in told else f"; {whole}"


class ApiError(LockstepError):
    """The API refused the call, with an RFC 9457 problem document.

    `type` is stable and for programs (`urn:lockstep:problem:…`), `detail` and `remedy` are for people. `retry_after` is
    in seconds; None where the answer does not say it. `document` has all members, and is empty where the answer was no
    problem document, as that of a proxy on the way.
    """

    def __init__(self, response: httpx.Response) -> None:
        document = _document(response)
        self.status = response.status_code
        self.document: Mapping[str, Any] = document
        self.type = str(document.get("type", "about:blank"))
        self.title = str(document.get("title", response.reason_phrase))
        self.detail = str(document.get("detail", response.text[:500]))
        self.remedy = None if document.get("remedy") is None else str(document["remedy"])
        self.retryable = bool(document.get("retryable", False))
        self.trace_id = document.get("trace_id")
        self.faults = tuple(_fault(one) for one in document.get("errors") or () if isinstance(one, dict))
        self.retry_after = retry_after(response.headers)
        places = "".join(one.beside(self.detail) for one in self.faults)
        then = f" ({self.remedy})" if self.remedy else ""
        super().__init__(f"{self.status} {self.title}: {self.detail}{places}{then}")


class BadRequest(ApiError):
    """400, 413 or 415: the request cannot be understood, or is too large; `faults` says where."""


class Unauthenticated(ApiError):
    """401: the token is missing, has expired or was withdrawn."""


class Forbidden(ApiError):
    """403: the caller is known and may not."""


class NotFound(ApiError):
    """404: there is nothing of that name for this caller."""


class Conflict(ApiError):
    """409: it does not go together with how things stand."""


class PreconditionFailed(ApiError):
    """412 or 428: it has changed since it was read, or its `ETag` was not sent; read it again."""


class Unprocessable(ApiError):
    """422: understood, and impossible."""


class TooManyRequests(ApiError):
    """429: a rate or a quota is used up; nothing was done. `retry_after` says when to try again."""


class ServerFault(ApiError):
    """5xx: the server failed. Whether the request was carried out is not known."""


class Unavailable(ServerFault):
    """503: something that the call needs is away, or the platform sheds load."""


_OF_STATUS: Mapping[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: PreconditionFailed,
    413: BadRequest,
    415: BadRequest,
    422: Unprocessable,
    428: PreconditionFailed,
    429: TooManyRequests,
    503: Unavailable,
}


def refusal(response: httpx.Response) -> ApiError:
    """The exception of an answer whose status is 400 or above; its body must have been read."""
    of_others = ServerFault if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR else ApiError
    return _OF_STATUS.get(response.status_code, of_others)(response)


def unreachable(error: httpx.TransportError, method: str, url: str) -> Unreachable:
    """The exception of a request that got no answer."""
    was_sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    return Unreachable(f"{method} {url} got no answer: {error or type(error).__name__}", was_sent=was_sent)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now of `Retry-After`, which has seconds or a date; None where it is missing or unreadable."""
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(moment.tzinfo or UTC)).total_seconds())


def _document(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _fault(fault: Mapping[str, Any]) -> Fault:
    remedy = fault.get("remedy")
    return Fault(str(fault.get("pointer", "")), str(fault.get("detail", "")), None if remedy is None else str(remedy))
