DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

CREATE OR REPLACE FUNCTION api_key_by_hash(wanted bytea)
    RETURNS TABLE (tenant_id uuid, api_key_id uuid, user_id uuid, scopes text[], expires_at timestamptz, revoked_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT k.tenant_id, k.api_key_id, k.user_id, k.scopes, k.expires_at, k.revoked_at FROM public.api_keys k WHERE k.hash = wanted';

CREATE OR REPLACE FUNCTION forget_expired_answers(most int) RETURNS TABLE (object_key text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'DELETE FROM public.llm_replays WHERE (tenant_id, call_key) IN (SELECT tenant_id, call_key FROM public.llm_replays WHERE expires_at < now() LIMIT most) RETURNING object_key';

CREATE TABLE platform_audit (
    audit_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,
    action      text NOT NULL,
    target      text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}',
    trace_id    text
);
GRANT INSERT ON platform_audit TO control_plane;
ALTER TABLE platform_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_audit FORCE ROW LEVEL SECURITY;
CREATE POLICY operators_acts ON platform_audit FOR INSERT TO control_plane WITH CHECK (true);
