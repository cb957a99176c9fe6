-- Rows from before have no transaction that they are known by: they come first, in the order of their ids.
ALTER TABLE platform_audit ADD COLUMN xact xid8 NOT NULL DEFAULT '0';
ALTER TABLE platform_audit ALTER COLUMN xact SET DEFAULT pg_current_xact_id();

CREATE TABLE platform_audit_chain (
    position    bigint PRIMARY KEY CHECK (position >= 1),
    audit_id    bigint NOT NULL UNIQUE,
    xact        xid8 NOT NULL,
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at   timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE platform_audit_anchors (
    number      int PRIMARY KEY CHECK (number >= 1),
    position    bigint NOT NULL CHECK (position >= 1),
    anchored_at timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT ON platform_audit, platform_audit_chain, platform_audit_anchors TO control_plane;
CREATE POLICY of_no_tenant ON platform_audit FOR SELECT TO control_plane USING (current_tenant() IS NULL);
ALTER TABLE platform_audit_chain ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_audit_chain FORCE ROW LEVEL SECURITY;
CREATE POLICY of_no_tenant ON platform_audit_chain TO control_plane USING (current_tenant() IS NULL) WITH CHECK (current_tenant() IS NULL);
ALTER TABLE platform_audit_anchors ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_audit_anchors FORCE ROW LEVEL SECURITY;
CREATE POLICY of_no_tenant ON platform_audit_anchors TO control_plane USING (current_tenant() IS NULL) WITH CHECK (current_tenant() IS NULL);

-- What happened in a tenant and in no run of it; in the tenant's stream it stands among the events of runs.
CREATE TABLE tenant_events (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    event_id    bigint NOT NULL DEFAULT nextval('run_events_event_id_seq'),
    xact        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at          timestamptz NOT NULL,
    type        text NOT NULL CHECK (length(type) BETWEEN 1 AND 64),
    data        jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, xact, event_id)
);
ALTER TABLE tenant_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_events FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tenant_events TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, DELETE ON tenant_events TO undertaker;
CREATE POLICY while_deleted ON tenant_events TO undertaker USING (tenant_id = current_tenant() AND (SELECT is_being_deleted()));

CREATE OR REPLACE FUNCTION tenants_with_events(tenants uuid[], since text[]) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1 .. cardinality(tenants) LOOP
        PERFORM set_config('lockstep.tenant', tenants[place]::text, true);
        IF EXISTS (SELECT FROM run_events WHERE tenant_id = tenants[place] AND xact >= since[place]::xid8
                   AND xact < pg_snapshot_xmin(pg_current_snapshot()))
           OR EXISTS (SELECT FROM tenant_events WHERE tenant_id = tenants[place] AND xact >= since[place]::xid8
                      AND xact < pg_snapshot_xmin(pg_current_snapshot())) THEN
            RETURN NEXT tenants[place];
        END IF;
    END LOOP;
    PERFORM set_config('lockstep.tenant', '', true);
END $$;
GRANT SELECT, INSERT, DELETE ON tenant_events TO control_plane;
GRANT USAGE ON SEQUENCE run_events_event_id_seq TO control_plane;
