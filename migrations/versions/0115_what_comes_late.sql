-- What is done is looked at again: a form or a process of before may have written since.
ALTER TABLE tenant_deletions ADD COLUMN look_at timestamptz;
GRANT SELECT (look_at) ON tenant_deletions TO timekeeper;
GRANT UPDATE (look_at) ON tenant_deletions TO control_plane;
CREATE FUNCTION deletions_to_look_at(as_of timestamptz, most int) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT d.tenant_id FROM public.tenant_deletions d WHERE d.status = ''deleted'' AND d.look_at <= as_of ORDER BY d.look_at LIMIT most';
ALTER FUNCTION deletions_to_look_at(timestamptz, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION deletions_to_look_at(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deletions_to_look_at(timestamptz, int) TO control_plane;
CREATE OR REPLACE FUNCTION note_leaving() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- One that goes with its members is left by nobody.
    UPDATE public.users SET left_tenant_id = OLD.tenant_id
    WHERE user_id = OLD.user_id AND EXISTS (SELECT FROM public.tenants t WHERE t.tenant_id = OLD.tenant_id);
    RETURN NULL;
END $$;
-- When it is looked at again may change of one that is done, and nothing else.
CREATE OR REPLACE FUNCTION guard_deletion() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    phases constant text[] := ARRAY['stopping', 'objects', 'caches', 'rows', 'verifying'];
    lives constant boolean := EXISTS (SELECT FROM public.tenants t WHERE t.tenant_id = OLD.tenant_id);
    may_be boolean;
BEGIN
    may_be := CASE OLD.status
        WHEN 'cancelled' THEN NEW.status IN ('cancelled', 'scheduled')
        -- the clock of who begins it may be ahead
        WHEN 'scheduled' THEN NEW.status IN ('scheduled', 'cancelled')
            OR (NEW.status = 'running' AND NEW.phase = 'stopping' AND OLD.not_before <= now() + interval '1 minute')
        WHEN 'running' THEN (NEW.status = 'deleted' AND OLD.phase = 'verifying' AND NOT lives)
            OR (NEW.status = 'running' AND (array_position(phases, NEW.phase) >= array_position(phases, OLD.phase)
                                            OR (OLD.phase = 'verifying' AND NEW.phase = 'objects')))
        -- when it is looked at again is all that changes of one that is done
        WHEN 'deleted' THEN to_jsonb(NEW) - 'look_at' = to_jsonb(OLD) - 'look_at'
        ELSE false END;
    IF may_be IS NOT TRUE THEN
        RAISE EXCEPTION 'the deletion of a tenant goes from % % to no % %', OLD.status, OLD.phase, NEW.status, NEW.phase
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status <> 'cancelled' AND (NEW.tenant_id, NEW.deletion_id, NEW.requested_by, NEW.requested_at, NEW.not_before)
           IS DISTINCT FROM (OLD.tenant_id, OLD.deletion_id, OLD.requested_by, OLD.requested_at, OLD.not_before) THEN
        RAISE EXCEPTION 'what was asked for of a deletion does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.phase <> 'stopping' AND EXISTS (SELECT FROM public.tenants t WHERE t.tenant_id = OLD.tenant_id AND t.suspended_at IS NULL) THEN
        RAISE EXCEPTION 'nothing is removed of a tenant that is not suspended' USING ERRCODE = 'check_violation';
    END IF;
    -- whoever leased it for ever would keep it from its end
    IF NEW.leased_until > now() + interval '1 day' THEN
        RAISE EXCEPTION 'nobody has a deletion for longer than a day' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
