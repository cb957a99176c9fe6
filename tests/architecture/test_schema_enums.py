"""A column that takes a closed set of words takes those of the enum that the code writes."""

import re
from enum import StrEnum

import pytest

from architecture.sources import ROOT
from foundation.domain.budget_scopes import BudgetPeriod, BudgetScope
from foundation.domain.permissions import Role
from foundation.domain.states import PauseReason, RunStatus, StepKind, StepStatus, WaitReason
from foundation.domain.tools import ToolEffect
from foundation.storage.session.outbox import OutboxKind

SCHEMA = (ROOT / "schema.sql").read_text()
_TABLE = re.compile(r"^CREATE TABLE (\w+) \((.*?)^\)", re.MULTILINE | re.DOTALL)
TABLES: dict[str, str] = dict(_TABLE.findall(SCHEMA))


def words_of(table: str, column: str) -> set[str]:
    """The words that the column's CHECK lists."""
    found = re.search(
        rf"^    {column}\b[^,]*?CHECK \({column} IN \(([^)]*)\)\)", TABLES[table], re.MULTILINE | re.DOTALL
    )
    assert found is not None, f"schema.sql: {table}.{column} has no CHECK ({column} IN (…))"
    return set(re.findall(r"'([^']*)'", found[1]))


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("runs", "status", RunStatus),
        ("runs", "pause_reason", PauseReason),
        ("steps", "status", StepStatus),
        ("steps", "kind", StepKind),
        ("outbox", "kind", OutboxKind),
        ("memberships", "role", Role),
        ("budgets", "scope", BudgetScope),
        ("budgets", "period", BudgetPeriod),
        ("tool_events", "effect", ToolEffect),
    ],
)
def test_a_columns_words_are_the_enums(table: str, column: str, words: type[StrEnum]) -> None:
    assert words_of(table, column) == set(words), f"schema.sql: {table}.{column} and {words.__name__} differ"


def test_a_run_is_stopped_by_what_can_end_it_unfinished() -> None:
    stops = {status for status in RunStatus if status.is_terminal} - {RunStatus.COMPLETED}
    assert words_of("runs", "stop_cause") == stops


def test_a_row_waits_for_reasons_that_the_code_knows() -> None:
    assert words_of("steps", "wait_reason") < set(WaitReason)
