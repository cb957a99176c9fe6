-- How much of what is limited by the day has begun, for the tenant and for each of its users; the day is one of the
-- tenant's calendar. `used` is raised in the transaction that begins something, and only below the limit.
CREATE TABLE quota_counts (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    day         date NOT NULL,
    quota       text NOT NULL CHECK (quota IN ('runs_a_day', 'agent_turns_a_day')),
    scope       text NOT NULL CHECK (scope IN ('tenant', 'user')),
    scope_id    uuid NOT NULL,
    used        bigint NOT NULL CHECK (used >= 1),
    PRIMARY KEY (tenant_id, day, quota, scope, scope_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON quota_counts TO control_plane, orchestrator;
-- a worker counts turns by the days of the tenant's calendar
GRANT SELECT (time_zone) ON tenants TO orchestrator;

ALTER TABLE quota_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE quota_counts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON quota_counts TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, DELETE ON quota_counts TO undertaker;
CREATE POLICY while_deleted ON quota_counts TO undertaker USING (tenant_id = current_tenant() AND (SELECT is_being_deleted()));

ALTER TABLE schedule_firings DROP CONSTRAINT schedule_firings_reason_check;
ALTER TABLE schedule_firings ADD CONSTRAINT schedule_firings_reason_check CHECK (reason IN ('overlap', 'queue_full', 'paused', 'deleted', 'missed', 'budget', 'not_permitted', 'tenant_suspended', 'task_gone', 'task_refused', 'open_runs', 'quota', 'kill_switch'));
ALTER TABLE trigger_calls DROP CONSTRAINT trigger_calls_reason_check;
ALTER TABLE trigger_calls ADD CONSTRAINT trigger_calls_reason_check CHECK (reason IN ('paused', 'payload_refused', 'not_permitted', 'tenant_suspended', 'task_gone', 'task_refused', 'open_runs', 'quota', 'kill_switch'));
