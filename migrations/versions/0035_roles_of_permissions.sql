-- A role that a tenant has made of permissions; the built-in ones stand in the code.
CREATE TABLE roles (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    role_id     uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 64 AND lower(name) NOT IN ('owner', 'admin', 'member', 'viewer')),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    permissions text[] NOT NULL CHECK (cardinality(permissions) BETWEEN 1 AND 64),
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, role_id),
    UNIQUE (tenant_id, name)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON roles TO control_plane;
ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE roles FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON roles TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE memberships ALTER COLUMN role DROP NOT NULL;
ALTER TABLE memberships ADD COLUMN role_id uuid;
ALTER TABLE memberships ADD COLUMN version int NOT NULL DEFAULT 1 CHECK (version >= 1);
ALTER TABLE memberships ADD CONSTRAINT memberships_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES roles;
ALTER TABLE memberships ADD CONSTRAINT memberships_one_role CHECK (num_nonnulls(role, role_id) = 1);
CREATE INDEX memberships_of_role ON memberships (tenant_id, role_id) WHERE role_id IS NOT NULL;
