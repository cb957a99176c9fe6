"""An attempt counts as never billed when the provider says that it works on it no more, or when it is old enough."""

from datetime import UTC, datetime, timedelta

from foundation.domain.ids import new_uuid
from llm_gateway.reconciliation.reconcile import _find_unbilled
from llm_gateway.reconciliation.usage_report import UsageReport

NOW = datetime(2026, 11, 29, tzinfo=UTC)
HOUR = timedelta(hours=1)
YOUNG = {"event_id": new_uuid(), "started_at": NOW - HOUR + timedelta(seconds=1)}
OLD = {"event_id": new_uuid(), "started_at": NOW - HOUR}


def test_a_provider_that_names_what_it_works_on_has_not_billed_the_rest() -> None:
    report = UsageReport("provider", (), frozenset({str(OLD["event_id"])}))
    assert _find_unbilled([YOUNG, OLD], report, now=NOW, complete_after=HOUR) == {YOUNG["event_id"]}


def test_without_that_only_attempts_of_some_age_count_as_not_billed() -> None:
    report = UsageReport("provider", (), None)
    assert _find_unbilled([YOUNG, OLD], report, now=NOW, complete_after=HOUR) == {OLD["event_id"]}
