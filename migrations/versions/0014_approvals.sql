-- Steps that wait for a person's decision, and the clock of a run that stands meanwhile.
ALTER TABLE steps DROP CONSTRAINT steps_kind_check,
    ADD CONSTRAINT steps_kind_check CHECK (kind IN ('noop', 'tool', 'llm', 'agent', 'approval'));
ALTER TABLE steps DROP CONSTRAINT steps_wait_reason_check,
    ADD CONSTRAINT steps_wait_reason_check CHECK (wait_reason IN ('dependency', 'slot', 'approval'));
ALTER TABLE runs ADD COLUMN awaits_approval boolean NOT NULL DEFAULT false;

-- When a run's time is over: its own by its clock, which may stand, and at the latest at its hard deadline. NULL while it is paused.
CREATE FUNCTION run_deadline(run runs) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN LEAST((run).hard_deadline, (run).clock_since + (run).timeout_seconds * interval '1 second' - (run).clock_used);

-- What steps ask of people. One row a step: one that is asked anew, after its request had ended, gets a higher version.
CREATE TABLE approvals (
    tenant_id   uuid NOT NULL,
    approval_id uuid NOT NULL,
    run_id      uuid NOT NULL,
    step_id     uuid NOT NULL,
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected', 'expired', 'cancelled')),
    message     text NOT NULL CHECK (length(message) BETWEEN 1 AND 32768),
    -- who may decide; without both every member but viewers
    roles       text[] NOT NULL DEFAULT '{}' CHECK (roles <@ ARRAY['owner', 'admin', 'member']),
    users       uuid[] NOT NULL DEFAULT '{}',
    form        jsonb CHECK (jsonb_typeof(form) = 'object'),
    on_expiry   text NOT NULL CHECK (on_expiry IN ('approve', 'reject', 'fail')),
    requested_at timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    decided_by  uuid REFERENCES users,
    comment     text CHECK (length(comment) BETWEEN 1 AND 2000),
    data        jsonb,
    PRIMARY KEY (tenant_id, approval_id),
    UNIQUE (tenant_id, step_id),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, step_id) REFERENCES steps ON DELETE CASCADE,
    CHECK ((status = 'pending') = (ended_at IS NULL)),
    CHECK ((status IN ('approved', 'rejected')) = (decided_by IS NOT NULL)),
    CHECK (decided_by IS NOT NULL OR (comment IS NULL AND data IS NULL))
);
CREATE INDEX approvals_newest ON approvals (tenant_id, requested_at DESC, approval_id DESC);
CREATE INDEX approvals_of_run ON approvals (tenant_id, run_id);
CREATE INDEX approvals_expiring ON approvals (expires_at) WHERE status = 'pending';

GRANT SELECT, UPDATE ON approvals TO control_plane, lambdas;
GRANT SELECT, INSERT, UPDATE ON approvals TO orchestrator;
GRANT SELECT (tenant_id, approval_id, status, expires_at) ON approvals TO sweeper;
ALTER TABLE approvals ENABLE ROW LEVEL SECURITY;
ALTER TABLE approvals FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON approvals TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY sweeper_approvals ON approvals FOR SELECT TO sweeper USING (true);
