-- A step may start another task as a run below its own, and waits for that run's end without a worker.
ALTER TABLE runs DROP CONSTRAINT runs_pause_reason_check,
    ADD CONSTRAINT runs_pause_reason_check CHECK (pause_reason IN ('user', 'budget', 'parent'));
ALTER TABLE runs ADD COLUMN ancestor_run_ids uuid[] NOT NULL DEFAULT '{}' CHECK (cardinality(ancestor_run_ids) <= 8),
    ADD COLUMN parent_run_id uuid,
    ADD COLUMN parent_step_id uuid,
    ADD COLUMN parent_attempt int CHECK (parent_attempt >= 1);
ALTER TABLE steps DROP CONSTRAINT steps_kind_check,
    ADD CONSTRAINT steps_kind_check CHECK (kind IN ('noop', 'tool', 'llm', 'agent', 'approval', 'run'));
ALTER TABLE steps DROP CONSTRAINT steps_wait_reason_check,
    ADD CONSTRAINT steps_wait_reason_check CHECK (wait_reason IN ('dependency', 'slot', 'approval', 'items', 'run'));
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check,
    ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('start_execution', 'stop_execution', 'close_run', 'confirm_usage', 'step_message', 'step_callback', 'follow_parent'));
ALTER TABLE runs ADD CONSTRAINT runs_parent_step FOREIGN KEY (tenant_id, parent_step_id) REFERENCES steps,
    ADD CONSTRAINT runs_parent FOREIGN KEY (tenant_id, parent_run_id) REFERENCES runs,
    ADD CONSTRAINT runs_parentage CHECK (num_nonnulls(parent_run_id, parent_step_id, parent_attempt) IN (0, 3)
        AND parent_run_id IS NOT DISTINCT FROM ancestor_run_ids[cardinality(ancestor_run_ids)]);
CREATE UNIQUE INDEX runs_of_parent_step ON runs (tenant_id, parent_step_id, parent_attempt) WHERE parent_step_id IS NOT NULL;
CREATE INDEX runs_of_parent ON runs (tenant_id, parent_run_id, created_at DESC, run_id DESC) WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_of_root ON runs (tenant_id, (ancestor_run_ids[1])) WHERE parent_run_id IS NOT NULL;
GRANT SELECT ON tasks TO orchestrator;
GRANT INSERT ON runs TO orchestrator;
