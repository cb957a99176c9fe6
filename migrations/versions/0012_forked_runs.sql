-- A fork is a run that began from a step of another one; what it took over as it had ended says from where.
ALTER TABLE runs ADD COLUMN forked_from_run_id uuid,
    ADD COLUMN forked_from_step text CHECK (length(forked_from_step) BETWEEN 1 AND 64),
    ADD COLUMN forked_from_turn int CHECK (forked_from_turn >= 0),
    ADD COLUMN overrides jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(overrides) = 'object'),
    ADD FOREIGN KEY (tenant_id, forked_from_run_id) REFERENCES runs,
    ADD CHECK (num_nonnulls(forked_from_run_id, forked_from_step, forked_from_turn) IN (0, 3));
CREATE INDEX runs_forked ON runs (tenant_id, forked_from_run_id, created_at DESC, run_id DESC) WHERE forked_from_run_id IS NOT NULL;
ALTER TABLE steps ADD COLUMN copied_from uuid;
GRANT INSERT ON steps, step_needs, checkpoints TO control_plane;
GRANT SELECT ON message_parts TO control_plane;
