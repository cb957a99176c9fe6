"""Whose number holds of a quota, and what somebody is told who has used one up."""

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from foundation.contracts.policy.quotas import QuotaPolicy, quota_policy_of
from foundation.domain.policy.quotas import (
    LimitSource,
    Quota,
    QuotaDay,
    QuotaLimit,
    QuotaScope,
    QuotaUsedUp,
    lowest,
)

TENANT, OPERATOR, PLATFORM = LimitSource.TENANT, LimitSource.OPERATOR, LimitSource.PLATFORM


@pytest.mark.parametrize(
    ("numbers", "holds"),
    [
        ({TENANT: None, OPERATOR: None, PLATFORM: None}, QuotaLimit(None, None)),
        ({TENANT: None, OPERATOR: 7, PLATFORM: None}, QuotaLimit(7, OPERATOR)),
        ({TENANT: 5, OPERATOR: 7, PLATFORM: 1000}, QuotaLimit(5, TENANT)),
        ({TENANT: 9, OPERATOR: 7, PLATFORM: 1000}, QuotaLimit(7, OPERATOR)),
        ({TENANT: 7, OPERATOR: 7, PLATFORM: 7}, QuotaLimit(7, TENANT)),
        ({TENANT: 0, OPERATOR: None, PLATFORM: 1000}, QuotaLimit(0, TENANT)),
        ({TENANT: None, OPERATOR: None, PLATFORM: 1000}, QuotaLimit(1000, PLATFORM)),
    ],
)
def test_the_lowest_number_holds(numbers: dict[LimitSource, int | None], holds: QuotaLimit) -> None:
    assert lowest(numbers) == holds


def test_who_has_used_up_a_quota_is_told_which_how_much_and_until_when() -> None:
    day = QuotaDay(date(2026, 11, 30), datetime(2026, 11, 30, 23, tzinfo=UTC))
    now = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    error = QuotaUsedUp(Quota.RUNS_A_DAY, QuotaScope.USER, QuotaLimit(5, OPERATOR), used=5, day=day, now=now)
    assert error.detail == "the user has used up the quota of runs a day: 5 of 5"
    assert error.retry_after == 1800
    assert error.data() == {
        "quota": "runs_a_day",
        "scope": "user",
        "limit": 5,
        "used": 5,
        "resets_at": "2026-11-30T23:00:00Z",
    }
    assert error.remedy is not None
    assert "2026-11-30T23:00:00Z" in error.remedy
    assert "only an operator of the platform raises it" in error.remedy


def test_a_wait_is_never_shorter_than_a_second() -> None:
    day = QuotaDay(date(2026, 11, 30), datetime(2026, 11, 30, 23, tzinfo=UTC))
    late = datetime(2026, 11, 30, 23, 0, 5, tzinfo=UTC)
    error = QuotaUsedUp(Quota.AGENT_TURNS_A_DAY, QuotaScope.TENANT, QuotaLimit(0, TENANT), used=0, day=day, now=late)
    assert error.retry_after == 1


@pytest.mark.parametrize(
    "policy",
    [
        {"user": {"open_runs": 5}},
        {"tenant": {"open_runs": -1}},
        {"tenant": {"open_runs": 1.0}},
        {"tenant": {"runs_a_day": 1_000_000_001}},
        {"team": {}},
    ],
)
def test_a_policy_that_means_nothing_is_refused(policy: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        QuotaPolicy.model_validate(policy)


def test_of_what_cannot_be_read_nothing_is_limited() -> None:
    unread: list[object] = [None, {}, {"tenant": 5}, []]
    assert [quota_policy_of(stored) for stored in unread] == [QuotaPolicy()] * 4
    assert quota_policy_of({"user": {"runs_a_day": 2}}).most(QuotaScope.USER, Quota.RUNS_A_DAY) == 2
