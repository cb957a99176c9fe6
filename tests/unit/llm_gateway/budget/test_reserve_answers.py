"""Every answer of reserve.lua is one value or one exception, with the scope and window that it names."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import llm_gateway.budget
from foundation.contracts.gateway.budget_policy import AwayPolicy, RedisAway
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.budget_scopes import BudgetPeriod
from foundation.domain.ids import TenantId, new_uuid
from foundation.domain.money import Amount, BudgetLimit
from llm_gateway.budget.limits.backfill import Backfill
from llm_gateway.budget.limits.rates import MINUTE_US, CallLimits, SlidingWindow
from llm_gateway.budget.limits.scopes import LimitedScope, make_rolling_limit, windows_at
from llm_gateway.budget.local_allowance import allowance_of
from llm_gateway.budget.redis.replies import ReserveReply
from llm_gateway.budget.redis.scripts import check_epoch_source
from llm_gateway.budget.refusals import (
    AlreadyAnswered,
    BackfillNeeded,
    BucketClosed,
    BudgetSpent,
    CallUnderWay,
    LimitFigures,
    ReservationRefused,
    RoomHeldByOthers,
    RunIsClosed,
    StaleLease,
    StaleWindow,
    WindowFull,
)
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.reserve_script import (
    Headroom,
    ReservationRequest,
    ScopeRemaining,
    StepLease,
    make_arguments,
    make_keys,
    read_headroom,
    read_refusal,
)

RATE = SlidingWindow(ScopeKind.TENANT, "rate", counts_tokens=True, width_us=MINUTE_US, limit=100)
SCOPES = (
    LimitedScope(ScopeKind.TENANT, new_uuid(), rolling=make_rolling_limit(60, BudgetLimit(5, None))),
    LimitedScope(ScopeKind.RUN, new_uuid(), total=BudgetLimit(7, 8)),
)


def a_request(*, lease: StepLease | None = None, backfills: dict[int, Backfill] | None = None) -> ReservationRequest:
    reservation = Reservation(
        reservation_id=new_uuid(),
        tenant_id=TenantId(new_uuid()),
        bound_tokens=3,
        bound_nano_usd=4,
        day="2026-11-29",
        month="2026-11",
        scopes=(),
        lost_event="{}",
    )
    windows = windows_at(datetime(2026, 11, 29, tzinfo=UTC), ZoneInfo("UTC"))
    return ReservationRequest(reservation, SCOPES, windows, lease, CallLimits((RATE,)), backfills or {})


@pytest.mark.parametrize(
    ("word", "refusal"),
    [
        (b"closed", BucketClosed),
        (b"replay", AlreadyAnswered),
        (b"in_progress", CallUnderWay),
        (b"run_closed", RunIsClosed),
        (b"stale_lease", StaleLease),
    ],
)
def test_an_answer_of_one_word_is_one_exception(word: bytes, refusal: type[ReservationRefused]) -> None:
    assert type(read_refusal([word], a_request())) is refusal


def test_a_limit_that_is_spent_or_held_is_named_with_its_scope_window_and_room() -> None:
    spent = read_refusal([b"spent", b"2", b"total", b"nano_usd", b"6", b"", b"100", b"90", b"4", b"12"], a_request())
    assert isinstance(spent, BudgetSpent)
    limit = spent.blocking
    assert (limit.number, limit.scope, limit.period, limit.unit, limit.left, limit.room_at_ms) == (
        1,
        ScopeKind.RUN,
        BudgetPeriod.TOTAL,
        "nano_usd",
        6,
        None,
    )
    held = read_refusal([b"held", b"1", b"rolling", b"tokens", b"0", b"1234", b"50", b"30", b"20", b"1"], a_request())
    assert isinstance(held, RoomHeldByOthers)
    assert held.blocking.room_at_ms == 1234
    assert held.blocking.figures == LimitFigures(limit=50, spent=30, held=20, asked=1)


def test_a_full_window_says_how_long_to_wait_and_what_each_has_left() -> None:
    full = read_refusal([b"limited", b"1", b"500", b"9", b"2", b"600"], a_request())
    assert isinstance(full, WindowFull)
    assert (full.wait_us, full.now_us, full.rates[0].left, full.rates[0].reset_us) == (500, 9, 2, 600)
    never = read_refusal([b"limited", b"1", b"", b"9", b"2", b"600"], a_request())
    assert isinstance(never, WindowFull)
    assert never.wait_us is None


def test_windows_that_the_ledger_has_to_fill_are_named_with_their_moments() -> None:
    needed = read_refusal([b"backfill_needed", b"1", b"100", b"2", b"200"], a_request())
    assert isinstance(needed, BackfillNeeded)
    assert needed.since_ms == {0: 100, 1: 200}


def test_a_clock_that_disagrees_says_the_servers_time() -> None:
    stale = read_refusal([b"stale_window", b"77"], a_request())
    assert isinstance(stale, StaleWindow)
    assert stale.server_ms == 77


def test_what_is_left_is_read_scope_by_scope_and_window_by_window() -> None:
    answer = [b"reserved", b"11", b"2 total", b"5", b"", b"4", b"3", b"97", b"60"]
    headroom = read_headroom(answer, a_request())
    assert headroom.at_us == 11
    assert headroom.remaining == (ScopeRemaining(ScopeKind.TENANT, 5, None), ScopeRemaining(ScopeKind.RUN, 4, 3))
    assert headroom.nearly_spent == ((ScopeKind.RUN, BudgetPeriod.TOTAL),)
    assert [(state.left, state.reset_us) for state in headroom.rates] == [(97, 60)]


def test_a_reservation_that_was_made_before_says_nothing_new() -> None:
    assert read_headroom([b"reserved"], a_request()) == Headroom()


def test_a_call_of_no_run_has_no_lease_and_one_of_a_run_has_both_numbers() -> None:
    assert make_arguments(a_request(), lease_ms=1)[11:13] == ["", ""]
    assert make_arguments(a_request(lease=StepLease(2, 3)), lease_ms=1)[11:13] == [2, 3]


def test_a_backfill_goes_with_its_own_window_only() -> None:
    assert make_arguments(a_request(), lease_ms=1)[-1] == ""
    backfill = Backfill(9, {4: Amount(1, 2)})
    assert make_arguments(a_request(backfills={0: backfill}), lease_ms=1)[-1] == "9 4:1:2"
    assert make_arguments(a_request(backfills={1: backfill}), lease_ms=1)[-1] == ""


def test_the_rates_keys_come_last() -> None:
    assert make_keys(a_request())[-1] == "rate"


def test_an_allowance_is_shared_by_the_gateways_that_are_alive_and_rounded_down() -> None:
    declared = RedisAway(policy=AwayPolicy.BOUNDED_LOCAL, tokens=100, usd="1")
    assert allowance_of(declared, gateways=3) == Amount(33, 333_333_333)
    assert allowance_of(declared, gateways=0) == Amount(100, 1_000_000_000)


def test_the_words_of_the_answers_are_those_that_the_script_begins_one_with() -> None:
    lua = (Path(llm_gateway.budget.__file__).parent / "lua" / "reserve.lua").read_text()
    marked = re.search(r"return \{ state == 'settled' and '(\w+)' or '(\w+)'", lua)
    assert marked is not None
    words = {*re.findall(r"\{ '(\w+)'", lua), *re.findall(r"refuse\('(\w+)'", lua), *marked.groups()}
    assert {word.encode() for word in words} == set(ReserveReply)


def test_a_rolling_limit_is_told_by_the_place_of_its_scope_counted_from_one() -> None:
    """Lua counts from one."""
    request = a_request(backfills={0: Backfill(0, {})})
    *_, place, width, slice_ms, tokens, nano_usd, _ = make_arguments(request, lease_ms=1)
    rolling = SCOPES[0].rolling
    assert rolling is not None
    assert (place, width, slice_ms, tokens, nano_usd) == (1, rolling.width_ms, rolling.slice_ms, 5, "")


def test_the_check_of_the_epoch_is_sent_as_its_file_has_it() -> None:
    assert "redis.call" in check_epoch_source()
