"""What is left of a budget: its limit less what is committed and held in the window that runs now."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from control_plane.money.budgets.schemas import NewBudget
from control_plane.money.budgets.service import declared_budget
from control_plane.money.budgets.standing import balance_of, counted_in_window
from foundation.contracts.gateway.spending import ScopeName, ScopeSpending, WindowSpending
from foundation.domain.budget_scopes import BudgetPeriod, BudgetScope
from foundation.domain.errors import BadRequest
from foundation.domain.money import Amount, BudgetLimit
from foundation.storage.limits.budget_settings import BudgetName, DeclaredBudget

NOW = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)


def money(tokens: int) -> Amount:
    return Amount(tokens=tokens, nano_usd=tokens * 1_000_000)


def name(period: BudgetPeriod) -> BudgetName:
    return BudgetName(BudgetScope.TENANT, UUID(int=1), period)


SPENT = ScopeSpending(
    scope=ScopeName(kind=BudgetScope.TENANT, scope_id=UUID(int=1)),
    total=WindowSpending(label="", committed=money(100), held=money(7)),
    day=WindowSpending(label="2026-03-31", committed=money(10), held=money(2)),
    month=WindowSpending(label="2026-03", committed=money(50), held=money(5)),
)


@pytest.mark.parametrize(
    ("period", "counted"),
    [
        (BudgetPeriod.DAY, (money(10), money(2))),
        (BudgetPeriod.MONTH, (money(50), money(5))),
        (BudgetPeriod.TOTAL, (money(100), money(7))),
        (BudgetPeriod.ROLLING, (money(33), money(7))),
    ],
)
def test_each_period_counts_its_own_window(period: BudgetPeriod, counted: tuple[Amount, Amount]) -> None:
    assert counted_in_window(name(period), SPENT, {name(BudgetPeriod.ROLLING): money(33)}, NOW) == counted


@pytest.mark.parametrize("period", [BudgetPeriod.DAY, BudgetPeriod.MONTH])
def test_a_window_that_is_over_counts_nothing_in_the_one_that_runs(period: BudgetPeriod) -> None:
    next_day = datetime(2026, 4, 1, tzinfo=UTC)
    assert counted_in_window(name(period), SPENT, {}, next_day) == (money(0), money(0))


def test_what_is_left_is_the_limit_less_committed_and_held() -> None:
    balance = balance_of(BudgetLimit(100, 20_000_000), money(10), money(2))
    assert (balance.left.tokens, balance.left.cost_usd) == (88, "0.008")
    assert (balance.committed.tokens, balance.held.tokens) == (10, 2)


def test_nothing_is_left_where_more_is_spent_than_a_lowered_limit() -> None:
    assert balance_of(BudgetLimit(11), money(10), money(2)).left.tokens == 0


def test_what_is_not_limited_has_no_rest() -> None:
    left = balance_of(BudgetLimit(), money(10), money(2)).left
    assert (left.tokens, left.cost_usd) == (None, None)


def test_a_rolling_budget_needs_its_window_and_no_other_has_one() -> None:
    hour = NewBudget(limit_tokens=1, window_seconds=3600)
    rolling = name(BudgetPeriod.ROLLING)
    assert declared_budget(rolling, hour) == DeclaredBudget(rolling, BudgetLimit(1), 3600)
    for period, wanted in ((BudgetPeriod.ROLLING, NewBudget(limit_tokens=1)), (BudgetPeriod.DAY, hour)):
        with pytest.raises(BadRequest) as refused:
            declared_budget(name(period), wanted)
        assert refused.value.faults[0].pointer == "/body/window_seconds"
