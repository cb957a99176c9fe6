-- The kill switches that are engaged: a tenant's, and the platform's for all of them. While one is, nothing of a tenant begins.
CREATE TABLE kill_switches (
    tenant_id   uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    engaged_by  text NOT NULL,
    engaged_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE platform_kill_switch (
    is_engaged  boolean PRIMARY KEY DEFAULT true CHECK (is_engaged),
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    engaged_by  text NOT NULL,
    engaged_at  timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE runs DROP CONSTRAINT runs_pause_reason_check;
ALTER TABLE runs ADD CONSTRAINT runs_pause_reason_check CHECK (pause_reason IN ('user', 'budget', 'parent', 'kill_switch')) NOT VALID;
ALTER TABLE runs VALIDATE CONSTRAINT runs_pause_reason_check;
ALTER TABLE schedule_firings DROP CONSTRAINT schedule_firings_reason_check;
ALTER TABLE schedule_firings ADD CONSTRAINT schedule_firings_reason_check CHECK (reason IN ('overlap', 'queue_full', 'paused', 'deleted', 'missed', 'budget', 'not_permitted', 'tenant_suspended', 'task_gone', 'task_refused', 'open_runs', 'kill_switch'));
ALTER TABLE trigger_calls DROP CONSTRAINT trigger_calls_reason_check;
ALTER TABLE trigger_calls ADD CONSTRAINT trigger_calls_reason_check CHECK (reason IN ('paused', 'payload_refused', 'not_permitted', 'tenant_suspended', 'task_gone', 'task_refused', 'open_runs', 'kill_switch'));
CREATE INDEX runs_killed ON runs (tenant_id, run_id) WHERE pause_reason = 'kill_switch';
GRANT SELECT, INSERT, UPDATE, DELETE ON kill_switches, platform_kill_switch TO control_plane;
GRANT SELECT ON kill_switches, platform_kill_switch TO llm_gateway;

-- What is to be parked, and what goes on again, is asked for all tenants at once, since the platform's switch is for all.
GRANT SELECT ON kill_switches, platform_kill_switch TO timekeeper;
GRANT SELECT (status, pause_reason) ON runs TO timekeeper;
CREATE FUNCTION runs_to_park(most int) RETURNS TABLE (tenant_id uuid, run_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT o.tenant_id, o.run_id FROM (
            SELECT r.tenant_id, r.run_id FROM public.kill_switches k JOIN public.runs r ON r.tenant_id = k.tenant_id
            WHERE r.ended_at IS NULL AND r.status <> ''PAUSED''
            UNION
            SELECT r.tenant_id, r.run_id FROM public.runs r
            WHERE EXISTS (SELECT FROM public.platform_kill_switch) AND r.ended_at IS NULL AND r.status <> ''PAUSED'') o
        LIMIT most';
CREATE FUNCTION runs_to_go_on(most int) RETURNS TABLE (tenant_id uuid, run_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT r.tenant_id, r.run_id FROM public.runs r
        WHERE r.pause_reason = ''kill_switch'' AND NOT EXISTS (SELECT FROM public.platform_kill_switch)
          AND NOT EXISTS (SELECT FROM public.kill_switches k WHERE k.tenant_id = r.tenant_id) LIMIT most';
ALTER FUNCTION runs_to_park(int) OWNER TO timekeeper;
ALTER FUNCTION runs_to_go_on(int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION runs_to_park(int), runs_to_go_on(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION runs_to_park(int), runs_to_go_on(int) TO control_plane;

ALTER TABLE kill_switches ENABLE ROW LEVEL SECURITY;
ALTER TABLE kill_switches FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON kill_switches TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE platform_kill_switch ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_kill_switch FORCE ROW LEVEL SECURITY;
CREATE POLICY for_everybody ON platform_kill_switch TO control_plane, llm_gateway, timekeeper USING (true) WITH CHECK (true);
CREATE POLICY of_every_tenant ON kill_switches FOR SELECT TO timekeeper USING (true);
