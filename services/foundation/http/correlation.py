"""Pure ASGI middleware: continues the caller's trace, counts the request, and logs how it was answered."""

import logging
import time
from dataclasses import dataclass

from fastapi.telemetry import TelemetryConfig
from opentelemetry.trace import Span, SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foundation.telemetry import metrics, traces
from foundation.telemetry.logs import logger
from foundation.telemetry.spans.record import SpanAttribute

_log = logger(__name__)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SERVER_ERROR = 500

OWN_SPANS: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""What each of our apps is made with: FastAPI's own spans would stand between ours, with whole addresses in them."""


@dataclass(slots=True)
class _Answered:
    status: int = 500


class Correlation:
    """Opens the request's span below its `traceparent`, answers with `traceparent`, and reports the figures."""

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        traceparent = headers.get(b"traceparent", b"").decode("latin-1") or None
        answered = _Answered()
        started = time.perf_counter()

        async def send_with_trace(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.status = message["status"]
                if current := traces.current_traceparent():
                    message["headers"] = [*message.get("headers", []), (b"traceparent", current.encode())]
            await send(message)

        # A method that a caller made up is no label: each would be a new series for as long as we run.
        method = scope["method"] if scope["method"] in _METHODS else "other"
        with traces.span(f"{method} {self._service}", traceparent=traceparent, kind=SpanKind.SERVER) as span:
            try:
                await self._app(scope, receive, send_with_trace)
            finally:
                endpoint = _endpoint(scope)
                _tell(span, method, endpoint, answered.status)
                metrics.HTTP_REQUESTS.labels(self._service, method, str(answered.status)).inc()
                seconds = time.perf_counter() - started
                metrics.HTTP_DURATION.labels(self._service, endpoint).observe(seconds)
                _log_answer(method, endpoint, answered.status, seconds)


def _tell(span: Span, method: str, endpoint: str, status: int) -> None:
    span.update_name(f"{method} {endpoint}")
    span.set_attribute(SpanAttribute.HTTP_METHOD.value, method)
    span.set_attribute(SpanAttribute.HTTP_ROUTE.value, endpoint)
    span.set_attribute(SpanAttribute.HTTP_STATUS.value, status)
    if status >= _SERVER_ERROR:
        traces.failed(str(status))


def _log_answer(method: str, endpoint: str, status: int, seconds: float) -> None:
    """What was answered well, or refused, is for who looks closely: the span and the figures have it already."""
    level = logging.INFO if status >= _SERVER_ERROR else logging.DEBUG
    extra = {"method": method, "endpoint": endpoint, "status": status, "duration_ms": round(seconds * 1000, 1)}
    _log.log(level, "request answered", extra=extra)


def _endpoint(scope: Scope) -> str:
    """The path with its values taken out, so that a label has few values: `/api/v1/runs/{run_id}`."""
    if scope.get("route") is None:
        return "unmatched"
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(part, part) for part in scope["path"].split("/"))
