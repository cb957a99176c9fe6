-- By which an operator may read what is a tenant's, for some minutes and with a reason that the tenant sees. What was written
-- of it when it was opened never changes, by grant.
CREATE TABLE break_glass_accesses (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    access_id   uuid NOT NULL UNIQUE,
    operator    text NOT NULL CHECK (operator LIKE 'operator:%'),
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    opened_at   timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    ended_by    text,
    PRIMARY KEY (tenant_id, access_id),
    CONSTRAINT break_glass_accesses_bounded CHECK (expires_at > opened_at AND expires_at <= opened_at + interval '4 hours'),
    CONSTRAINT break_glass_accesses_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND ended_at <= expires_at)
);
CREATE INDEX break_glass_accesses_newest ON break_glass_accesses (tenant_id, opened_at DESC, access_id DESC);
-- an operator has one of a tenant at a time
CREATE UNIQUE INDEX break_glass_accesses_open ON break_glass_accesses (tenant_id, operator) WHERE ended_at IS NULL;
CREATE INDEX break_glass_accesses_work ON break_glass_accesses (expires_at) WHERE ended_at IS NULL;

GRANT SELECT, INSERT, UPDATE (ended_at, ended_by) ON break_glass_accesses TO control_plane;
ALTER TABLE break_glass_accesses ENABLE ROW LEVEL SECURITY;
ALTER TABLE break_glass_accesses FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON break_glass_accesses TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, DELETE ON break_glass_accesses TO undertaker;
CREATE POLICY while_deleted ON break_glass_accesses TO undertaker USING (tenant_id = current_tenant() AND (SELECT is_being_deleted()));

-- An access is named by its id, before anybody knows whose it is; which have run out is asked for all tenants at once.
GRANT SELECT ON break_glass_accesses TO registry;
CREATE FUNCTION break_glass_access(wanted uuid) RETURNS SETOF break_glass_accesses
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT * FROM public.break_glass_accesses b WHERE b.access_id = wanted';
CREATE FUNCTION break_glass_accesses_to_end(as_of timestamptz, most int) RETURNS TABLE (tenant_id uuid, access_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT b.tenant_id, b.access_id FROM public.break_glass_accesses b
        WHERE b.ended_at IS NULL AND b.expires_at <= as_of ORDER BY b.expires_at LIMIT most';
ALTER FUNCTION break_glass_access(uuid) OWNER TO registry;
ALTER FUNCTION break_glass_accesses_to_end(timestamptz, int) OWNER TO registry;
REVOKE ALL ON FUNCTION break_glass_access(uuid), break_glass_accesses_to_end(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION break_glass_access(uuid), break_glass_accesses_to_end(timestamptz, int) TO control_plane;
CREATE POLICY everybody ON break_glass_accesses FOR SELECT TO registry USING (true);
