"""The policy of budgets: its shape and its defaults."""

import re
from pathlib import Path

from foundation.contracts.gateway.budget_policy import Bounds, BudgetPolicy, RedisAway

PAGE = Path(__file__).parents[5] / "docs" / "reference" / "budgets-and-limits.md"


def test_the_page_shows_the_whole_policy_with_its_defaults() -> None:
    [shown] = re.findall(r'^\{"bounds".*\}$', PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert BudgetPolicy.model_validate_json(shown) == BudgetPolicy(bounds=Bounds(), redis_away=RedisAway())
