"""What is written down of a job's requests, and how much a job may take."""

from datetime import timedelta

import pytest

from foundation.contracts.egress.records import MAX_REFUSALS, EgressReason, EgressVerdict
from tool_runtime.egress.journal import EgressJournal
from tool_runtime.egress.limits import EgressLimits, Meter
from tool_runtime.egress.refusals import CutError, RefusedError, SilentRefusal


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_request_is_written_when_it_is_over_with_how_long_it_took() -> None:
    clock = Clock()
    journal = EgressJournal(clock)
    with journal.entry() as entry:
        entry.name("GET", "api.example", 443)
        entry.let_through("192.0.2.1")
        assert journal.report().records == ()
        entry.up, entry.down, entry.secrets = 3, 4, ("token",)
        clock.now += 1.25
        entry.ended()
    [record] = journal.report().records
    assert (record.method, record.host, record.port, record.address) == ("GET", "api.example", 443, "192.0.2.1")
    assert (record.verdict, record.reason, record.ms) == (EgressVerdict.ALLOWED, None, 1250)
    assert (record.up, record.down, record.secrets) == (3, 4, ("token",))


def test_a_request_that_the_job_does_not_outlive_is_cut_where_it_has_reached_something_and_refused_where_not() -> None:
    journal = EgressJournal()
    with journal.entry():
        pass
    with journal.entry() as entry:
        entry.let_through("192.0.2.1")
    refused, cut = journal.report().records
    assert (refused.verdict, refused.reason) == (EgressVerdict.REFUSED, EgressReason.JOB_ENDED)
    assert (cut.verdict, cut.reason) == (EgressVerdict.CUT, EgressReason.JOB_ENDED)


def test_a_fault_is_a_refusal_before_and_a_cut_after_something_was_reached() -> None:
    journal = EgressJournal()
    with journal.entry() as entry:
        entry.fail(EgressReason.HOST_NOT_ALLOWED)
    with journal.entry() as entry:
        entry.let_through("192.0.2.1")
        entry.fail(EgressReason.TOO_MANY_BYTES)
    refused, cut = journal.report().records
    assert (refused.verdict, refused.reason) == (EgressVerdict.REFUSED, EgressReason.HOST_NOT_ALLOWED)
    assert (cut.verdict, cut.reason) == (EgressVerdict.CUT, EgressReason.TOO_MANY_BYTES)


def test_a_request_that_fails_in_our_hands_is_written_all_the_same() -> None:
    journal = EgressJournal()
    with pytest.raises(OSError, match="gone"), journal.entry():
        raise OSError("gone")
    assert len(journal.report().records) == 1


def test_refusals_beyond_the_bound_are_counted_and_no_request_that_was_let_through_is_left_out() -> None:
    journal = EgressJournal()
    for _ in range(MAX_REFUSALS):
        with journal.entry() as entry:
            entry.fail(EgressReason.MALFORMED)
    assert journal.report().refusals_left_out == 0
    for _ in range(3):
        with journal.entry() as entry:
            entry.fail(EgressReason.MALFORMED)
    with journal.entry() as entry:
        entry.let_through("192.0.2.1")
        entry.ended()
    report = journal.report()
    assert (len(report.records), report.refusals_left_out) == (MAX_REFUSALS + 1, 3)
    assert report.records[-1].verdict is EgressVerdict.ALLOWED


def test_a_report_is_in_the_order_in_which_requests_began() -> None:
    journal = EgressJournal()
    with journal.entry() as first:
        with journal.entry() as second:
            second.name("GET", "second.example", 80)
        first.name("GET", "first.example", 80)
    hosts = [record.host for record in journal.report().records]
    assert hosts == ["first.example", "second.example"]
    began = [record.at for record in journal.report().records]
    assert began[1] - began[0] >= timedelta(0)


def a_meter(**limits: int) -> Meter:
    return Meter(EgressLimits(**limits))


def test_as_many_connections_as_are_allowed_are_open_at_once() -> None:
    meter = a_meter(connections=2, connections_in_all=10)
    meter.connect()
    meter.connect()
    with pytest.raises(RefusedError, match="at most 2 connections are open at once") as refused:
        meter.connect()
    assert refused.value.reason is EgressReason.TOO_MANY_CONNECTIONS
    assert meter.open == 3, "whoever was refused is counted until it is closed"
    meter.disconnect()
    meter.disconnect()
    meter.connect()
    assert (meter.open, meter.connections) == (2, 4)
    assert not meter.spent.is_set()


def test_the_last_connection_of_all_is_served_and_then_no_more_is_taken() -> None:
    meter = a_meter(connections=5, connections_in_all=2)
    meter.connect()
    assert not meter.spent.is_set()
    meter.connect()
    assert meter.spent.is_set()


def test_a_job_has_its_requests_and_not_one_more() -> None:
    meter = a_meter(requests=2)
    meter.request()
    meter.request()
    with pytest.raises(RefusedError, match="at most 2 requests") as refused:
        meter.request()
    assert refused.value.reason is EgressReason.TOO_MANY_REQUESTS
    assert meter.requests == 2


def test_a_job_has_its_bytes_and_not_one_more() -> None:
    meter = a_meter(bytes=10)
    meter.moved(4)
    meter.request()
    meter.moved(6)
    with pytest.raises(RefusedError, match="has moved its 10 bytes") as refused:
        meter.request()
    assert refused.value.reason is EgressReason.TOO_MANY_BYTES
    with pytest.raises(CutError) as cut:
        meter.moved(1)
    assert cut.value.reason is EgressReason.TOO_MANY_BYTES


def test_a_refusal_is_a_whole_answer_that_says_why_in_its_first_line() -> None:
    head, _, body = RefusedError(EgressReason.HOST_NOT_ALLOWED, "no such host").answer("proof").partition(b"\r\n\r\n")
    first, *fields = head.decode().split("\r\n")
    assert first == "HTTP/1.1 403 Forbidden: host_not_allowed"
    assert f"Content-Length: {len(body)}" in fields
    assert {"x-egress-reason: host_not_allowed", "x-egress-proof: proof"} <= set(fields)
    assert body == b'{"error": "egress_denied", "reason": "host_not_allowed", "detail": "no such host"}'
    assert RefusedError(EgressReason.TOO_SLOW, "").answer("").startswith(b"HTTP/1.1 408 Request Timeout: too_slow")
    assert SilentRefusal(EgressReason.NOT_TLS, "no TLS").answer("") == b""
