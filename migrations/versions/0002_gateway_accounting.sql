ALTER TABLE tenants ADD COLUMN replay_salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) CHECK (length(replay_salt) >= 16);
-- Answers that were stored before cannot be read with the new keys, and are asked for again.
DELETE FROM llm_replays;
ALTER TABLE llm_replays ADD COLUMN expires_at timestamptz;
CREATE INDEX llm_replays_expiring ON llm_replays (expires_at) WHERE expires_at IS NOT NULL;
ALTER TABLE budgets DROP CONSTRAINT budgets_period_check,
    ADD CONSTRAINT budgets_period_check CHECK (period IN ('day', 'month', 'total', 'rolling')),
    ADD COLUMN window_seconds int CHECK (window_seconds BETWEEN 3600 AND 2678400);
ALTER TABLE budgets ADD CHECK ((period = 'rolling') = (window_seconds IS NOT NULL));
ALTER TABLE budget_warnings DROP CONSTRAINT budget_warnings_period_check,
    ADD CONSTRAINT budget_warnings_period_check CHECK (period IN ('day', 'month', 'total', 'rolling'));
ALTER TABLE llm_events ADD COLUMN ancestor_run_ids uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN request_id uuid,
    ADD COLUMN reason text CHECK (reason IN ('first', 'retry', 'failover', 'hedge', 'cheaper')),
    ADD COLUMN bound_kind text CHECK (bound_kind IN ('strict', 'estimate'));
-- Each earlier attempt stands for a request of its own: what belonged together was not kept.
UPDATE llm_events SET request_id = coalesce(adjusts_event_id, event_id), reason = CASE WHEN attempt = 1 THEN 'first' ELSE 'retry' END, bound_kind = 'strict';
ALTER TABLE llm_events ALTER COLUMN request_id SET NOT NULL,
    ALTER COLUMN reason SET NOT NULL,
    ALTER COLUMN bound_kind SET NOT NULL;
ALTER TABLE llm_events DROP CONSTRAINT llm_events_check1,
    DROP CONSTRAINT llm_events_check2;
ALTER TABLE llm_events ADD CONSTRAINT llm_events_check1 CHECK (kind = 'adjustment' OR (cost_nano_usd >= 0 AND total_tokens >= 0));
ALTER TABLE llm_events ADD CONSTRAINT llm_events_check2 CHECK (kind = 'adjustment' OR bound_kind = 'estimate' OR cost_nano_usd <= bound_nano_usd);
ALTER TABLE llm_events ADD CONSTRAINT llm_events_check3 CHECK ((run_id IS NULL) = (step_id IS NULL));
CREATE INDEX llm_events_of_one_request ON llm_events (tenant_id, request_id);
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'answer_expiry') THEN
        CREATE ROLE answer_expiry NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO answer_expiry;
GRANT SELECT (tenant_id, call_key, expires_at, object_key), DELETE ON llm_replays TO answer_expiry;
CREATE FUNCTION forget_expired_answers(most int) RETURNS TABLE (object_key text)
    LANGUAGE sql SECURITY DEFINER SET search_path = public
    AS 'DELETE FROM llm_replays WHERE (tenant_id, call_key) IN (SELECT tenant_id, call_key FROM llm_replays WHERE expires_at < now() LIMIT most) RETURNING object_key';
ALTER FUNCTION forget_expired_answers(int) OWNER TO answer_expiry;
REVOKE ALL ON FUNCTION forget_expired_answers(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_expired_answers(int) TO llm_gateway;
GRANT SELECT ON budgets TO recorder;
CREATE POLICY expired_answers ON llm_replays TO answer_expiry USING (expires_at < now());
CREATE POLICY recorder_budgets ON budgets FOR SELECT TO recorder USING (true);
