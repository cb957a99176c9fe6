"""When a spent budget has room again is told in seconds, and never as a time that is over."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.budget_scopes import BudgetPeriod
from foundation.domain.errors import BudgetExceeded
from llm_gateway.budget.limits.scopes import windows_at
from llm_gateway.budget.refusals import BlockingLimit, BudgetSpent
from llm_gateway.refusals.refusal_errors import error_of_refusal

MIDNIGHT = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(("after", "seconds"), [(-90.5, 90), (-1, 1), (0, 0), (5, 0)])
def test_a_day_ends_in_whole_seconds_or_has_ended(after: float, seconds: int) -> None:
    windows = windows_at(MIDNIGHT - timedelta(hours=1), ZoneInfo("UTC"))
    spent = BudgetSpent(BlockingLimit(0, ScopeKind.TENANT, BudgetPeriod.DAY, "tokens", 7))
    error = error_of_refusal(spent, windows=windows, now=MIDNIGHT + timedelta(seconds=after))
    assert isinstance(error, BudgetExceeded)
    assert error.data()["remaining"] == {
        "tokens": 7,
        "resets_at": "2026-11-30T00:00:00Z",
        "resets_in_seconds": seconds,
    }
