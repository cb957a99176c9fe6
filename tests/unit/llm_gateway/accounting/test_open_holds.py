"""A hold is renewed while Redis has it; an answer whose hold cannot be renewed is cut before it lapses."""

from datetime import timedelta
from typing import Any

from redis.exceptions import ConnectionError as NotConnected

from foundation.domain.ids import TenantId, new_uuid
from llm_gateway.accounting.open_holds import OpenHolds
from llm_gateway.budget.redis.fake import FakeScriptRunner
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.store import BudgetStore

LEASE_SECONDS = 30.0


class Cut:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def holds(*, lease_seconds: float = LEASE_SECONDS) -> tuple[OpenHolds, FakeScriptRunner]:
    runner = FakeScriptRunner()
    redis: Any = None
    store = BudgetStore(redis, lease=timedelta(seconds=lease_seconds), runner=runner)
    return OpenHolds(store, lease_seconds=lease_seconds), runner


def a_reservation() -> Reservation:
    return Reservation(
        reservation_id=new_uuid(),
        tenant_id=TenantId(new_uuid()),
        bound_tokens=1,
        bound_nano_usd=1,
        day="2026-11-29",
        month="2026-11",
        scopes=(),
        lost_event="{}",
    )


async def test_a_hold_with_time_left_is_not_cut_while_redis_is_away() -> None:
    open_holds, runner = holds()
    reservation, cut = a_reservation(), Cut()
    open_holds.begin(reservation)
    open_holds.watch(reservation.reservation_id, cut)
    runner.failure = NotConnected()
    assert not await open_holds.renew()
    assert cut.times == 0


async def test_a_hold_that_is_about_to_lapse_is_cut() -> None:
    open_holds, runner = holds(lease_seconds=0.0)
    reservation, cut = a_reservation(), Cut()
    open_holds.begin(reservation)
    open_holds.watch(reservation.reservation_id, cut)
    runner.failure = NotConnected()
    await open_holds.renew()
    assert cut.times == 1


async def test_what_was_admitted_without_redis_is_not_cut() -> None:
    open_holds, runner = holds(lease_seconds=0.0)
    reservation, cut = a_reservation(), Cut()
    open_holds.begin_locally(reservation)
    open_holds.watch(reservation.reservation_id, cut)
    runner.failure = NotConnected()
    await open_holds.renew()
    assert cut.times == 0


async def test_a_hold_that_ended_is_neither_counted_nor_cut_at_the_end() -> None:
    open_holds, _ = holds()
    ended, still_open = a_reservation(), a_reservation()
    cuts = {one.reservation_id: Cut() for one in (ended, still_open)}
    for one in (ended, still_open):
        open_holds.begin(one)
        open_holds.watch(one.reservation_id, cuts[one.reservation_id])
    open_holds.end(ended.reservation_id)
    open_holds.cut_all()
    assert len(open_holds) == 1
    assert [cut.times for cut in cuts.values()] == [0, 1]
