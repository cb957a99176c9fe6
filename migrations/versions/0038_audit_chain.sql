ALTER TABLE audit_log ADD COLUMN outcome text NOT NULL DEFAULT 'done' CHECK (outcome IN ('done', 'denied', 'refused', 'failed'));
ALTER TABLE audit_log ADD COLUMN status int CHECK (status BETWEEN 100 AND 599);
ALTER TABLE audit_log ADD COLUMN operation text;
ALTER TABLE audit_log ADD COLUMN request_id text CHECK (length(request_id) <= 64);
ALTER TABLE audit_log ADD COLUMN ip text CHECK (length(ip) <= 64);
ALTER TABLE audit_log ADD COLUMN user_agent text CHECK (length(user_agent) <= 256);
ALTER TABLE audit_log ADD COLUMN xact xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_log_to_seal ON audit_log (tenant_id, xact, audit_id);
CREATE INDEX audit_log_by_xact ON audit_log (xact, tenant_id);
-- of the beginning of a target, because an index takes no long one
CREATE INDEX audit_log_by_target ON audit_log (tenant_id, "left"(target, 128), audit_id);
CREATE INDEX audit_log_by_actor ON audit_log (tenant_id, actor, audit_id);
ALTER TABLE platform_audit ADD COLUMN outcome text NOT NULL DEFAULT 'done' CHECK (outcome IN ('done', 'denied', 'refused', 'failed'));
ALTER TABLE platform_audit ADD COLUMN status int CHECK (status BETWEEN 100 AND 599);
ALTER TABLE platform_audit ADD COLUMN operation text;
ALTER TABLE platform_audit ADD COLUMN request_id text CHECK (length(request_id) <= 64);
ALTER TABLE platform_audit ADD COLUMN ip text CHECK (length(ip) <= 64);
ALTER TABLE platform_audit ADD COLUMN user_agent text CHECK (length(user_agent) <= 256);

CREATE TABLE audit_chain (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    position    bigint NOT NULL CHECK (position >= 1),
    audit_id    bigint NOT NULL,
    xact        xid8 NOT NULL,
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, position),
    UNIQUE (tenant_id, audit_id)
);

CREATE TABLE audit_anchors (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    number      int NOT NULL CHECK (number >= 1),
    position    bigint NOT NULL CHECK (position >= 1),
    anchored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, number)
);

GRANT SELECT, INSERT ON audit_chain, audit_anchors TO control_plane;
ALTER TABLE audit_chain ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_chain FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON audit_chain TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE audit_anchors ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_anchors FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON audit_anchors TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

-- Whose audit has rows that are not sealed, of transactions from this one on; and from which one to ask next time.
GRANT SELECT (tenant_id, xact) ON audit_log TO registry;
CREATE FUNCTION audit_to_seal(since text) RETURNS TABLE (tenant_id uuid, horizon xid8)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT NULL::uuid, pg_snapshot_xmin(pg_current_snapshot())
        UNION ALL
        SELECT DISTINCT a.tenant_id, since::xid8 FROM public.audit_log a
        WHERE a.xact >= since::xid8 AND a.xact < pg_snapshot_xmin(pg_current_snapshot())';
ALTER FUNCTION audit_to_seal(text) OWNER TO registry;
REVOKE ALL ON FUNCTION audit_to_seal(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_to_seal(text) TO control_plane;
-- before each token of somebody who signs in
GRANT EXECUTE ON FUNCTION memberships_of_subject(text) TO lambdas;

CREATE POLICY everybody ON audit_log FOR SELECT TO registry USING (true);
