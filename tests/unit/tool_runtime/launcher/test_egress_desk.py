"""The launcher chooses a job's egress service, and puts together what that tells of the job."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fixtures.egress.homes import a_grant
from fixtures.sandboxing.launchers import a_job, a_jwks, a_key
from foundation.contracts.egress.records import (
    MAX_ALLOWED,
    MAX_REFUSALS,
    EgressReason,
    EgressRecord,
    EgressReport,
    EgressVerdict,
)
from foundation.domain.errors import NotFound
from tool_runtime.launcher.egress.desk import EgressDesk, WayOut
from tool_runtime.launcher.egress.services import EgressServices
from tool_runtime.launcher.jobs.open_jobs import OpenJob
from tool_runtime.protocol import EGRESS_SEEN_SECONDS, EgressServicePlace, EgressTold

NOW = datetime.now(UTC)
PLACE = EgressServicePlace(address="10.0.0.9:8443", certificate="a certificate")


def a_record(second: int, verdict: EgressVerdict = EgressVerdict.ALLOWED) -> EgressRecord:
    return EgressRecord(at=NOW + timedelta(seconds=second), host=f"h{second}.example", verdict=verdict)


def told(after: int, *seconds: int, **other: Any) -> EgressTold:
    return EgressTold(after=after, records=tuple(map(a_record, seconds)), **other)


def hosts(report: EgressReport) -> list[str]:
    return [record.host for record in report.records]


@pytest.fixture
async def desk() -> EgressDesk:
    made = EgressDesk(a_jwks(a_key()), audience="tool_runtime")
    made.services.see("a" * 32, PLACE)
    return made


def a_way(desk: EgressDesk) -> WayOut:
    return desk.open(OpenJob(a_job(), "digest"), a_grant())


async def test_what_is_told_twice_counts_once_and_stands_in_the_order_in_which_it_began(desk: EgressDesk) -> None:
    way = a_way(desk)
    desk.exchange(way.token, service="a" * 32)
    way.hear(told(0, 3, 1))
    way.hear(told(0, 3, 1))
    way.hear(told(1, 1, 2, refusals_left_out=4))
    way.hear(told(3, is_last=True, refusals_left_out=4))
    assert (hosts(way.report()), way.report().refusals_left_out) == (["h1.example", "h2.example", "h3.example"], 4)


async def test_a_report_that_is_not_whole_says_so(desk: EgressDesk) -> None:
    way = a_way(desk)
    assert way.report() == EgressReport(), "no connection has come to the service"
    desk.exchange(way.token, service="a" * 32)
    way.hear(told(0, 1))
    assert [record.reason for record in way.report().records] == [None, EgressReason.JOURNAL_LOST]


async def test_a_token_is_exchanged_by_its_own_service_until_the_job_is_over(desk: EgressDesk) -> None:
    way = a_way(desk)
    for token, service in ((way.token, "b" * 32), ("another", "a" * 32), ("", "a" * 32)):
        with pytest.raises(NotFound):
            desk.exchange(token, service=service)
    assert desk.exchange(way.token, service="a" * 32) == desk.exchange(way.token, service="a" * 32)
    desk.drop(way)
    with pytest.raises(NotFound):
        desk.exchange(way.token, service="a" * 32)
    with pytest.raises(NotFound):
        await desk.is_over(way.grant.grant_id)


async def test_a_job_without_a_service_is_given_none_and_its_end_waits_for_nobody(desk: EgressDesk) -> None:
    desk.services.forget("a" * 32)
    way = a_way(desk)
    assert way.link.service is None
    assert await desk.end(way) == EgressReport()


def test_the_service_with_the_fewest_jobs_is_chosen_of_those_that_were_heard_of_lately() -> None:
    now = 0.0
    services = EgressServices(clock=lambda: now)
    services.see("one", PLACE)
    services.see("two", PLACE)
    first = services.choose()
    assert first is not None
    first.jobs += 1
    second = services.choose()
    assert second is not None
    assert second is not first
    now = EGRESS_SEEN_SECONDS - 1
    services.see(first.name, PLACE)
    now = EGRESS_SEEN_SECONDS + 1
    assert services.choose() is first, "the other has said nothing for too long"
    services.forget(first.name)
    assert services.choose() is None


def test_joined_reports_keep_what_was_let_through_and_count_refusals_beyond_the_bound() -> None:
    refused = [a_record(second, EgressVerdict.REFUSED) for second in range(MAX_REFUSALS)]
    allowed = [a_record(1000 + second) for second in range(MAX_ALLOWED)]
    joined = EgressReport(records=(*refused, *allowed), refusals_left_out=2).joined(
        EgressReport(records=(a_record(5000, EgressVerdict.REFUSED), a_record(-1, EgressVerdict.REFUSED)))
    )
    assert len(joined.records) == MAX_ALLOWED + MAX_REFUSALS
    assert (joined.refusals_left_out, joined.records[0].host) == (4, "h-1.example")
    assert sum(record.verdict is EgressVerdict.ALLOWED for record in joined.records) == MAX_ALLOWED
