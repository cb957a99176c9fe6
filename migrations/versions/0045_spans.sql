DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tracer') THEN
        CREATE ROLE tracer NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO tracer;

-- What was done, when and for how long, in all services: one row a span. A trace may be named by its caller, so that it is one
-- only within its tenant. Nothing that a tenant's models or tools said is in it.
CREATE TABLE spans (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    trace_id    text NOT NULL CHECK (trace_id ~ '^[0-9a-f]{32}$'),
    span_id     text NOT NULL CHECK (span_id ~ '^[0-9a-f]{16}$'),
    parent_span_id text CHECK (parent_span_id ~ '^[0-9a-f]{16}$'),
    run_id      uuid,
    step_id     uuid,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    kind        text NOT NULL CHECK (kind IN ('internal', 'server', 'client', 'producer', 'consumer')),
    service     text NOT NULL CHECK (length(service) BETWEEN 1 AND 64),
    status      text NOT NULL CHECK (status IN ('unset', 'error')),
    started_at  timestamptz NOT NULL,
    duration_us bigint NOT NULL CHECK (duration_us >= 0),
    attributes  jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, trace_id, started_at, span_id)
);
CREATE INDEX spans_old ON spans USING brin (recorded_at);

-- Services tell their spans in batches that span tenants, and what is old is forgotten for all at once, unread.
GRANT SELECT, INSERT, DELETE ON spans TO tracer;
GRANT SELECT (tenant_id) ON tenants TO tracer;
CREATE FUNCTION record_spans(told jsonb) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'WITH new AS (
            INSERT INTO public.spans (tenant_id, trace_id, span_id, parent_span_id, run_id, step_id, name, kind, service, status,
                                      started_at, duration_us, attributes)
            SELECT s.tenant_id, s.trace_id, s.span_id, s.parent_span_id, s.run_id, s.step_id, s.name, s.kind, s.service, s.status,
                   s.started_at, s.duration_us, s.attributes
            FROM jsonb_to_recordset(told) AS s(tenant_id uuid, trace_id text, span_id text, parent_span_id text, run_id uuid,
                 step_id uuid, name text, kind text, service text, status text, started_at timestamptz, duration_us bigint,
                 attributes jsonb)
            JOIN public.tenants t ON t.tenant_id = s.tenant_id
            ON CONFLICT DO NOTHING RETURNING 1)
        SELECT count(*) FROM new';
CREATE FUNCTION forget_spans(older_than interval, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'WITH gone AS (
            DELETE FROM public.spans WHERE (tenant_id, trace_id, started_at, span_id) IN (
                SELECT s.tenant_id, s.trace_id, s.started_at, s.span_id FROM public.spans s
                WHERE s.recorded_at < now() - older_than LIMIT most) RETURNING 1)
        SELECT count(*) FROM gone';
CREATE FUNCTION spans_of_trace(wanted text, after_at timestamptz, after_span text, most int) RETURNS SETOF spans
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT s.* FROM public.tenants t CROSS JOIN LATERAL (
            SELECT o.* FROM public.spans o
            WHERE o.tenant_id = t.tenant_id AND o.trace_id = wanted
              AND (after_at IS NULL OR (o.started_at, o.span_id) > (after_at, after_span))
            ORDER BY o.started_at, o.span_id LIMIT most) s
        ORDER BY s.started_at, s.span_id, s.tenant_id LIMIT most';
ALTER FUNCTION record_spans(jsonb) OWNER TO tracer;
ALTER FUNCTION forget_spans(interval, int) OWNER TO tracer;
ALTER FUNCTION spans_of_trace(text, timestamptz, text, int) OWNER TO tracer;
REVOKE ALL ON FUNCTION record_spans(jsonb), forget_spans(interval, int), spans_of_trace(text, timestamptz, text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_spans(jsonb) TO control_plane, orchestrator, llm_gateway, lambdas;
GRANT EXECUTE ON FUNCTION forget_spans(interval, int), spans_of_trace(text, timestamptz, text, int) TO control_plane;

GRANT SELECT ON spans TO control_plane;
ALTER TABLE spans ENABLE ROW LEVEL SECURITY;
ALTER TABLE spans FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON spans TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY of_every_tenant ON spans TO tracer USING (true) WITH CHECK (true);
CREATE POLICY of_every_tenant ON tenants FOR SELECT TO tracer USING (true);
