"""For how many days content is kept, and whose number that is."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from foundation.contracts.policy.retention import RetentionBounds, RetentionPolicy, kept, retention_of
from foundation.domain.policy.retention import ContentExpired, ContentKind, DaysKept, KeptBy, days_kept

TENANT, OPERATOR = KeptBy.TENANT, KeptBy.OPERATOR


@pytest.mark.parametrize(
    ("own", "least", "most", "holds"),
    [
        (None, None, None, DaysKept(None, None)),
        (None, 7, None, DaysKept(None, None)),
        (None, None, 90, DaysKept(90, OPERATOR)),
        (30, None, None, DaysKept(30, TENANT)),
        (30, 7, 90, DaysKept(30, TENANT)),
        (7, 7, 7, DaysKept(7, TENANT)),
        (6, 7, 90, DaysKept(7, OPERATOR)),
        (91, 7, 90, DaysKept(90, OPERATOR)),
    ],
)
def test_the_tenants_days_are_held_between_the_operators(
    own: int | None, least: int | None, most: int | None, holds: DaysKept
) -> None:
    assert days_kept(own, least=least, most=most) == holds


def test_each_kind_of_content_has_days_of_its_own() -> None:
    policy = RetentionPolicy(prompts=30, events=5)
    bounds = RetentionBounds.model_validate({"events": {"least": 7}, "answers": {"most": 60}})
    assert {kind: kept(policy, bounds, kind).days for kind in ContentKind} == {
        ContentKind.PROMPTS: 30,
        ContentKind.ANSWERS: 60,
        ContentKind.ARTIFACTS: None,
        ContentKind.EVENTS: 7,
    }


@pytest.mark.parametrize("policy", [{"prompts": 0}, {"prompts": 3651}, {"prompts": "7"}, {"prompts": 1.0}, {"logs": 7}])
def test_days_that_mean_nothing_are_refused(policy: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RetentionPolicy.model_validate(policy)


def test_bounds_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValidationError, match="least is not above most"):
        RetentionBounds.model_validate({"prompts": {"least": 8, "most": 7}})
    assert RetentionBounds.model_validate({"prompts": {"least": 7, "most": 7}}).prompts.most == 7


def test_nothing_is_removed_on_a_guess() -> None:
    assert retention_of(None, None) == (RetentionPolicy(), RetentionBounds())
    for own, bounds in (({"prompts": "7"}, None), (None, {"prompts": 7}), ({"prompts": 7}, 5)):
        assert retention_of(own, bounds) is None


def test_who_reads_what_has_expired_is_told_what_and_since_when() -> None:
    at = datetime(2026, 11, 30, 12, tzinfo=UTC)
    error = ContentExpired("the events of run 1", ContentKind.EVENTS, at)
    assert error.detail == "the events of run 1 expired at 2026-11-30T12:00:00+00:00, as the tenant's retention says"
    assert error.data() == {"content": "events", "expired_at": "2026-11-30T12:00:00+00:00"}
    assert not error.retryable
