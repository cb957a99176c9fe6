"""What becomes of a span of OpenTelemetry's SDK when it ends."""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

from foundation.telemetry.spans.buffer import SpanBuffer
from foundation.telemetry.spans.processor import SinkProcessor
from foundation.telemetry.spans.record import MAX_NAME, RecordedKind, SpanAttribute, SpanStatus


def recorded() -> tuple[Tracer, SpanBuffer]:
    kept, provider = SpanBuffer(), TracerProvider()
    provider.add_span_processor(SinkProcessor(kept, service="tests"))
    return provider.get_tracer("tests"), kept


def test_a_span_is_kept_when_it_ends_with_its_place_in_the_trace() -> None:
    tracer, kept = recorded()
    with tracer.start_as_current_span("outer", kind=SpanKind.SERVER):
        with tracer.start_as_current_span("inner", attributes={SpanAttribute.STEP_TURN.value: 2, "secret": "x"}):
            assert kept.take(10) == []
        (inner,) = kept.take(10)
    (outer,) = kept.take(10)
    assert outer.parent_span_id is None
    assert (inner.trace_id, inner.parent_span_id) == (outer.trace_id, outer.span_id)
    assert (outer.kind, inner.kind) == (RecordedKind.SERVER, RecordedKind.INTERNAL)
    assert outer.started_ns <= inner.started_ns <= inner.ended_ns <= outer.ended_ns
    assert inner.service == "tests"
    assert inner.attributes == {SpanAttribute.STEP_TURN: 2}


def test_only_a_span_that_was_marked_so_has_failed() -> None:
    tracer, kept = recorded()
    for code in StatusCode:
        with tracer.start_as_current_span(code.name) as span:
            span.set_status(Status(code))
    assert {span.name: span.status for span in kept.take(10)} == {
        "UNSET": SpanStatus.UNSET,
        "OK": SpanStatus.UNSET,
        "ERROR": SpanStatus.ERROR,
    }


def test_a_long_name_is_cut_visibly() -> None:
    tracer, kept = recorded()
    tracer.start_span("n" * 1000).end()
    (span,) = kept.take(10)
    assert span.name == "n" * (MAX_NAME - 1) + "…"
