"""What was admitted without Redis counts until Redis has counted it and admitted another call in the same scope."""

import pytest

from foundation.domain.ids import TenantId, new_uuid
from foundation.domain.money import Amount
from llm_gateway.budget.local_tally import LocalTally
from llm_gateway.budget.reservation import Reservation, ScopeKey

TENANT = ScopeKey("tenant", windowed=True)
USER = ScopeKey("user", windowed=True)


def a_reservation(tokens: int = 10, nano_usd: int = 100, scopes: tuple[ScopeKey, ...] = (TENANT,)) -> Reservation:
    return Reservation(
        reservation_id=new_uuid(),
        tenant_id=TenantId(new_uuid()),
        bound_tokens=tokens,
        bound_nano_usd=nano_usd,
        day="2026-11-29",
        month="2026-11",
        scopes=scopes,
        lost_event="{}",
    )


def room_left(tally: LocalTally, scope: ScopeKey = TENANT) -> int:
    """How many of a thousand tokens are left."""
    one = [tokens for tokens in range(1001) if tally.fits(a_reservation(tokens, 0, (scope,)), Amount(1000, 10**9))]
    return max(one)


@pytest.mark.parametrize(
    ("allowance", "fits"),
    [(Amount(20, 200), True), (Amount(19, 200), False), (Amount(20, 199), False), (Amount(30, 300), True)],
)
def test_both_units_may_be_used_up_to_the_last(allowance: Amount, *, fits: bool) -> None:
    tally = LocalTally()
    tally.add(a_reservation())
    assert tally.fits(a_reservation(), allowance) is fits


def test_the_fullest_scope_decides() -> None:
    tally = LocalTally()
    tally.add(a_reservation(900, 0, (TENANT, USER)))
    tally.add(a_reservation(50, 0, (TENANT,)))
    assert (room_left(tally), room_left(tally, USER)) == (50, 100)
    assert not tally.fits(a_reservation(51, 0, (USER, TENANT)), Amount(1000, 10**9))


def test_a_settled_charge_is_what_was_used() -> None:
    tally, one = LocalTally(), a_reservation(900, 0)
    tally.add(one)
    tally.settle(one.reservation_id, Amount(30, 0))
    tally.settle(new_uuid(), Amount(500, 0))
    assert room_left(tally) == 970


def test_a_charge_is_forgotten_when_redis_has_counted_it_and_admitted_a_later_call() -> None:
    tally, one = LocalTally(), a_reservation(900, 0, (TENANT, USER))
    tally.add(one)
    before = tally.moment()
    tally.forget_within_limits(["tenant", "user"], before)
    assert room_left(tally) == 100, "Redis has not counted it"
    tally.mark_counted(one.reservation_id)
    tally.forget_within_limits(["tenant", "user"], before)
    assert room_left(tally) == 100, "the call was asked for before it was counted"
    after = tally.moment()
    assert after == before + 1
    tally.forget_within_limits(["tenant"], after)
    assert (room_left(tally), room_left(tally, USER)) == (1000, 100), "one scope at a time"
    tally.forget_within_limits(["tenant", "user"], after)
    assert room_left(tally, USER) == 1000


def test_it_is_counted_once() -> None:
    tally, one = LocalTally(), a_reservation()
    tally.add(one)
    for _ in range(2):
        tally.mark_counted(one.reservation_id)
        tally.mark_counted(new_uuid())
    assert tally.moment() == 1


def test_a_charge_that_is_not_counted_does_not_keep_the_next_one_from_being_forgotten() -> None:
    tally, first, second = LocalTally(), a_reservation(100, 0), a_reservation(200, 0)
    tally.add(first)
    tally.add(second)
    tally.mark_counted(second.reservation_id)
    tally.forget_within_limits(["tenant"], tally.moment())
    assert room_left(tally) == 900
