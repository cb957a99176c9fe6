"""What a bucket lets through, over all ways of asking it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.domain.policy.token_buckets import BucketPolicy, TokenGrant, draw

POLICIES = st.builds(
    BucketPolicy,
    name=st.just("any"),
    rate=st.floats(min_value=0.01, max_value=5000, allow_nan=False),
    burst=st.integers(min_value=1, max_value=5000),
)
ASKED = st.lists(
    st.tuples(st.floats(min_value=0, max_value=100), st.integers(min_value=1, max_value=400)), min_size=1, max_size=60
)
"""After how many seconds, how many."""
ROUNDING = 1e-3
STARTED_AT = 1000.0


def grants(policy: BucketPolicy, asked: list[tuple[float, int]]) -> list[tuple[float, TokenGrant]]:
    full_at, now, found = float("-inf"), STARTED_AT, []
    for pause, wanted in asked:
        now += pause
        full_at, grant = draw(policy, full_at=full_at, wanted=wanted, now=now)
        found.append((now, grant))
    return found


@given(POLICIES, ASKED)
def test_in_no_span_of_time_is_more_let_through_than_the_burst_and_what_came_in(
    policy: BucketPolicy, asked: list[tuple[float, int]]
) -> None:
    found = grants(policy, asked)
    for first, (begins, _) in enumerate(found):
        taken = 0
        for ends, grant in found[first:]:
            taken += grant.taken
            assert taken <= policy.burst + (ends - begins) * policy.rate + ROUNDING


@given(POLICIES, ASKED)
def test_nothing_is_kept_back_that_is_there(policy: BucketPolicy, asked: list[tuple[float, int]]) -> None:
    for (_, wanted), (_, grant) in zip(asked, grants(policy, asked), strict=True):
        assert 0 <= grant.taken <= wanted
        assert 0 <= grant.left <= policy.burst
        assert grant.taken == wanted or grant.left == 0


@given(POLICIES, ASKED)
def test_who_waits_as_long_as_they_are_told_gets_a_token(policy: BucketPolicy, asked: list[tuple[float, int]]) -> None:
    full_at, now = float("-inf"), STARTED_AT
    for pause, wanted in asked:
        now += pause
        full_at, grant = draw(policy, full_at=full_at, wanted=wanted, now=now)
        assert (grant.wait_seconds == 0) == (grant.taken > 0)
        if not grant.taken:
            now += grant.wait_seconds * (1 + ROUNDING)
            full_at, grant = draw(policy, full_at=full_at, wanted=1, now=now)
            assert grant.taken == 1


@pytest.mark.parametrize("rate", [0.1, 1, 3, 1000])
def test_who_asks_no_faster_than_the_rate_is_never_refused(rate: float) -> None:
    policy = BucketPolicy("any", rate, 1)
    assert all(grant.taken == 1 for _, grant in grants(policy, [(1 / rate, 1)] * 500))
