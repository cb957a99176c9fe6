"""What of each table an export has, column by column, and what it has not, and why.

Both are written out: a column that stands in neither fails a test, so that nobody adds one without deciding.
"""

from collections.abc import AsyncIterator, Mapping

from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

EXPORTED: Mapping[str, str] = {
    "tenants": "tenant_id name time_zone settings created_at suspended_at suspended_reason contact_email version",
    "users": "user_id email created_at",
    "roles": "role_id name description permissions version created_at updated_at",
    "memberships": "user_id role role_id created_at version",
    "invitations": "invitation_id email role role_id invited_by created_at expires_at accepted_at accepted_by"
    " revoked_at by_key",
    "service_accounts": "user_id name description created_by created_at by_key",
    "api_keys": "api_key_id user_id name hint scopes permissions created_by known_to known_before created_at expires_at"
    " revoked_at last_used_at previous_until parted_at version",
    "secrets": "name hosts version created_at updated_at updated_by",
    "tasks": "task_id name version created_at updated_at archived_at",
    "task_versions": "task_id version definition turns_per_dispatch created_by created_at",
    "tool_sources": "name kind version created_at archived_at",
    "tool_source_versions": "name version digest left_out created_by created_at server",
    "source_tools": "name version tool definition",
    "runs": "run_id task_id task_version status generation version input output error stop_cause pause_reason"
    " budget_tokens budget_nano_usd idempotency_key last_seq timeout_seconds clock_used clock_since hard_deadline"
    " priority concurrency awaits_approval progressed_at usage_final traceparent forked_from_run_id forked_from_step"
    " forked_from_turn overrides created_by created_at started_at ended_at ancestor_run_ids parent_run_id"
    " parent_step_id parent_attempt prompts_expired_at answers_expired_at artifacts_expired_at events_expired_at"
    " started_by payer_user_id payer_key_id",
    "steps": "run_id step_id name kind position status needs unmet_needs generation tick attempt timeout_seconds"
    " resources earlier_attempts worker_id wait_reason waiting_since wait_line wait_rank wait_for retry_at started_at"
    " deadline_at clock_left ended_at output error skip_reason excused turn checkpoint_head checkpoint_length"
    " checkpoint_first copied_from parent_id item_index item items created_at queued_at",
    "step_needs": "step_id needs_id",
    "turns": "step_id turn call_key request prepared_at response tool_calls recorded_at number agent task",
    "approvals": "approval_id run_id step_id version status message roles users form on_expiry requested_at expires_at"
    " ended_at decided_by comment data turn tool_call_id tool arguments call_digest",
    "run_events": "run_id seq event_id at type step_id data",
    "tenant_events": "event_id at type data",
    "dead_letters": "dead_letter_id run_id step_id cause error attempts receive_count died_at status ended_at ended_by"
    " reason",
    "checkpoints": "step_id turn checkpoint_id manifest head length metadata created_at link deleted_at",
    "message_parts": "digest body size created_at",
    "tool_events": "job_id run_id step_id turn tool_call_id tool effect arguments_digest attempts starts_permitted"
    " status result started_at last_started_at doubted_at ended_at"
    " held_seconds held_day",
    "tool_attempts": "job_id attempt worker_id started_at",
    "artifacts": "artifact_id run_id step_id job_id name content_type size sha256 status created_by created_at"
    " expired_at erased_at",
    "webhooks": "webhook_id name url events status disabled_reason secret_version previous_secret_until failures"
    " failing_since version created_by created_at updated_at by_key secret_by_key previous_by_key",
    "webhook_deliveries": "delivery_id webhook_id type run_id body status attempts next_at answer_status error"
    " answered_in_ms created_at ended_at",
    "schedules": "schedule_id name task_id task_version input cron every_seconds at anchor time_zone overlap catch_up"
    " jitter_seconds paused runs_as next_at failures failing_since version created_by created_at updated_at deleted_at"
    " by_key",
    "schedule_firings": "schedule_id fires_at status reason detail starts_at run_id run_status recorded_at decided_at",
    "triggers": "trigger_id name task_id task_version input payload_as payload_form calls_per_minute paused"
    " secret_version previous_secret_until runs_as version created_by created_at updated_at by_key previous_by_key",
    "trigger_calls": "call_id trigger_id message_id digest status reason detail run_id received_at",
    "kill_switches": "reason engaged_by engaged_at",
    "budgets": "scope scope_id period window_seconds limit_tokens limit_nano_usd version updated_at",
    "budget_warnings": "scope scope_id period label unit limit_amount committed warned_at",
    "quota_counts": "day quota scope scope_id used",
    "llm_events": "event_day event_id kind adjusts_event_id user_id api_key_id run_id step_id generation"
    " ancestor_run_ids call_key request_id attempt reason dialect route provider model status usage_source input_tokens"
    " cached_input_tokens cache_write_tokens output_tokens reasoning_tokens total_tokens cost_nano_usd bound_tokens"
    " bound_nano_usd bound_kind price_version provider_request_id http_status error_code latency_ms first_token_ms"
    " trace_id started_at settled_at recorded_at",
    "audit_log": "audit_id at actor action target detail trace_id outcome status operation request_id ip user_agent",
    "audit_chain": "position audit_id hash sealed_at",
    "audit_anchors": "number position anchored_at",
    "break_glass_accesses": "access_id operator reason opened_at expires_at ended_at ended_by",
    "spans": "trace_id span_id parent_span_id run_id step_id name kind service status started_at duration_us attributes"
    " recorded_at",
    "tenant_exports": "export_id status requested_by created_at ended_at expires_at size sha256 error",
    "tenant_deletions": "deletion_id status requested_by requested_at not_before",
}
"""In the order in which they stand in the archive; the tenant's id is in the manifest, and not in each row."""

WITHHELD: Mapping[str, str] = {
    "tenants": "replay_salt",
    "users": "subject active_tenant_id left_tenant_id",
    "invitations": "digest",
    "api_keys": "hash pepper previous_hash",
    "secrets": "sealed",
    "tasks": "reading",
    "runs": "request_digest last_xact",
    "steps": "task_token fence lease_expires_at",
    "turns": "fence",
    "tool_attempts": "fence",
    "run_events": "xact",
    "tenant_events": "xact",
    "artifacts": "object_key",
    "webhooks": "read_xact read_number not_before",
    "webhook_deliveries": "event_xact event_number leased_until",
    "schedules": "clock_revision clock_applied clock_leased_until",
    "llm_events": "fence",
    "audit_log": "xact",
    "audit_chain": "xact",
    "tenant_exports": "leased_until attempts",
    "tenant_deletions": "phase started_at ended_at leased_until removed waits_for certificate look_at",
}
"""Secrets, what secrets are derived from or known by, and what only the platform's own processes can use."""

NOT_EXPORTED: Mapping[str, str] = {
    "llm_replays": "encrypted copies of answers, which turns have in plain text",
    "lines": "when waiting steps were last served",
    "keyed_calls": "answers of the last day, which say what the rows that they made say",
    "outbox": "messages between the platform's own processes that have not gone out yet",
    "retention_sweeps": "when the platform next looks for what has expired",
    "ended_versions": "numbers from which versions go on counting; the audit has what was deleted",
    "released_parts": "what the platform is about to remove",
}
"""Tables of which an export has nothing, and why."""

_FETCHED = 500


async def lines_of(tx: Transaction, table: str) -> AsyncIterator[list[str]]:
    """The rows of the transaction's tenant, each as a line of JSON, some hundreds at a time; bytes are told in hex.

    Through a cursor of the database, so that a table of any size is read once and takes little memory.
    """
    columns = ", ".join(f'"{name}"' for name in EXPORTED[table].split())
    own = "" if table == "users" else " WHERE tenant_id = current_tenant()"
    rows = f"SELECT {columns} FROM {table}{own}"  # noqa: S608 - both are written above
    lines = f"SELECT row_to_json(x)::text AS line FROM ({rows}) x"  # noqa: S608
    await tx.execute(text(f"DECLARE exported NO SCROLL CURSOR FOR {lines}"))
    while fetched := (await tx.execute(text(f"FETCH {_FETCHED} FROM exported"))).scalars():
        yield fetched
    await tx.execute(text("CLOSE exported"))
