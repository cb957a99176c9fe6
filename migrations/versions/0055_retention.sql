ALTER TABLE runs ADD COLUMN prompts_expired_at timestamptz;
ALTER TABLE runs ADD COLUMN answers_expired_at timestamptz;
ALTER TABLE runs ADD COLUMN artifacts_expired_at timestamptz;
ALTER TABLE runs ADD COLUMN events_expired_at timestamptz;
CREATE INDEX runs_keeping_prompts ON runs (tenant_id, ended_at, run_id) WHERE ended_at IS NOT NULL AND parent_run_id IS NULL AND prompts_expired_at IS NULL;
CREATE INDEX runs_keeping_answers ON runs (tenant_id, ended_at, run_id) WHERE ended_at IS NOT NULL AND parent_run_id IS NULL AND answers_expired_at IS NULL;
CREATE INDEX runs_keeping_artifacts ON runs (tenant_id, ended_at, run_id) WHERE ended_at IS NOT NULL AND parent_run_id IS NULL AND artifacts_expired_at IS NULL;
CREATE INDEX runs_keeping_events ON runs (tenant_id, ended_at, run_id) WHERE ended_at IS NOT NULL AND parent_run_id IS NULL AND events_expired_at IS NULL;

ALTER TABLE approvals ALTER COLUMN message DROP NOT NULL;
ALTER TABLE artifacts ADD COLUMN expired_at timestamptz;
ALTER TABLE artifacts ADD COLUMN erased_at timestamptz;
ALTER TABLE artifacts DROP CONSTRAINT artifacts_status_check;
ALTER TABLE artifacts ADD CONSTRAINT artifacts_status_check CHECK (status IN ('PENDING', 'READY', 'EXPIRED'));
ALTER TABLE artifacts ADD CONSTRAINT artifacts_expired CHECK ((status = 'EXPIRED') = (expired_at IS NOT NULL) AND (erased_at IS NULL OR expired_at IS NOT NULL));
CREATE INDEX artifacts_kept ON artifacts (tenant_id, created_at, artifact_id) WHERE expired_at IS NULL;
CREATE INDEX artifacts_to_erase ON artifacts (tenant_id) WHERE status = 'EXPIRED' AND erased_at IS NULL;

-- Which tenants' content is swept, by whom until when, and when it is next.
CREATE TABLE retention_sweeps (
    tenant_id   uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
    leased_until timestamptz,
    due_at      timestamptz NOT NULL
);
ALTER TABLE retention_sweeps ENABLE ROW LEVEL SECURITY;
ALTER TABLE retention_sweeps FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON retention_sweeps TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY everybody ON retention_sweeps FOR SELECT TO registry USING (true);
GRANT SELECT, DELETE ON retention_sweeps TO undertaker;
CREATE POLICY while_deleted ON retention_sweeps TO undertaker USING (tenant_id = current_tenant() AND (SELECT is_being_deleted()));

-- Which tenants say for how long content is kept is asked for all at once; it is removed in each alone.
GRANT SELECT ON retention_sweeps TO registry;
CREATE FUNCTION tenants_to_sweep(as_of timestamptz, most int) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT t.tenant_id FROM public.tenants t LEFT JOIN public.retention_sweeps s ON s.tenant_id = t.tenant_id
        WHERE (t.settings ? ''retention'' OR t.settings -> ''operator_bounds'' ? ''retention'')
          AND (s.leased_until IS NULL OR s.leased_until <= as_of) AND (s.due_at IS NULL OR s.due_at <= as_of)
        ORDER BY s.due_at NULLS FIRST LIMIT most';
ALTER FUNCTION tenants_to_sweep(timestamptz, int) OWNER TO registry;
REVOKE ALL ON FUNCTION tenants_to_sweep(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_to_sweep(timestamptz, int) TO control_plane;
GRANT SELECT, INSERT, UPDATE ON retention_sweeps TO control_plane;
-- content that has expired goes; of stored answers it sees where they lie, and not what they are
GRANT UPDATE (request, response) ON turns TO control_plane;
GRANT DELETE ON run_events, spans TO control_plane;
GRANT SELECT (tenant_id, call_key, object_key), DELETE ON llm_replays TO control_plane;
