CREATE TABLE operator_keyed_calls (
    operator        text NOT NULL CHECK (operator LIKE 'operator:%'),
    idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    request_digest  bytea NOT NULL CHECK (length(request_digest) = 32),
    status          smallint CHECK (status BETWEEN 200 AND 299),
    headers         jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(headers) = 'object'),
    answer          jsonb,
    called_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (operator, idempotency_key)
);
CREATE INDEX operator_keyed_calls_old ON operator_keyed_calls (called_at);

GRANT SELECT, INSERT, DELETE, UPDATE (status, headers, answer) ON operator_keyed_calls TO control_plane;
ALTER TABLE operator_keyed_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE operator_keyed_calls FORCE ROW LEVEL SECURITY;
-- whatever a transaction is for, it sees those of the operator whom it has named
CREATE POLICY own_operator ON operator_keyed_calls TO control_plane USING (operator = current_setting('lockstep.operator', true)) WITH CHECK (operator = current_setting('lockstep.operator', true));
CREATE POLICY of_every_operator ON operator_keyed_calls TO timekeeper USING (true);

GRANT SELECT (operator, idempotency_key, called_at), DELETE ON operator_keyed_calls TO timekeeper;
CREATE FUNCTION forget_operator_keyed_calls(older_than interval, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'WITH gone AS (DELETE FROM public.operator_keyed_calls WHERE (operator, idempotency_key) IN (SELECT c.operator, c.idempotency_key FROM public.operator_keyed_calls c WHERE c.called_at < now() - older_than LIMIT most) RETURNING 1) SELECT count(*) FROM gone';
ALTER FUNCTION forget_operator_keyed_calls(interval, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION forget_operator_keyed_calls(interval, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_operator_keyed_calls(interval, int) TO control_plane;
