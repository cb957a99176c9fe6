"""The spans of one job: the job's own, below it what it asked its proxy for, and how many found no room."""

from datetime import UTC, datetime

import pytest

from foundation.contracts.egress.records import EgressReason, EgressRecord, EgressReport, EgressVerdict
from foundation.contracts.job_spans import MOST_SPANS
from foundation.telemetry.spans.record import RecordedKind, SpanAttribute, SpanRecord, SpanStatus
from tool_runtime.job_spans import job_spans

AT = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
STARTED_NS = int(AT.timestamp()) * 1_000_000_000
SHOWN = MOST_SPANS - 4


def ended(span_id: str, *, below: str | None = "f" * 16, status: SpanStatus = SpanStatus.UNSET) -> SpanRecord:
    return SpanRecord("a" * 32, span_id, below, "job", RecordedKind.INTERNAL, "runner", 1, 2, {}, status)


def request(**given: object) -> EgressRecord:
    return EgressRecord.model_validate(
        {"at": AT, "method": "GET", "host": "a.example", "verdict": EgressVerdict.ALLOWED, "ms": 250} | given
    )


JOB = ended("1" * 16)


def test_a_request_is_a_span_below_the_jobs_as_long_as_it_took() -> None:
    job, asked = job_spans([JOB], EgressReport(records=(request(port=443, up=10, down=2000),)))
    assert job.span_id == JOB.span_id
    assert asked.parent_span_id == job.span_id
    assert asked.name == "egress GET a.example"
    assert (asked.started_ns, asked.ended_ns) == (STARTED_NS, STARTED_NS + 250_000_000)
    assert not asked.failed
    assert asked.attributes == {
        SpanAttribute.HTTP_METHOD: "GET",
        SpanAttribute.SERVER_ADDRESS: "a.example",
        SpanAttribute.SERVER_PORT: 443,
        SpanAttribute.OUTCOME: "allowed",
        SpanAttribute.BYTES_UP: 10,
        SpanAttribute.BYTES_DOWN: 2000,
    }


@pytest.mark.parametrize("verdict", [EgressVerdict.REFUSED, EgressVerdict.CUT])
def test_what_was_refused_or_cut_is_a_failed_span_that_says_why(verdict: EgressVerdict) -> None:
    refused = request(verdict=verdict, reason=EgressReason.HOST_NOT_ALLOWED)
    _, asked = job_spans([JOB], EgressReport(records=(refused,)))
    assert asked.failed
    assert asked.attributes[SpanAttribute.ERROR_TYPE] == "host_not_allowed"


def test_a_request_whose_host_could_not_be_read_has_a_name_all_the_same() -> None:
    unreadable = request(host="", method="", verdict=EgressVerdict.REFUSED, reason=EgressReason.MALFORMED)
    _, asked = job_spans([JOB], EgressReport(records=(unreadable,)))
    assert asked.name == "egress"


@pytest.mark.parametrize(
    ("requests", "refusals", "left_out"), [(SHOWN, 0, None), (SHOWN + 1, 0, 1), (SHOWN, 2, 2), (SHOWN + 3, 4, 7)]
)
def test_requests_that_find_no_room_are_counted_in_the_jobs_span(
    requests: int, refusals: int, left_out: int | None
) -> None:
    told = job_spans([JOB], EgressReport(records=(request(),) * requests, refusals_left_out=refusals))
    assert len(told) == 1 + SHOWN
    assert told[0].attributes.get(SpanAttribute.SPANS_LEFT_OUT) == left_out


def test_only_the_last_three_spans_of_the_runner_are_told_and_requests_are_below_the_last() -> None:
    spans = [ended(f"{number:016x}") for number in range(1, 6)]
    told = job_spans(spans, EgressReport(records=(request(),)))
    assert [span.span_id for span in told[:-1]] == [span.span_id for span in spans[-3:]]
    assert told[-1].parent_span_id == spans[-1].span_id


def test_a_span_that_is_below_nothing_belongs_to_no_job() -> None:
    assert job_spans([ended("2" * 16, below=None)], EgressReport(records=(request(),))) == ()


@pytest.mark.parametrize(("status", "failed"), [(SpanStatus.ERROR, True), (SpanStatus.UNSET, False)])
def test_a_job_that_failed_is_a_failed_span(status: SpanStatus, *, failed: bool) -> None:
    (job,) = job_spans([ended("3" * 16, status=status)], EgressReport())
    assert job.failed is failed
