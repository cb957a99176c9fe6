ALTER TABLE steps ADD COLUMN clock_left double precision,
    DROP CONSTRAINT steps_check4,
    DROP CONSTRAINT steps_check5,
    DROP CONSTRAINT steps_check6,
    DROP CONSTRAINT steps_check7;
ALTER TABLE steps ADD CONSTRAINT steps_check4 CHECK (status <> 'WAITING' OR wait_reason IS NOT NULL),
    ADD CONSTRAINT steps_check5 CHECK (wait_reason IS NULL OR status = 'WAITING' OR (status = 'RUNNING' AND wait_reason = 'slot')),
    ADD CONSTRAINT steps_check6 CHECK ((wait_reason IS NULL) = (waiting_since IS NULL)),
    ADD CONSTRAINT steps_check7 CHECK ((status = 'RETRYING') = (retry_at IS NOT NULL)),
    ADD CONSTRAINT steps_check8 CHECK (status <> 'SUCCESS' OR error IS NULL),
    ADD CONSTRAINT steps_check9 CHECK (clock_left IS NULL OR deadline_at IS NULL);
CREATE INDEX steps_waiting_for_a_slot ON steps (tenant_id, waiting_since) WHERE status = 'WAITING' AND wait_reason = 'slot';
ALTER TABLE runs ADD COLUMN usage_final boolean NOT NULL DEFAULT false;
-- What ended before has long been recorded.
UPDATE runs SET usage_final = true WHERE ended_at IS NOT NULL;
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check,
    ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('start_execution', 'stop_execution', 'close_run', 'confirm_usage', 'step_message', 'step_callback'));
-- Whoever ends a step ends the audit rows of its tools with it.
GRANT SELECT, UPDATE ON tool_events TO control_plane, lambdas;
UPDATE tool_events e SET status = 'CANCELLED', ended_at = now() FROM steps s
WHERE e.status = 'STARTED' AND s.tenant_id = e.tenant_id AND s.step_id = e.step_id AND s.ended_at IS NOT NULL;
-- Finalize waits until the ledger has what the run's steps were answered.
GRANT SELECT ON turns, llm_events TO lambdas;
