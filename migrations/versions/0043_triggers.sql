-- What starts runs of a task by a signed call from outside. Its secret is derived, as those of webhooks are.
CREATE TABLE triggers (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    trigger_id  uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    task_id     uuid NOT NULL,
    task_version int CHECK (task_version >= 1),
    input       jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(input) = 'object'),
    -- under which member of the run's input the call's body stands, and the form that it must have
    payload_as  text NOT NULL DEFAULT 'payload' CHECK (length(payload_as) BETWEEN 1 AND 64),
    payload_form jsonb CHECK (jsonb_typeof(payload_form) = 'object'),
    calls_per_minute int NOT NULL DEFAULT 60 CHECK (calls_per_minute BETWEEN 1 AND 600),
    paused      boolean NOT NULL DEFAULT false,
    secret_version int NOT NULL DEFAULT 1 CHECK (secret_version >= 1),
    previous_secret_until timestamptz,
    runs_as     uuid NOT NULL REFERENCES users,
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_by  uuid REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, trigger_id),
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks ON DELETE CASCADE
);
CREATE INDEX triggers_newest ON triggers (tenant_id, created_at DESC, trigger_id DESC);
CREATE INDEX triggers_of_task ON triggers (tenant_id, task_id, created_at DESC, trigger_id DESC);

-- A call that was signed well. The id of its message starts one run; one that was refused may come again under its id.
CREATE TABLE trigger_calls (
    tenant_id   uuid NOT NULL,
    call_id     uuid NOT NULL,
    trigger_id  uuid NOT NULL,
    message_id  text NOT NULL CHECK (length(message_id) BETWEEN 1 AND 128),
    digest      bytea NOT NULL CHECK (length(digest) = 32),
    status      text NOT NULL CHECK (status IN ('started', 'refused')),
    reason      text CHECK (reason IN ('paused', 'payload_refused', 'not_permitted', 'tenant_suspended', 'task_gone', 'task_refused', 'open_runs')),
    detail      text,
    run_id      uuid,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, call_id),
    FOREIGN KEY (tenant_id, trigger_id) REFERENCES triggers ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE,
    CHECK ((status = 'started') = (run_id IS NOT NULL)),
    CHECK ((status = 'refused') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX trigger_calls_once ON trigger_calls (tenant_id, trigger_id, message_id) WHERE run_id IS NOT NULL;
CREATE INDEX trigger_calls_newest ON trigger_calls (tenant_id, trigger_id, received_at DESC, call_id DESC);
CREATE INDEX trigger_calls_of_run ON trigger_calls (tenant_id, run_id) WHERE run_id IS NOT NULL;
CREATE INDEX trigger_calls_old ON trigger_calls (received_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON triggers TO control_plane;
GRANT SELECT, INSERT ON trigger_calls TO control_plane;

-- Calls of triggers are forgotten for all tenants at once, unread.
GRANT SELECT (tenant_id, call_id, received_at), DELETE ON trigger_calls TO timekeeper;
CREATE FUNCTION forget_trigger_calls(older_than interval, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'WITH gone AS (DELETE FROM public.trigger_calls WHERE (tenant_id, call_id) IN (SELECT c.tenant_id, c.call_id FROM public.trigger_calls c WHERE c.received_at < now() - older_than LIMIT most) RETURNING 1) SELECT count(*) FROM gone';
ALTER FUNCTION forget_trigger_calls(interval, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION forget_trigger_calls(interval, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_trigger_calls(interval, int) TO control_plane;

ALTER TABLE triggers ENABLE ROW LEVEL SECURITY;
ALTER TABLE triggers FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON triggers TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE trigger_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE trigger_calls FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON trigger_calls TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY of_every_tenant ON trigger_calls TO timekeeper USING (true);
