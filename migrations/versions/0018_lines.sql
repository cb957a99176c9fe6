-- Steps that wait for slots stand in lines, by task and priority; the line that was served longest ago comes next.
ALTER TABLE runs ADD COLUMN priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high')),
    ADD COLUMN concurrency int CHECK (concurrency BETWEEN 1 AND 1000);
ALTER TABLE steps ADD COLUMN wait_line text NOT NULL DEFAULT '',
    ADD COLUMN wait_rank int NOT NULL DEFAULT 0,
    ADD COLUMN wait_for text CHECK (length(wait_for) BETWEEN 1 AND 64),
    ADD COLUMN resources jsonb CHECK (jsonb_typeof(resources) = 'object');
ALTER TABLE steps DROP CONSTRAINT steps_wait_reason_check;
ALTER TABLE steps ADD CONSTRAINT steps_wait_reason_check
    CHECK (wait_reason IN ('dependency', 'slot', 'resource', 'approval', 'items', 'run'));
DROP INDEX steps_waiting_for_a_slot;
CREATE INDEX steps_in_line ON steps (tenant_id, wait_line, wait_rank, waiting_since) WHERE status = 'WAITING' AND wait_reason IN ('slot', 'resource');
CREATE INDEX steps_in_line_of_run ON steps (tenant_id, run_id, wait_rank) WHERE status = 'WAITING' AND wait_reason IN ('slot', 'resource');
CREATE TABLE lines (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    line        text NOT NULL CHECK (length(line) <= 1000),
    served_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, line)
);
GRANT SELECT, INSERT, UPDATE ON lines TO orchestrator;
GRANT SELECT (tenant_id, settings) ON tenants TO orchestrator;
ALTER TABLE lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE lines FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON lines TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
