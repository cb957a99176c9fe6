-- What unlocks the removal of a tenant's rows has no way back to a tenant that lives, and leaves a mark in the platform's audit.
CREATE OR REPLACE FUNCTION is_being_deleted() RETURNS boolean
    LANGUAGE sql STABLE
    AS 'SELECT EXISTS (SELECT FROM public.tenant_deletions d WHERE d.tenant_id = public.current_tenant() AND d.status = ''running'' AND d.phase IN (''rows'', ''verifying''))';
-- What unlocks the removal has no way back: a deletion goes on to its end, and its tenant never lives again. These functions
-- have the rights of who calls them, who sees no other tenant than the one that they change.
CREATE FUNCTION guard_deletion() RETURNS trigger
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
REVOKE ALL ON FUNCTION guard_deletion() FROM PUBLIC;
CREATE TRIGGER guard_deletion BEFORE UPDATE ON tenant_deletions FOR EACH ROW EXECUTE FUNCTION guard_deletion();
CREATE FUNCTION guard_tenant_that_goes() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    stands text;
BEGIN
    -- the row is locked, so that the deletion does not begin at the same moment
    SELECT d.status INTO stands FROM public.tenant_deletions d WHERE d.tenant_id = NEW.tenant_id FOR SHARE;
    IF stands IN ('running', 'deleted') THEN
        RAISE EXCEPTION 'a tenant whose deletion has begun does not come back' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION guard_tenant_that_goes() FROM PUBLIC;
CREATE TRIGGER guard_tenant_that_goes BEFORE INSERT ON tenants FOR EACH ROW EXECUTE FUNCTION guard_tenant_that_goes();
CREATE TRIGGER guard_tenant_that_is_suspended BEFORE UPDATE OF suspended_at ON tenants FOR EACH ROW
    WHEN (OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL) EXECUTE FUNCTION guard_tenant_that_goes();

-- That rows were unlocked stands in the platform's audit, which no login changes: whoever verifies a tenant's audit asks there.
GRANT INSERT (actor, action, target, detail) ON platform_audit TO undertaker;
CREATE FUNCTION mark_erasing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.platform_audit (actor, action, target, detail)
    VALUES ('system:deletions', 'tenant.erase', NEW.tenant_id::text, jsonb_build_object('deletion_id', NEW.deletion_id));
    RETURN NULL;
END $$;
ALTER FUNCTION mark_erasing() OWNER TO undertaker;
REVOKE ALL ON FUNCTION mark_erasing() FROM PUBLIC;
CREATE TRIGGER mark_erasing AFTER UPDATE ON tenant_deletions FOR EACH ROW
    WHEN (NEW.phase IN ('rows', 'verifying') AND OLD.phase NOT IN ('rows', 'verifying')) EXECUTE FUNCTION mark_erasing();

-- An access of an operator that has ended never begins again.
CREATE FUNCTION guard_ended_access() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'an access that has ended does not change' USING ERRCODE = 'check_violation';
END $$;
REVOKE ALL ON FUNCTION guard_ended_access() FROM PUBLIC;
CREATE TRIGGER guard_ended_access BEFORE UPDATE ON break_glass_accesses FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION guard_ended_access();
-- A REVOKE of a whole table takes grants of its columns too, which the next lines give.
REVOKE INSERT, UPDATE ON tenant_deletions FROM control_plane;
GRANT INSERT (tenant_id, deletion_id, requested_by, requested_at, not_before) ON tenant_deletions TO control_plane;
GRANT UPDATE (deletion_id, status, phase, requested_by, requested_at, not_before, started_at, ended_at, leased_until, removed, waits_for, certificate) ON tenant_deletions TO control_plane;
CREATE POLICY erasings ON platform_audit FOR INSERT TO undertaker WITH CHECK (action = 'tenant.erase');
