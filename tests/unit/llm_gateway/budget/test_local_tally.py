"""What was admitted without Redis is forgotten no sooner than limits are known to hold again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from foundation.domain.ids import TenantId, new_uuid
from foundation.domain.money import Amount
from llm_gateway.accounting.attempt_book import AttemptBook
from llm_gateway.accounting.journal import Journal, Settlement
from llm_gateway.budget.local_tally import LocalTally
from llm_gateway.budget.reservation import Reservation, ScopeKey

SHARE = Amount(100, 1000)


def a_reservation(tokens: int, *scopes: str) -> Reservation:
    return Reservation(
        reservation_id=new_uuid(),
        tenant_id=TenantId(new_uuid()),
        bound_tokens=tokens,
        bound_nano_usd=tokens * 10,
        day="2026-11-26",
        month="2026-11",
        scopes=tuple(ScopeKey(scope, windowed=True) for scope in scopes or ("tenant",)),
        lost_event="",
        is_local=True,
    )


def test_bounds_fill_a_share_and_usage_gives_the_rest_back() -> None:
    tally = LocalTally()
    first = a_reservation(60)
    tally.add(first)
    assert tally.fits(a_reservation(40), SHARE)
    assert not tally.fits(a_reservation(41), SHARE)
    tally.settle(first.reservation_id, Amount(10, 100))
    assert tally.fits(a_reservation(90), SHARE)
    assert not tally.fits(a_reservation(91), SHARE)


def test_a_share_is_one_of_tokens_and_of_money() -> None:
    assert not LocalTally().fits(a_reservation(10), Amount(100, 99))
    assert not LocalTally().fits(a_reservation(10), Amount(9, 1000))


def test_what_redis_counts_stays_until_redis_admits_a_call_that_was_asked_for_after() -> None:
    tally = LocalTally()
    one = a_reservation(100)
    tally.add(one)
    asked_before = tally.moment()
    tally.forget_within_limits(["tenant"], asked_before)
    tally.mark_counted(one.reservation_id)
    tally.forget_within_limits(["tenant"], asked_before)
    assert not tally.fits(a_reservation(1), SHARE)
    tally.forget_within_limits(["tenant"], tally.moment())
    assert tally.fits(a_reservation(100), SHARE)


def test_each_scope_is_within_its_limits_when_a_call_in_it_was_admitted() -> None:
    tally = LocalTally()
    one = a_reservation(100, "tenant", "user")
    tally.add(one)
    tally.mark_counted(one.reservation_id)
    tally.forget_within_limits(["tenant", "another user"], tally.moment())
    assert tally.fits(a_reservation(100, "tenant", "another user"), SHARE)
    assert not tally.fits(a_reservation(1, "tenant", "user"), SHARE)


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["add", "settle", "count", "admit"]), st.integers(0, 9), st.integers(0, 60)),
        max_size=60,
    )
)
def test_no_more_than_a_share_is_ever_uncounted_or_unconfirmed(steps: list[tuple[str, int, int]]) -> None:
    tally = LocalTally()
    amounts: dict[Reservation, int] = {}
    counted: set[Reservation] = set()
    for action, pick, tokens in steps:
        known = list(amounts)
        if action == "add":
            one = a_reservation(tokens)
            assert tally.fits(one, SHARE) is (sum(amounts.values()) + tokens <= SHARE.tokens)
            if tally.fits(one, SHARE):
                tally.add(one)
                amounts[one] = tokens
        elif action == "admit":
            tally.forget_within_limits(["tenant"], tally.moment())
            amounts = {one: amount for one, amount in amounts.items() if one not in counted}
        elif known:
            one = known[pick % len(known)]
            if action == "count":
                tally.mark_counted(one.reservation_id)
                counted.add(one)
            elif one not in counted:
                amounts[one] = min(tokens, one.bound_tokens)
                tally.settle(one.reservation_id, Amount(amounts[one], amounts[one] * 10))


def test_what_redis_has_not_counted_is_known_after_a_restart(tmp_path: Path) -> None:
    open_one, settled_one, held_by_redis = a_reservation(60), a_reservation(60), a_reservation(60)
    held_by_redis = msgspec.structs.replace(held_by_redis, is_local=False)
    before = Journal(tmp_path, "gateway")
    for one in (open_one, settled_one, held_by_redis):
        before.begin(one)
    before.settle(settled_one.reservation_id, Settlement(10, 100, "{}"))
    before.close()
    nothing: Any = None
    journal = Journal(tmp_path, "gateway")
    tally = AttemptBook(nothing, journal, nothing, lease=timedelta(seconds=30), find_recorded=nothing).local
    journal.close()
    assert tally.fits(a_reservation(30), SHARE)
    assert not tally.fits(a_reservation(31), SHARE)
