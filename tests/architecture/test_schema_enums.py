"""A column that takes a closed set of words takes those of the enum that the code writes."""

import re
from enum import StrEnum

import pytest

from architecture.sources import ROOT
from control_plane.governance.audit.schemas import AuditOutcome
from foundation.contracts.gateway.budget_policy import BoundKind
from foundation.contracts.gateway.ledger import AttemptReason, LedgerKind, LedgerStatus, ScopeKind, UsageSource
from foundation.contracts.tool_job import JobStatus
from foundation.domain.budget_scopes import BudgetPeriod, BudgetScope
from foundation.domain.permissions import Role
from foundation.domain.policy.quotas import Quota, QuotaScope
from foundation.domain.starts.schedules import CatchUp, FiringReason, FiringStatus, Overlap
from foundation.domain.starts.triggers import CallStatus, RefusalReason
from foundation.domain.states import (
    RUN_TERMINAL,
    ApprovalStatus,
    ConfigurationStatus,
    DeadLetterStatus,
    DeliveryStatus,
    ExpiryPolicy,
    PauseReason,
    Priority,
    RunStatus,
    StepKind,
    StepStatus,
    WaitReason,
    WebhookStatus,
)
from foundation.domain.tools import ToolCallStatus, ToolEffect, ToolSourceKind
from foundation.storage.leaving.deletions import DeletionPhase, DeletionStatus
from foundation.storage.leaving.exports import ExportStatus
from foundation.storage.session.outbox import OutboxKind
from foundation.telemetry.spans.record import RecordedKind, SpanStatus

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


_COLUMNS: tuple[tuple[str, str, type[StrEnum]], ...] = (
    ("runs", "status", RunStatus),
    ("llm_events", "kind", LedgerKind),
    ("llm_events", "status", LedgerStatus),
    ("llm_events", "usage_source", UsageSource),
    ("budget_warnings", "scope", ScopeKind),
    ("runs", "pause_reason", PauseReason),
    ("runs", "priority", Priority),
    ("steps", "status", StepStatus),
    ("steps", "kind", StepKind),
    ("approvals", "status", ApprovalStatus),
    ("dead_letters", "status", DeadLetterStatus),
    ("gateway_configurations", "status", ConfigurationStatus),
    ("webhooks", "status", WebhookStatus),
    ("webhook_deliveries", "status", DeliveryStatus),
    ("schedules", "overlap", Overlap),
    ("schedules", "catch_up", CatchUp),
    ("schedule_firings", "status", FiringStatus),
    ("schedule_firings", "reason", FiringReason),
    ("spans", "kind", RecordedKind),
    ("spans", "status", SpanStatus),
    ("tenant_exports", "status", ExportStatus),
    ("tenant_deletions", "status", DeletionStatus),
    ("tenant_deletions", "phase", DeletionPhase),
    ("trigger_calls", "status", CallStatus),
    ("trigger_calls", "reason", RefusalReason),
    ("approvals", "on_expiry", ExpiryPolicy),
    ("outbox", "kind", OutboxKind),
    ("memberships", "role", Role),
    ("invitations", "role", Role),
    ("budgets", "scope", BudgetScope),
    ("budgets", "period", BudgetPeriod),
    ("tool_events", "effect", ToolEffect),
    ("tool_sources", "kind", ToolSourceKind),
)


@pytest.mark.parametrize(("table", "column", "words"), _COLUMNS)
def test_a_columns_words_are_the_enums(table: str, column: str, words: type[StrEnum]) -> None:
    assert words_of(table, column) == set(words), f"schema.sql: {table}.{column} and {words.__name__} differ"


_OTHER_WORDS = {
    ("runs", "stop_cause"): {"CANCELLED", "TIMED_OUT", "BUDGET_EXCEEDED", "FAILED"},
    ("steps", "wait_reason"): {"dependency", "slot", "resource", "approval", "items", "run"},
    ("ended_versions", "noun"): {"secret", "budget"},
    ("budget_warnings", "period"): set(BudgetPeriod),
    ("budget_warnings", "unit"): {"tokens", "nano_usd"},
    ("quota_counts", "quota"): {quota for quota in Quota if not quota.is_at_once},
    ("quota_counts", "scope"): set(QuotaScope),
    ("llm_events", "reason"): set(AttemptReason),
    ("llm_events", "bound_kind"): set(BoundKind),
    ("tool_events", "status"): set(ToolCallStatus),
    ("schedule_firings", "run_status"): set(RUN_TERMINAL),
    ("artifacts", "status"): {"PENDING", "READY", "EXPIRED"},
    ("audit_log", "outcome"): set(AuditOutcome),
    ("platform_audit", "outcome"): set(AuditOutcome),
}
"""Columns whose words no single enum has, written out: a word that is lost or added is seen."""


@pytest.mark.parametrize(("table", "column"), _OTHER_WORDS)
def test_a_columns_other_words_are_those_written_here(table: str, column: str) -> None:
    assert words_of(table, column) == _OTHER_WORDS[(table, column)]


def test_every_column_with_a_closed_set_of_words_is_compared() -> None:
    listed = {(table, column) for table, body in TABLES.items() for column in re.findall(r"CHECK \((\w+) IN \(", body)}
    compared = {(table, column) for table, column, _ in _COLUMNS} | set(_OTHER_WORDS)
    assert listed - compared == set()


def test_every_table_of_tenants_rows_has_forced_row_level_security() -> None:
    [array] = re.findall(r"FOREACH tenant_table IN ARRAY ARRAY\[(.*?)\]", SCHEMA, re.DOTALL)
    secured = set(re.findall(r"'(\w+)'", array))
    of_tenants = {table for table, body in TABLES.items() if re.search(r"^    tenant_id\b", body, re.MULTILINE)}
    assert of_tenants - secured == set()


def test_a_run_is_stopped_by_what_can_end_it_unfinished() -> None:
    stops = {status for status in RunStatus if status.is_terminal} - {RunStatus.COMPLETED}
    assert words_of("runs", "stop_cause") == stops


def test_a_call_of_a_tool_stands_as_its_job_ended_or_has_not() -> None:
    assert {"STARTED", "OUTCOME_UNKNOWN", *JobStatus} == set(ToolCallStatus)


def test_a_row_waits_for_reasons_that_the_code_knows() -> None:
    assert words_of("steps", "wait_reason") < set(WaitReason)
