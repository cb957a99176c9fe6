-- What operators see of all tenants' dead letters and lines: ids, codes and numbers, and no word of a tenant.
GRANT SELECT (tenant_id, dead_letter_id, run_id, step_id, cause, attempts, receive_count, died_at, status, ended_at) ON dead_letters TO registry;
GRANT SELECT (tenant_id, status, kind, lease_expires_at, wait_reason, waiting_since) ON steps TO registry;
CREATE FUNCTION dead_letters_in_order(after_at timestamptz, after_id uuid, of_tenant uuid, with_cause text, with_status text, most int, newest_first boolean)
    RETURNS TABLE (tenant_id uuid, dead_letter_id uuid, run_id uuid, step_id uuid, cause text, attempts int, receive_count int,
                   died_at timestamptz, status text, ended_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS '(SELECT d.tenant_id, d.dead_letter_id, d.run_id, d.step_id, d.cause, d.attempts, d.receive_count, d.died_at, d.status, d.ended_at
         FROM public.dead_letters d
         WHERE newest_first AND (after_at IS NULL OR (d.died_at, d.dead_letter_id) < (after_at, after_id))
           AND (of_tenant IS NULL OR d.tenant_id = of_tenant) AND (with_cause IS NULL OR d.cause = with_cause)
           AND (with_status IS NULL OR d.status = with_status)
         ORDER BY d.died_at DESC, d.dead_letter_id DESC LIMIT most)
        UNION ALL
        (SELECT d.tenant_id, d.dead_letter_id, d.run_id, d.step_id, d.cause, d.attempts, d.receive_count, d.died_at, d.status, d.ended_at
         FROM public.dead_letters d
         WHERE NOT newest_first AND (after_at IS NULL OR (d.died_at, d.dead_letter_id) > (after_at, after_id))
           AND (of_tenant IS NULL OR d.tenant_id = of_tenant) AND (with_cause IS NULL OR d.cause = with_cause)
           AND (with_status IS NULL OR d.status = with_status)
         ORDER BY d.died_at, d.dead_letter_id LIMIT most)';
CREATE FUNCTION dead_letter_of_a_tenant(wanted uuid)
    RETURNS TABLE (tenant_id uuid, dead_letter_id uuid, run_id uuid, step_id uuid, cause text, attempts int, receive_count int,
                   died_at timestamptz, status text, ended_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT d.tenant_id, d.dead_letter_id, d.run_id, d.step_id, d.cause, d.attempts, d.receive_count, d.died_at, d.status, d.ended_at
        FROM public.tenants t JOIN public.dead_letters d ON d.tenant_id = t.tenant_id AND d.dead_letter_id = wanted';
-- A step that runs is a row with a lease, and one that waits stands in the index of its line: both are few.
CREATE FUNCTION tenants_in_line(after_id uuid, of_tenant uuid, most int, descending boolean)
    RETURNS TABLE (tenant_id uuid, running int, waiting_for_slots int, waiting_for_resources int, waiting_since timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT found.tenant_id, sum(found.running)::int, sum(found.slots)::int, sum(found.resources)::int, min(found.since)
        FROM (SELECT s.tenant_id, 1 AS running, 0 AS slots, 0 AS resources, NULL::timestamptz AS since
              FROM public.steps s
              WHERE s.status = ''RUNNING'' AND s.lease_expires_at > ''-infinity'' AND s.kind NOT IN (''approval'', ''run'')
              UNION ALL
              SELECT w.tenant_id, 0, (w.wait_reason = ''slot'')::int, (w.wait_reason = ''resource'')::int, w.waiting_since
              FROM public.steps w
              WHERE w.status = ''WAITING'' AND w.wait_reason IN (''slot'', ''resource'')) found
        WHERE (of_tenant IS NULL OR found.tenant_id = of_tenant)
          AND (after_id IS NULL OR CASE WHEN descending THEN found.tenant_id < after_id ELSE found.tenant_id > after_id END)
        GROUP BY found.tenant_id
        ORDER BY CASE WHEN descending THEN found.tenant_id END DESC, found.tenant_id LIMIT most';
ALTER FUNCTION dead_letters_in_order(timestamptz, uuid, uuid, text, text, int, boolean) OWNER TO registry;
ALTER FUNCTION dead_letter_of_a_tenant(uuid) OWNER TO registry;
ALTER FUNCTION tenants_in_line(uuid, uuid, int, boolean) OWNER TO registry;
REVOKE ALL ON FUNCTION dead_letters_in_order(timestamptz, uuid, uuid, text, text, int, boolean), dead_letter_of_a_tenant(uuid), tenants_in_line(uuid, uuid, int, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dead_letters_in_order(timestamptz, uuid, uuid, text, text, int, boolean), dead_letter_of_a_tenant(uuid), tenants_in_line(uuid, uuid, int, boolean) TO control_plane;
CREATE POLICY everybody ON dead_letters FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON steps FOR SELECT TO registry USING (true);
