-- Where a tenant's tools come from: `api.<name>.<operation>`. One that is out of use keeps its versions, by which the
-- tasks that were made with them go on.
CREATE TABLE tool_sources (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    name        text NOT NULL CHECK (name ~ '^[a-z][a-z0-9]{0,23}$'),
    kind        text NOT NULL CHECK (kind = 'openapi'),
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at  timestamptz NOT NULL DEFAULT now(),
    archived_at timestamptz,
    PRIMARY KEY (tenant_id, name)
);

-- Never updated: no login holds UPDATE on it. The document itself is not kept; `digest` tells two of them apart.
CREATE TABLE tool_source_versions (
    tenant_id   uuid NOT NULL,
    name        text NOT NULL,
    version     int NOT NULL CHECK (version >= 1),
    digest      bytea NOT NULL CHECK (length(digest) = 32),
    left_out    jsonb NOT NULL CHECK (jsonb_typeof(left_out) = 'array'),
    created_by  uuid REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, name, version),
    FOREIGN KEY (tenant_id, name) REFERENCES tool_sources ON DELETE CASCADE
);

CREATE TABLE source_tools (
    tenant_id   uuid NOT NULL,
    name        text NOT NULL,
    version     int NOT NULL,
    tool        text NOT NULL CHECK (tool ~ '^[a-z][a-z0-9_]{0,57}$'),
    definition  jsonb NOT NULL CHECK (jsonb_typeof(definition) = 'object'),
    PRIMARY KEY (tenant_id, name, version, tool),
    FOREIGN KEY (tenant_id, name, version) REFERENCES tool_source_versions ON DELETE CASCADE
);

GRANT SELECT, INSERT, UPDATE ON tool_sources TO control_plane;
GRANT SELECT, INSERT ON tool_source_versions, source_tools TO control_plane;
GRANT SELECT ON source_tools TO orchestrator;
ALTER TABLE tool_sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE tool_sources FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tool_sources TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE tool_source_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE tool_source_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tool_source_versions TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE source_tools ENABLE ROW LEVEL SECURITY;
ALTER TABLE source_tools FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON source_tools TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
