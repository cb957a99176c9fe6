DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'courier') THEN
        CREATE ROLE courier NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO courier;

-- Where a tenant wants to hear of its runs' events. What it has been told stands as a place in the tenant's stream, so that
-- an event is put on its way exactly once, and none is left out while it is paused.
CREATE TABLE webhooks (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    webhook_id  uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    url         text NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
    events      text[] NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 64),
    status      text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'disabled')),
    disabled_reason text,
    -- its secret is derived from the platform's key, its id and this number, and is stored nowhere
    secret_version int NOT NULL DEFAULT 1 CHECK (secret_version >= 1),
    previous_secret_until timestamptz,
    read_xact   bigint NOT NULL,
    read_number bigint NOT NULL,
    -- failures in a row, of all its deliveries; a receiver that is down is tried with one of them at a time
    failures    int NOT NULL DEFAULT 0,
    failing_since timestamptz,
    not_before  timestamptz NOT NULL DEFAULT now(),
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_by  uuid,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, webhook_id),
    CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL))
);
CREATE INDEX webhooks_newest ON webhooks (tenant_id, created_at DESC, webhook_id DESC);

-- One event on its way to one webhook; `body` is the very text that is signed and sent, at each attempt.
CREATE TABLE webhook_deliveries (
    tenant_id   uuid NOT NULL,
    delivery_id uuid NOT NULL,
    webhook_id  uuid NOT NULL,
    event_xact  bigint,
    event_number bigint,
    type        text NOT NULL,
    run_id      uuid,
    body        text NOT NULL,
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts    int NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL DEFAULT now(),
    leased_until timestamptz,
    answer_status int,
    error       text,
    answered_in_ms int,
    created_at  timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz,
    PRIMARY KEY (tenant_id, delivery_id),
    UNIQUE (tenant_id, webhook_id, event_xact, event_number),
    FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (tenant_id, webhook_id, created_at DESC, delivery_id DESC);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks TO control_plane;
GRANT SELECT, INSERT, UPDATE ON webhook_deliveries TO control_plane;

-- Whose webhooks have something to hear or to send is asked for all tenants at once; what it is, is read for each alone.
GRANT SELECT (tenant_id, webhook_id, status, not_before, read_xact, read_number) ON webhooks TO courier;
GRANT SELECT (tenant_id, delivery_id, webhook_id, status, next_at, leased_until, ended_at), DELETE ON webhook_deliveries TO courier;
CREATE FUNCTION webhooks_to_read() RETURNS TABLE (tenant_id uuid, since text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT w.tenant_id, min(CASE WHEN w.read_number = 9223372036854775807 THEN w.read_xact + 1 ELSE w.read_xact END)::text FROM public.webhooks w WHERE w.status = ''active'' GROUP BY w.tenant_id';
CREATE FUNCTION tenants_with_due_deliveries(most int) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT DISTINCT d.tenant_id FROM public.webhook_deliveries d JOIN public.webhooks w ON w.tenant_id = d.tenant_id AND w.webhook_id = d.webhook_id WHERE d.status = ''pending'' AND d.next_at <= now() AND (d.leased_until IS NULL OR d.leased_until < now()) AND w.status = ''active'' AND w.not_before <= now() LIMIT most';
CREATE FUNCTION forget_webhook_deliveries(older_than interval, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'WITH gone AS (DELETE FROM public.webhook_deliveries WHERE (tenant_id, delivery_id) IN (SELECT d.tenant_id, d.delivery_id FROM public.webhook_deliveries d WHERE d.ended_at < now() - older_than LIMIT most) RETURNING 1) SELECT count(*) FROM gone';
ALTER FUNCTION webhooks_to_read() OWNER TO courier;
ALTER FUNCTION tenants_with_due_deliveries(int) OWNER TO courier;
ALTER FUNCTION forget_webhook_deliveries(interval, int) OWNER TO courier;
REVOKE ALL ON FUNCTION webhooks_to_read(), tenants_with_due_deliveries(int), forget_webhook_deliveries(interval, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webhooks_to_read(), tenants_with_due_deliveries(int), forget_webhook_deliveries(interval, int) TO control_plane;

ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON webhooks TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON webhook_deliveries TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY of_every_tenant ON webhooks FOR SELECT TO courier USING (true);
CREATE POLICY of_every_tenant ON webhook_deliveries TO courier USING (true);
