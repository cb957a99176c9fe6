-- What tells a run that waits from one that hangs.
CREATE TABLE queue_watch (
    queue       text PRIMARY KEY CHECK (length(queue) BETWEEN 1 AND 80),
    looked_at   timestamptz NOT NULL,
    empty_at    timestamptz
);
CREATE INDEX runs_open_of_tenant ON runs (tenant_id, run_id) WHERE ended_at IS NULL;
GRANT SELECT (tenant_id, run_id, step_id, kind, not_before, attempts) ON outbox TO control_plane;
GRANT SELECT ON queue_watch TO control_plane;
GRANT SELECT, INSERT, UPDATE ON queue_watch TO orchestrator;
