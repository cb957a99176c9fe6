DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'undertaker') THEN
        CREATE ROLE undertaker NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO undertaker;

-- What was called is billed, whatever became of the tenant.
ALTER TABLE llm_events DROP CONSTRAINT llm_events_tenant_id_fkey;

CREATE TABLE tenant_exports (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    export_id   uuid NOT NULL,
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'failed', 'expired')),
    requested_by text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- whoever makes it, until when, and how often somebody began
    leased_until timestamptz,
    attempts    int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    ended_at    timestamptz,
    expires_at  timestamptz,
    size        bigint CHECK (size >= 0),
    sha256      bytea CHECK (length(sha256) = 32),
    error       text,
    PRIMARY KEY (tenant_id, export_id),
    CONSTRAINT tenant_exports_ended CHECK ((status = 'pending') = (ended_at IS NULL)),
    CONSTRAINT tenant_exports_made CHECK ((status IN ('ready', 'expired')) = (sha256 IS NOT NULL)
        AND (sha256 IS NULL) = (size IS NULL) AND (sha256 IS NULL) = (expires_at IS NULL)),
    CONSTRAINT tenant_exports_failed CHECK ((status = 'failed') = (error IS NOT NULL))
);
CREATE UNIQUE INDEX tenant_exports_open ON tenant_exports (tenant_id) WHERE status = 'pending';
CREATE INDEX tenant_exports_newest ON tenant_exports (tenant_id, created_at DESC, export_id DESC);
CREATE INDEX tenant_exports_work ON tenant_exports (status) WHERE status IN ('pending', 'ready');

CREATE TABLE tenant_deletions (
    tenant_id   uuid PRIMARY KEY,
    deletion_id uuid NOT NULL UNIQUE,
    status      text NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'running', 'deleted', 'cancelled')),
    phase       text CHECK (phase IN ('stopping', 'objects', 'caches', 'rows', 'verifying')),
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    -- until then it can be cancelled
    not_before  timestamptz NOT NULL,
    started_at  timestamptz,
    ended_at    timestamptz,
    leased_until timestamptz,
    -- how much was removed of what, by name
    removed     jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(removed) = 'object'),
    -- what keeps it from going on, in words
    waits_for   text CHECK (length(waits_for) <= 1000),
    certificate text,
    CONSTRAINT tenant_deletions_phase CHECK ((status = 'running') = (phase IS NOT NULL)),
    CONSTRAINT tenant_deletions_certified CHECK ((status = 'deleted') = (certificate IS NOT NULL))
);
CREATE INDEX tenant_deletions_work ON tenant_deletions (not_before) WHERE status IN ('scheduled', 'running');

-- Which exports and deletions have something to be done is asked for all tenants at once; it is done in each alone.
GRANT SELECT (tenant_id, export_id, status, leased_until, expires_at) ON tenant_exports TO timekeeper;
GRANT SELECT (tenant_id, status, leased_until, not_before) ON tenant_deletions TO timekeeper;
CREATE FUNCTION exports_with_work(as_of timestamptz, most int) RETURNS TABLE (tenant_id uuid, export_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT x.tenant_id, x.export_id FROM public.tenant_exports x
        WHERE (x.leased_until IS NULL OR x.leased_until <= as_of)
          AND (x.status = ''pending'' OR (x.status = ''ready'' AND x.expires_at <= as_of)) LIMIT most';
CREATE FUNCTION deletions_with_work(as_of timestamptz, most int) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT d.tenant_id FROM public.tenant_deletions d
        WHERE d.status IN (''scheduled'', ''running'') AND d.not_before <= as_of
          AND (d.leased_until IS NULL OR d.leased_until <= as_of) LIMIT most';
ALTER FUNCTION exports_with_work(timestamptz, int) OWNER TO timekeeper;
ALTER FUNCTION deletions_with_work(timestamptz, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION exports_with_work(timestamptz, int), deletions_with_work(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exports_with_work(timestamptz, int), deletions_with_work(timestamptz, int) TO control_plane;

-- A certificate is read by whoever knows its id, since nobody belongs to the tenant any more.
GRANT SELECT (deletion_id, certificate) ON tenant_deletions TO registry;
CREATE FUNCTION deletion_certificate(wanted uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT d.certificate FROM public.tenant_deletions d WHERE d.deletion_id = wanted AND d.certificate IS NOT NULL';
ALTER FUNCTION deletion_certificate(uuid) OWNER TO registry;
REVOKE ALL ON FUNCTION deletion_certificate(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deletion_certificate(uuid) TO control_plane;

-- Rows of a tenant are removed, and counted, by these functions alone, and only while its deletion runs: the policies of
-- their owner say so. The ledger and the deletion itself stay.
GRANT SELECT ON tenant_deletions TO undertaker;
CREATE FUNCTION is_being_deleted() RETURNS boolean
    LANGUAGE sql STABLE
    AS 'SELECT EXISTS (SELECT FROM public.tenant_deletions d WHERE d.tenant_id = public.current_tenant() AND d.status = ''running'')';
REVOKE ALL ON FUNCTION is_being_deleted() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_being_deleted() TO undertaker;

CREATE FUNCTION erase_rows(which text, most int) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    EXECUTE format('DELETE FROM public.%I WHERE ctid IN (SELECT ctid FROM public.%I WHERE tenant_id = public.current_tenant() LIMIT $1)', which, which) USING most;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
-- Runs refer to each other, so that they could not go one part after another.
CREATE FUNCTION part_runs(most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parted bigint;
BEGIN
    UPDATE public.runs SET parent_run_id = NULL, parent_step_id = NULL, parent_attempt = NULL, ancestor_run_ids = '{}',
           forked_from_run_id = NULL, forked_from_step = NULL, forked_from_turn = NULL
    WHERE tenant_id = public.current_tenant() AND ctid IN (
        SELECT ctid FROM public.runs WHERE tenant_id = public.current_tenant()
           AND (parent_run_id IS NOT NULL OR forked_from_run_id IS NOT NULL) LIMIT most);
    GET DIAGNOSTICS parted = ROW_COUNT;
    RETURN parted;
END $$;
-- A person who belongs to no other tenant goes with their membership; where something of another tenant names them, their
-- number stays, without subject and address.
CREATE FUNCTION erase_members(most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    member uuid;
    gone bigint := 0;
BEGIN
    FOR member IN DELETE FROM public.memberships WHERE tenant_id = public.current_tenant() AND ctid IN (
            SELECT ctid FROM public.memberships WHERE tenant_id = public.current_tenant() LIMIT most) RETURNING user_id
    LOOP
        gone := gone + 1;
        IF NOT EXISTS (SELECT FROM public.memberships m WHERE m.user_id = member) THEN
            BEGIN
                DELETE FROM public.users u WHERE u.user_id = member;
            EXCEPTION WHEN foreign_key_violation THEN
                UPDATE public.users u SET subject = NULL, email = NULL WHERE u.user_id = member;
            END;
        END IF;
    END LOOP;
    RETURN gone;
END $$;
-- Of every table that has a tenant, those included that nobody has thought of here.
CREATE FUNCTION rows_left() RETURNS TABLE (name text, counted bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    FOR name IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
                WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'tenant_deletions'
                ORDER BY 1
    LOOP
        EXECUTE format('SELECT count(*) FROM public.%I WHERE tenant_id = public.current_tenant()', name) INTO counted;
        RETURN NEXT;
    END LOOP;
END $$;
ALTER FUNCTION erase_rows(text, int) OWNER TO undertaker;
ALTER FUNCTION part_runs(int) OWNER TO undertaker;
ALTER FUNCTION erase_members(int) OWNER TO undertaker;
ALTER FUNCTION rows_left() OWNER TO undertaker;
REVOKE ALL ON FUNCTION erase_rows(text, int), part_runs(int), erase_members(int), rows_left() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_rows(text, int), part_runs(int), erase_members(int), rows_left() TO control_plane;

GRANT SELECT, INSERT, UPDATE ON tenant_exports, tenant_deletions TO control_plane;
-- an export has how lines were served
GRANT SELECT ON lines TO control_plane;

DO $$
DECLARE tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['tenant_exports', 'tenant_deletions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            tenant_table
        );
    END LOOP;
    FOR tenant_table IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
                        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('tenant_deletions', 'llm_events')
    LOOP
        EXECUTE format('GRANT SELECT, DELETE ON %I TO undertaker', tenant_table);
        EXECUTE format('CREATE POLICY while_deleted ON %I TO undertaker USING (tenant_id = current_tenant() AND (SELECT is_being_deleted()))', tenant_table);
    END LOOP;
END $$;
GRANT SELECT ON llm_events TO undertaker;
CREATE POLICY while_deleted ON llm_events FOR SELECT TO undertaker USING (tenant_id = current_tenant() AND (SELECT is_being_deleted()));
GRANT INSERT ON released_parts TO undertaker;
CREATE POLICY released_while_deleted ON released_parts FOR INSERT TO undertaker WITH CHECK (tenant_id = current_tenant());
GRANT UPDATE (parent_run_id, parent_step_id, parent_attempt, ancestor_run_ids, forked_from_run_id, forked_from_step, forked_from_turn) ON runs TO undertaker;
CREATE POLICY of_their_members ON memberships FOR SELECT TO undertaker USING ((SELECT is_being_deleted()));
GRANT SELECT, DELETE, UPDATE (subject, email) ON users TO undertaker;
CREATE POLICY while_deleted ON users TO undertaker USING ((SELECT is_being_deleted()));
CREATE POLICY own_deletion ON tenant_deletions FOR SELECT TO undertaker USING (tenant_id = current_tenant());
CREATE POLICY of_every_tenant ON tenant_exports FOR SELECT TO timekeeper USING (true);
CREATE POLICY of_every_tenant ON tenant_deletions FOR SELECT TO timekeeper USING (true);
CREATE POLICY certificates ON tenant_deletions FOR SELECT TO registry USING (certificate IS NOT NULL);
GRANT SELECT (tenant_id, status) ON tenant_deletions TO reconciler;
CREATE POLICY reconciler_deletions ON tenant_deletions FOR SELECT TO reconciler USING (status IN ('running', 'deleted'));
