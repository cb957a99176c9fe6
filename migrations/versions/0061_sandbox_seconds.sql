ALTER TABLE tool_events ADD COLUMN held_seconds int NOT NULL DEFAULT 0;
ALTER TABLE tool_events ADD COLUMN held_day date;
ALTER TABLE quota_counts DROP CONSTRAINT quota_counts_quota_check,
    ADD CONSTRAINT quota_counts_quota_check CHECK (quota IN ('runs_a_day', 'agent_turns_a_day', 'sandbox_seconds_a_day')) NOT VALID,
    DROP CONSTRAINT quota_counts_used_check,
    ADD CONSTRAINT quota_counts_used_check CHECK (used >= 0) NOT VALID;
