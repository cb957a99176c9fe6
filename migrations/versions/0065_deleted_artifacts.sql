-- A tenant that has uploads or has deleted files is swept as well: `retention_sweeps` has a row of it then.
CREATE OR REPLACE FUNCTION tenants_to_sweep(as_of timestamptz, most int) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT t.tenant_id FROM public.tenants t LEFT JOIN public.retention_sweeps s ON s.tenant_id = t.tenant_id
        WHERE (s.tenant_id IS NOT NULL OR t.settings ? ''retention'' OR t.settings -> ''operator_bounds'' ? ''retention'')
          AND (s.leased_until IS NULL OR s.leased_until <= as_of) AND (s.due_at IS NULL OR s.due_at <= as_of)
        ORDER BY s.due_at NULLS FIRST LIMIT most';
-- Uploads that were announced before are looked at once.
INSERT INTO retention_sweeps (tenant_id, due_at)
    SELECT DISTINCT tenant_id, now() FROM artifacts WHERE expired_at IS NULL AND status = 'PENDING'
    ON CONFLICT DO NOTHING;
