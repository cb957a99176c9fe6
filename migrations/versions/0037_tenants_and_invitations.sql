DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry') THEN
        CREATE ROLE registry NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO registry;

-- A name tells nobody whether another tenant has it.
ALTER TABLE tenants DROP CONSTRAINT tenants_name_key;
ALTER TABLE tenants ADD COLUMN contact_email text CHECK (length(contact_email) <= 254);
ALTER TABLE tenants ADD COLUMN suspended_reason text CHECK (length(suspended_reason) <= 500);
ALTER TABLE tenants ADD COLUMN version int NOT NULL DEFAULT 1 CHECK (version >= 1);
CREATE INDEX tenants_newest ON tenants (created_at DESC, tenant_id DESC);
ALTER TABLE users ADD COLUMN active_tenant_id uuid REFERENCES tenants ON DELETE SET NULL;
CREATE INDEX memberships_newest ON memberships (tenant_id, created_at DESC, user_id DESC);

-- Of an invitation's token only the SHA-256 is kept; NULL invited it: an operator of the platform.
CREATE TABLE invitations (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    invitation_id uuid NOT NULL,
    email       text NOT NULL CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(email)),
    role        text CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    role_id     uuid,
    digest      bytea NOT NULL CHECK (length(digest) = 32),
    invited_by  uuid REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by uuid REFERENCES users,
    revoked_at  timestamptz,
    PRIMARY KEY (tenant_id, invitation_id),
    UNIQUE (tenant_id, digest),
    CONSTRAINT invitations_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES roles,
    CONSTRAINT invitations_one_role CHECK (num_nonnulls(role, role_id) = 1),
    CONSTRAINT invitations_one_end CHECK (num_nonnulls(accepted_at, revoked_at) <= 1),
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL))
);
CREATE UNIQUE INDEX invitations_open ON invitations (tenant_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_newest ON invitations (tenant_id, created_at DESC, invitation_id DESC);
CREATE INDEX invitations_of_role ON invitations (tenant_id, role_id) WHERE role_id IS NOT NULL;

-- Who somebody is, and where they belong, is asked before a tenant is known; and operators list all tenants.
GRANT SELECT ON tenants, memberships, roles, users TO registry;
GRANT INSERT (user_id, subject, email), UPDATE (email) ON users TO registry;
CREATE FUNCTION user_of_subject(wanted text, fresh uuid, verified text) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'INSERT INTO public.users AS u (user_id, subject, email) VALUES (fresh, wanted, verified)
        ON CONFLICT (subject) DO UPDATE SET email = EXCLUDED.email RETURNING u.user_id';
CREATE FUNCTION memberships_of_subject(wanted text)
    RETURNS TABLE (user_id uuid, email text, tenant_id uuid, tenant_name text, suspended_at timestamptz, role text, role_id uuid,
                   role_name text, permissions text[], is_active boolean, created_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT u.user_id, u.email, m.tenant_id, t.name, t.suspended_at, m.role, m.role_id, own.name, own.permissions,
               m.tenant_id = (SELECT a.tenant_id FROM public.memberships a JOIN public.tenants o USING (tenant_id)
                              WHERE a.user_id = u.user_id
                              ORDER BY o.suspended_at IS NULL DESC, a.tenant_id = u.active_tenant_id DESC NULLS LAST, a.created_at, a.tenant_id
                              LIMIT 1),
               m.created_at
        FROM public.users u JOIN public.memberships m USING (user_id) JOIN public.tenants t USING (tenant_id)
        LEFT JOIN public.roles own ON own.tenant_id = m.tenant_id AND own.role_id = m.role_id
        WHERE u.subject = wanted ORDER BY t.name, m.tenant_id';
CREATE FUNCTION every_tenant(after_at timestamptz, after_id uuid, named text, suspended boolean, most int)
    RETURNS TABLE (tenant_id uuid, name text, time_zone text, contact_email text, created_at timestamptz, suspended_at timestamptz,
                   suspended_reason text, version int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT t.tenant_id, t.name, t.time_zone, t.contact_email, t.created_at, t.suspended_at, t.suspended_reason, t.version
        FROM public.tenants t
        WHERE (after_at IS NULL OR (t.created_at, t.tenant_id) < (after_at, after_id))
          AND (named IS NULL OR t.name = named)
          AND (suspended IS NULL OR (t.suspended_at IS NOT NULL) = suspended)
        ORDER BY t.created_at DESC, t.tenant_id DESC LIMIT most';
ALTER FUNCTION user_of_subject(text, uuid, text) OWNER TO registry;
ALTER FUNCTION memberships_of_subject(text) OWNER TO registry;
ALTER FUNCTION every_tenant(timestamptz, uuid, text, boolean, int) OWNER TO registry;
REVOKE ALL ON FUNCTION user_of_subject(text, uuid, text), memberships_of_subject(text),
    every_tenant(timestamptz, uuid, text, boolean, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION user_of_subject(text, uuid, text), memberships_of_subject(text),
    every_tenant(timestamptz, uuid, text, boolean, int) TO control_plane;

GRANT SELECT, INSERT, DELETE, UPDATE (accepted_at, accepted_by, revoked_at) ON invitations TO control_plane;
GRANT INSERT (tenant_id, name, time_zone, contact_email) ON tenants TO control_plane;
GRANT UPDATE (name, time_zone, contact_email, suspended_at, suspended_reason, version) ON tenants TO control_plane;
GRANT UPDATE (active_tenant_id) ON users TO control_plane;
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON invitations TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY choosing ON users FOR UPDATE TO control_plane
    USING (EXISTS (SELECT FROM memberships m WHERE m.user_id = users.user_id AND m.tenant_id = current_tenant()));
CREATE POLICY everybody ON users TO registry USING (true) WITH CHECK (true);
CREATE POLICY everybody ON memberships FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON roles FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON tenants FOR SELECT TO registry USING (true);
