"""How a worker's slots are shared out by tenant."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.domain.ids import TenantId
from orchestrator.intake.shares import Shares

A, B, C = TenantId(UUID(int=1)), TenantId(UUID(int=2)), TenantId(UUID(int=3))


@pytest.mark.parametrize(("slots", "share"), [(1, 1), (2, 1), (4, 3), (8, 6), (16, 12)])
def test_one_tenant_has_three_quarters_of_the_slots_and_never_the_last(slots: int, share: int) -> None:
    shares = Shares(slots)
    assert [shares.admit(A) for _ in range(slots + 1)].count(True) == share
    if slots > 1:
        assert shares.admit(B)


def test_a_slot_that_is_left_is_free_again() -> None:
    shares = Shares(4)
    for _ in range(3):
        shares.admit(A)
    assert not shares.admit(A)
    shares.leave(A)
    assert shares.free == 2
    assert shares.admit(A)


def test_a_tenant_that_fills_its_share_goes_on_with_one_freed_step_for_each_that_ends() -> None:
    shares = Shares(8)
    for _ in range(6):
        shares.admit(A)
    assert shares.for_freed_steps(A) == 1


def test_on_a_full_worker_freed_steps_go_through_the_queue_so_that_others_have_their_turn() -> None:
    shares = Shares(4)
    for tenant in (A, A, B, C):
        assert shares.admit(tenant)
    assert shares.free == 0
    assert shares.for_freed_steps(A) == 0


@given(slots=st.integers(1, 20), moves=st.lists(st.tuples(st.booleans(), st.sampled_from([A, B, C])), max_size=60))
def test_what_is_claimed_with_an_end_leaves_a_slot_for_the_queue(
    slots: int, moves: list[tuple[bool, TenantId]]
) -> None:
    shares, held = Shares(slots), {A: 0, B: 0, C: 0}
    for comes, tenant in moves:
        if comes and shares.free > 0:
            held[tenant] += shares.admit(tenant)
        elif not comes and held[tenant]:
            freed = shares.for_freed_steps(tenant)
            for _ in range(freed):
                shares.take(tenant)
            shares.leave(tenant)
            held[tenant] += freed - 1
            assert shares.free >= 1
        assert shares.free == slots - sum(held.values()) >= 0
