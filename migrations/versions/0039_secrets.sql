CREATE TABLE secrets (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    name        text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
    hosts       text[] NOT NULL CHECK (cardinality(hosts) BETWEEN 1 AND 100),
    sealed      text NOT NULL CHECK (length(sealed) <= 32768),
    version     int NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  uuid,
    PRIMARY KEY (tenant_id, name)
);
GRANT SELECT (tenant_id, name, hosts, version, created_at, updated_at, updated_by), INSERT, UPDATE, DELETE ON secrets TO control_plane;
GRANT SELECT (tenant_id, name, hosts, sealed) ON secrets TO orchestrator;
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON secrets TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
