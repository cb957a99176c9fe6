-- Who leaves a tenant has it noted; who belongs to none any more goes with the last, and is locked before that is asked.
ALTER TABLE users ADD COLUMN left_tenant_id uuid;
ALTER TABLE users ADD CONSTRAINT users_left_tenant_id_fkey FOREIGN KEY (left_tenant_id) REFERENCES tenants ON DELETE SET NULL NOT VALID;
-- Who leaves a tenant has it noted, whoever removes them.
GRANT UPDATE (left_tenant_id) ON users TO registry;
CREATE FUNCTION note_leaving() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.users SET left_tenant_id = OLD.tenant_id WHERE user_id = OLD.user_id;
    RETURN NULL;
END $$;
ALTER FUNCTION note_leaving() OWNER TO registry;
REVOKE ALL ON FUNCTION note_leaving() FROM PUBLIC;
CREATE TRIGGER note_leaving AFTER DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION note_leaving();
-- A person who belongs to no other tenant goes with the last that they belonged to, members and who has left alike; where
-- something of another tenant names them, their number stays, without subject and address. Each person is locked before it
-- is asked where they belong, so that who joins another tenant meanwhile has joined it, or does so as somebody new.
CREATE FUNCTION erase_people(most int) RETURNS TABLE (handled bigint, members_gone bigint, invitations_gone bigint, users_gone bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    person uuid;
    gone bigint;
BEGIN
    handled := 0;
    members_gone := 0;
    invitations_gone := 0;
    users_gone := 0;
    UPDATE public.invitations i SET invited_by = NULL WHERE i.tenant_id = public.current_tenant() AND i.invited_by IS NOT NULL;
    FOR person IN SELECT m.user_id FROM public.memberships m WHERE m.tenant_id = public.current_tenant()
                  UNION SELECT i.accepted_by FROM public.invitations i WHERE i.tenant_id = public.current_tenant() AND i.accepted_by IS NOT NULL
                  UNION SELECT u.user_id FROM public.users u WHERE u.left_tenant_id = public.current_tenant()
                        AND NOT EXISTS (SELECT FROM public.memberships m WHERE m.user_id = u.user_id)
                  ORDER BY 1 LIMIT most
    LOOP
        handled := handled + 1;
        PERFORM FROM public.users u WHERE u.user_id = person FOR UPDATE;
        DELETE FROM public.memberships m WHERE m.tenant_id = public.current_tenant() AND m.user_id = person;
        GET DIAGNOSTICS gone = ROW_COUNT;
        members_gone := members_gone + gone;
        DELETE FROM public.invitations i WHERE i.tenant_id = public.current_tenant() AND i.accepted_by = person;
        GET DIAGNOSTICS gone = ROW_COUNT;
        invitations_gone := invitations_gone + gone;
        IF EXISTS (SELECT FROM public.memberships m WHERE m.user_id = person) THEN
            UPDATE public.users u SET left_tenant_id = NULL WHERE u.user_id = person AND u.left_tenant_id = public.current_tenant();
        ELSE
            users_gone := users_gone + 1;
            BEGIN
                DELETE FROM public.users u WHERE u.user_id = person;
            EXCEPTION WHEN foreign_key_violation THEN
                UPDATE public.users u SET subject = NULL, email = NULL, left_tenant_id = NULL WHERE u.user_id = person;
            END;
        END IF;
    END LOOP;
    RETURN NEXT;
END $$;
-- It stays for the version of the service that still calls it.
CREATE OR REPLACE FUNCTION erase_members(most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT handled FROM public.erase_people(most)';
ALTER FUNCTION erase_people(int) OWNER TO undertaker;
REVOKE ALL ON FUNCTION erase_people(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_people(int) TO control_plane;
GRANT UPDATE (left_tenant_id) ON users TO undertaker;
GRANT UPDATE (invited_by) ON invitations TO undertaker;
