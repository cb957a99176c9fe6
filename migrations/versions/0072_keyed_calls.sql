CREATE TABLE keyed_calls (
    tenant_id       uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    request_digest  bytea NOT NULL CHECK (length(request_digest) = 32),
    status          smallint CHECK (status BETWEEN 200 AND 299),
    headers         jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(headers) = 'object'),
    answer          jsonb,
    called_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, idempotency_key)
);
CREATE INDEX keyed_calls_old ON keyed_calls (called_at);

GRANT SELECT, INSERT, DELETE ON keyed_calls TO control_plane;
GRANT UPDATE (status, headers, answer) ON keyed_calls TO control_plane;
ALTER TABLE keyed_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE keyed_calls FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON keyed_calls TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, DELETE ON keyed_calls TO undertaker;
CREATE POLICY while_deleted ON keyed_calls TO undertaker USING (tenant_id = current_tenant() AND (SELECT is_being_deleted()));

GRANT SELECT (tenant_id, idempotency_key, called_at), DELETE ON keyed_calls TO timekeeper;
CREATE POLICY of_every_tenant ON keyed_calls TO timekeeper USING (true);
CREATE FUNCTION forget_keyed_calls(older_than interval, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'WITH gone AS (DELETE FROM public.keyed_calls WHERE (tenant_id, idempotency_key) IN (SELECT c.tenant_id, c.idempotency_key FROM public.keyed_calls c WHERE c.called_at < now() - older_than LIMIT most) RETURNING 1) SELECT count(*) FROM gone';
ALTER FUNCTION forget_keyed_calls(interval, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION forget_keyed_calls(interval, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_keyed_calls(interval, int) TO control_plane;
