ALTER TABLE users ALTER COLUMN subject DROP NOT NULL;
GRANT INSERT ON users TO control_plane;
CREATE POLICY newcomers ON users FOR INSERT TO control_plane WITH CHECK (true);
GRANT INSERT, DELETE, UPDATE (role, role_id, version) ON memberships TO control_plane;

-- A member that is no person: it has keys alone, which members with the permission manage.
CREATE TABLE service_accounts (
    tenant_id   uuid NOT NULL,
    user_id     uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    created_by  uuid REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id),
    UNIQUE (tenant_id, name),
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
);
CREATE INDEX service_accounts_newest ON service_accounts (tenant_id, created_at DESC, user_id DESC);

GRANT SELECT, INSERT ON service_accounts TO control_plane;
ALTER TABLE service_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON service_accounts TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

ALTER TABLE api_keys ADD COLUMN pepper text CHECK (length(pepper) BETWEEN 1 AND 64);
ALTER TABLE api_keys ADD COLUMN permissions text[] CHECK (cardinality(permissions) BETWEEN 1 AND 64);
ALTER TABLE api_keys ADD COLUMN last_used_at timestamptz;
ALTER TABLE api_keys ADD COLUMN previous_hash bytea UNIQUE CHECK (length(previous_hash) = 32);
ALTER TABLE api_keys ADD COLUMN previous_until timestamptz;
ALTER TABLE api_keys ADD COLUMN created_by uuid REFERENCES users;
ALTER TABLE api_keys ADD COLUMN version int NOT NULL DEFAULT 1 CHECK (version >= 1);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_previous CHECK ((previous_hash IS NULL) = (previous_until IS NULL));
CREATE INDEX api_keys_newest ON api_keys (tenant_id, created_at DESC, api_key_id DESC);
CREATE INDEX api_keys_of_user ON api_keys (tenant_id, user_id, created_at DESC, api_key_id DESC);

-- The columns that services of before read keep their names, so that they go on with the new function.
DROP FUNCTION api_key_by_hash(bytea);
-- Of a key's text only the hash arrives, and the tenant is not known yet: these two functions may look across tenants.
GRANT SELECT ON api_keys, memberships, roles, tenants TO key_lookup;
GRANT UPDATE (hash, pepper, last_used_at) ON api_keys TO key_lookup;
CREATE FUNCTION api_key_by_hash(wanted bytea)
    RETURNS TABLE (tenant_id uuid, api_key_id uuid, user_id uuid, scopes text[], expires_at timestamptz, revoked_at timestamptz,
                   hash bytea, until timestamptz, key_permissions text[], role text, role_id uuid, role_name text,
                   permissions text[], suspended_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT k.tenant_id, k.api_key_id, k.user_id, k.scopes, k.expires_at, k.revoked_at, wanted,
               CASE WHEN k.hash <> wanted THEN k.previous_until END, k.permissions, m.role, m.role_id, own.name,
               own.permissions, t.suspended_at
        FROM public.api_keys k JOIN public.memberships m USING (tenant_id, user_id) JOIN public.tenants t USING (tenant_id)
        LEFT JOIN public.roles own ON own.tenant_id = m.tenant_id AND own.role_id = m.role_id
        WHERE k.hash = wanted OR (k.previous_hash = wanted AND k.previous_until > now())';
ALTER FUNCTION api_key_by_hash(bytea) OWNER TO key_lookup;
REVOKE ALL ON FUNCTION api_key_by_hash(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_by_hash(bytea) TO control_plane, llm_gateway;
-- Whoever knows a key may say that it was used, and have it stored under the hash of today's pepper.
CREATE FUNCTION api_key_used(seen bytea, renewed bytea, with_pepper text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'UPDATE public.api_keys k SET last_used_at = now(),
               hash = CASE WHEN k.hash = seen THEN renewed ELSE k.hash END,
               pepper = CASE WHEN k.hash = seen THEN with_pepper ELSE k.pepper END
        WHERE (k.hash = seen OR k.previous_hash = seen)
          AND (k.last_used_at IS NULL OR k.last_used_at < now() - interval ''1 minute''
               OR (k.hash = seen AND k.pepper IS DISTINCT FROM with_pepper))';
ALTER FUNCTION api_key_used(bytea, bytea, text) OWNER TO key_lookup;
REVOKE ALL ON FUNCTION api_key_used(bytea, bytea, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_used(bytea, bytea, text) TO control_plane, llm_gateway;

DROP POLICY every_key ON api_keys;
CREATE POLICY every_key ON api_keys TO key_lookup USING (true) WITH CHECK (true);
CREATE POLICY of_every_key ON memberships FOR SELECT TO key_lookup USING (true);
CREATE POLICY of_every_key ON roles FOR SELECT TO key_lookup USING (true);
CREATE POLICY of_every_key ON tenants FOR SELECT TO key_lookup USING (true);
