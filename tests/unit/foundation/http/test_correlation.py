"""Every request is counted once, by few labels, and continues its caller's trace."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import REGISTRY

from foundation.http.correlation import OWN_SPANS, Correlation
from foundation.telemetry.spans.buffer import SpanBuffer
from foundation.telemetry.spans.processor import SinkProcessor
from foundation.telemetry.spans.record import SpanAttribute, SpanStatus

SERVICE = "a-service-under-test"
TRACE = "0af7651916cd43dd8448eb211c80319c"
_READ = REGISTRY.get_sample_value


@pytest.fixture
def ended_spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[SpanBuffer]:
    provider, ended = TracerProvider(), SpanBuffer()
    provider.add_span_processor(SinkProcessor(ended, service=SERVICE))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield ended
    provider.shutdown()


def an_app() -> FastAPI:
    app = FastAPI(telemetry=OWN_SPANS)

    @app.get("/things/{thing}/parts")
    async def _parts(thing: str) -> str:
        return thing

    @app.api_route("/made-up", methods=["GET", "BREW"])
    async def _made_up() -> None:
        return None

    @app.get("/answers/{status}")
    async def _answers(status: int) -> Response:
        return Response(status_code=status)

    @app.get("/broken")
    async def _broken() -> None:
        raise RuntimeError("broken")

    app.add_middleware(Correlation, service=SERVICE)
    return app


async def call(path: str, *, method: str = "GET", traceparent: str | None = None) -> httpx.Response:
    transport = httpx.ASGITransport(an_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path, headers={"traceparent": traceparent} if traceparent else {})


def requests(method: str, status: int) -> float:
    labels = {"service": SERVICE, "method": method, "status": str(status)}
    return _READ("http_requests_total", labels) or 0


def durations(endpoint: str, part: str) -> float:
    return _READ(f"http_request_duration_seconds_{part}", {"service": SERVICE, "endpoint": endpoint}) or 0


def grown(read: Callable[..., float], *arguments: Any) -> Callable[[], float]:
    before = read(*arguments)
    return lambda: read(*arguments) - before


async def test_an_answer_is_counted_by_its_method_and_status() -> None:
    answered, failed = grown(requests, "GET", 200), grown(requests, "GET", 500)
    await call("/things/1/parts")
    await call("/broken")
    assert (answered(), failed()) == (1, 1)


async def test_a_method_that_a_caller_made_up_is_no_label_of_its_own() -> None:
    other, made_up = grown(requests, "other", 200), grown(requests, "BREW", 200)
    await call("/made-up", method="BREW")
    assert (other(), made_up()) == (1, 0)


async def test_a_duration_is_that_of_the_route_whatever_its_values_and_no_time_of_day() -> None:
    count = grown(durations, "/things/{thing}/parts", "count")
    seconds = grown(durations, "/things/{thing}/parts", "sum")
    await call("/things/1/parts")
    await call("/things/2/parts")
    assert count() == 2
    # the process's clock, which the difference is taken of, has counted for longer than a test takes
    assert 0 < seconds() < 60


async def test_a_path_that_nothing_serves_is_counted_as_one() -> None:
    count = grown(durations, "unmatched", "count")
    await call("/nothing/here")
    await call("/nothing/there")
    assert count() == 2


@pytest.mark.parametrize(
    ("method", "path", "level"),
    [
        ("GET", "/answers/200", "DEBUG"),
        ("GET", "/answers/422", "DEBUG"),
        ("BREW", "/made-up", "DEBUG"),
        ("BREW", "/answers/200", "DEBUG"),
        ("GET", "/answers/503", "INFO"),
    ],
)
async def test_only_an_answer_that_fails_by_our_fault_is_logged_for_all(
    caplog: pytest.LogCaptureFixture, method: str, path: str, level: str
) -> None:
    caplog.set_level("DEBUG", "foundation.http.correlation")
    answer = await call(path, method=method)
    [record] = [one for one in caplog.records if one.name == "foundation.http.correlation"]
    assert (record.levelname, record.getMessage()) == (level, "request answered")
    assert vars(record)["status"] == answer.status_code
    assert vars(record)["duration_ms"] > 0


@pytest.mark.usefixtures("ended_spans")
async def test_an_answer_names_the_trace_that_its_caller_began() -> None:
    answer = await call("/things/1/parts", traceparent=f"00-{TRACE}-b7ad6b7169203331-01")
    assert answer.headers["traceparent"].split("-")[1] == TRACE


@pytest.mark.parametrize(("status", "failed"), [(200, False), (404, False), (499, False), (500, True), (503, True)])
async def test_only_an_answer_that_is_the_servers_fault_is_a_failed_span(
    ended_spans: SpanBuffer, status: int, *, failed: bool
) -> None:
    await call(f"/answers/{status}")
    (span,) = ended_spans.take(10)
    assert span.name == "GET /answers/{status}"
    assert (span.status is SpanStatus.ERROR) is failed
    assert span.attributes[SpanAttribute.HTTP_STATUS] == status


@pytest.mark.usefixtures("ended_spans")
async def test_a_caller_without_a_trace_gets_a_new_one() -> None:
    answer = await call("/things/1/parts")
    begun = answer.headers["traceparent"].split("-")[1]
    assert len(begun) == 32
    assert begun != TRACE


async def test_what_is_no_request_passes_untouched() -> None:
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope, receive, send))

    scope: Any = {"type": "lifespan"}
    receive: Any = object()
    send: Any = object()
    await Correlation(app, service=SERVICE)(scope, receive, send)
    assert seen == [(scope, receive, send)]
