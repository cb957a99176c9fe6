-- `every_tenant`, which lists the newest first alone, stays for the version of the service that still calls it.
CREATE OR REPLACE FUNCTION tenants_in_order(after_at timestamptz, after_id uuid, named text, suspended boolean, most int, newest_first boolean)
    RETURNS TABLE (tenant_id uuid, name text, time_zone text, contact_email text, created_at timestamptz, suspended_at timestamptz,
                   suspended_reason text, version int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS '(SELECT t.tenant_id, t.name, t.time_zone, t.contact_email, t.created_at, t.suspended_at, t.suspended_reason, t.version
         FROM public.tenants t
         WHERE newest_first AND (after_at IS NULL OR (t.created_at, t.tenant_id) < (after_at, after_id))
           AND (named IS NULL OR t.name = named)
           AND (suspended IS NULL OR (t.suspended_at IS NOT NULL) = suspended)
         ORDER BY t.created_at DESC, t.tenant_id DESC LIMIT most)
        UNION ALL
        (SELECT t.tenant_id, t.name, t.time_zone, t.contact_email, t.created_at, t.suspended_at, t.suspended_reason, t.version
         FROM public.tenants t
         WHERE NOT newest_first AND (after_at IS NULL OR (t.created_at, t.tenant_id) > (after_at, after_id))
           AND (named IS NULL OR t.name = named)
           AND (suspended IS NULL OR (t.suspended_at IS NOT NULL) = suspended)
         ORDER BY t.created_at, t.tenant_id LIMIT most)';
ALTER FUNCTION tenants_in_order(timestamptz, uuid, text, boolean, int, boolean) OWNER TO registry;
REVOKE ALL ON FUNCTION tenants_in_order(timestamptz, uuid, text, boolean, int, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_in_order(timestamptz, uuid, text, boolean, int, boolean) TO control_plane;
