"""A problem names the trace in which it arose, and none outside a trace."""

from opentelemetry.sdk.trace import TracerProvider

from foundation.domain.errors import NotFound
from foundation.http.problems import problem_body


def test_a_problem_within_a_trace_names_it() -> None:
    tracer = TracerProvider().get_tracer("test")
    with tracer.start_as_current_span("a span") as span:
        assert problem_body(NotFound("none"))["trace_id"] == f"{span.get_span_context().trace_id:032x}"


def test_a_problem_outside_a_trace_names_none() -> None:
    assert "trace_id" not in problem_body(NotFound("none"))
