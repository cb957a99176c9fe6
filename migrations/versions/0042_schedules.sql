DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'timekeeper') THEN
        CREATE ROLE timekeeper NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO timekeeper;

-- What starts runs of a task by the clock. `next_at` is the truth about when: what wakes us only has us look at it. A row that
-- was deleted stays until its clock knows.
CREATE TABLE schedules (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    schedule_id uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    task_id     uuid NOT NULL,
    -- NULL for the newest at the time of each firing
    task_version int CHECK (task_version >= 1),
    input       jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(input) = 'object'),
    cron        text CHECK (length(cron) BETWEEN 1 AND 256),
    every_seconds int CHECK (every_seconds BETWEEN 60 AND 31536000 AND every_seconds % 60 = 0),
    at          timestamptz,
    -- from where every_seconds counts
    anchor      timestamptz NOT NULL DEFAULT now(),
    time_zone   text NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 64),
    overlap     text NOT NULL DEFAULT 'skip' CHECK (overlap IN ('skip', 'queue', 'allow')),
    catch_up    text NOT NULL DEFAULT 'latest' CHECK (catch_up IN ('none', 'latest', 'all')),
    jitter_seconds int NOT NULL DEFAULT 0 CHECK (jitter_seconds BETWEEN 0 AND 3600),
    paused      boolean NOT NULL DEFAULT false,
    -- the member with whose rights its runs start: whoever changed it last
    runs_as     uuid NOT NULL REFERENCES users,
    next_at     timestamptz,
    -- in a row: runs that did not complete, and firings that could not start one for a reason that somebody has to mend
    failures    int NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since timestamptz,
    -- what the clock outside should know, and what it was told last
    clock_revision int NOT NULL DEFAULT 1,
    clock_applied int NOT NULL DEFAULT 0,
    clock_leased_until timestamptz,
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_by  uuid REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    PRIMARY KEY (tenant_id, schedule_id),
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks ON DELETE CASCADE,
    CONSTRAINT schedules_one_timing CHECK (num_nonnulls(cron, every_seconds, at) = 1),
    CONSTRAINT schedules_stands_still CHECK (next_at IS NULL OR (NOT paused AND deleted_at IS NULL)),
    CHECK ((failures = 0) = (failing_since IS NULL))
);
CREATE INDEX schedules_newest ON schedules (tenant_id, created_at DESC, schedule_id DESC) WHERE deleted_at IS NULL;
CREATE INDEX schedules_of_task ON schedules (tenant_id, task_id, created_at DESC, schedule_id DESC) WHERE deleted_at IS NULL;
CREATE INDEX schedules_due ON schedules (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX schedules_to_tell ON schedules (tenant_id, schedule_id) WHERE clock_applied < clock_revision;
CREATE INDEX schedules_deleted ON schedules (deleted_at) WHERE deleted_at IS NOT NULL;

-- One firing of a schedule. Its time is its key, so that it is there once whoever sees it first, and however often.
CREATE TABLE schedule_firings (
    tenant_id   uuid NOT NULL,
    schedule_id uuid NOT NULL,
    fires_at    timestamptz NOT NULL,
    status      text NOT NULL CHECK (status IN ('waiting', 'started', 'skipped')),
    reason      text CHECK (reason IN ('overlap', 'queue_full', 'paused', 'deleted', 'missed', 'budget', 'not_permitted', 'tenant_suspended', 'task_gone', 'task_refused', 'open_runs')),
    detail      text,
    -- when it may start its run, jitter included; NULL while it stands behind an open run
    starts_at   timestamptz,
    run_id      uuid,
    -- how its run ended, once that has been seen
    run_status  text CHECK (run_status IN ('COMPLETED', 'FAILED', 'BUDGET_EXCEEDED', 'CANCELLED', 'TIMED_OUT')),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    decided_at  timestamptz,
    PRIMARY KEY (tenant_id, schedule_id, fires_at),
    FOREIGN KEY (tenant_id, schedule_id) REFERENCES schedules ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE,
    CHECK ((status = 'started') = (run_id IS NOT NULL)),
    CHECK ((status = 'skipped') = (reason IS NOT NULL)),
    CHECK ((status = 'waiting') = (decided_at IS NULL)),
    CHECK (run_status IS NULL OR run_id IS NOT NULL)
);
CREATE INDEX schedule_firings_waiting ON schedule_firings (starts_at) WHERE status = 'waiting';
CREATE INDEX schedule_firings_open ON schedule_firings (tenant_id, schedule_id, fires_at) WHERE run_id IS NOT NULL AND run_status IS NULL;
CREATE INDEX schedule_firings_of_run ON schedule_firings (tenant_id, run_id) WHERE run_id IS NOT NULL;
CREATE INDEX schedule_firings_old ON schedule_firings (decided_at) WHERE decided_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON schedules, schedule_firings TO control_plane;

-- Which schedules have something to be done is asked for all tenants at once; it is done for each in its tenant alone.
GRANT SELECT (tenant_id, schedule_id, next_at, deleted_at, clock_revision, clock_applied, clock_leased_until) ON schedules TO timekeeper;
GRANT SELECT (tenant_id, schedule_id, fires_at, status, starts_at, run_id, run_status, decided_at) ON schedule_firings TO timekeeper;
GRANT SELECT (tenant_id, run_id, ended_at) ON runs TO timekeeper;
GRANT DELETE ON schedules, schedule_firings TO timekeeper;
CREATE FUNCTION schedules_with_work(as_of timestamptz, due_since timestamptz, most int) RETURNS TABLE (tenant_id uuid, schedule_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT w.tenant_id, w.schedule_id FROM (
            SELECT s.tenant_id, s.schedule_id FROM public.schedules s WHERE s.next_at <= due_since
            UNION
            SELECT f.tenant_id, f.schedule_id FROM public.schedule_firings f WHERE f.status = ''waiting'' AND f.starts_at <= as_of
            UNION
            SELECT f.tenant_id, f.schedule_id FROM public.schedule_firings f
            JOIN public.runs r ON r.tenant_id = f.tenant_id AND r.run_id = f.run_id
            WHERE f.run_id IS NOT NULL AND f.run_status IS NULL AND r.ended_at IS NOT NULL) w
        LIMIT most';
CREATE FUNCTION schedules_to_tell(as_of timestamptz, most int) RETURNS TABLE (tenant_id uuid, schedule_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT s.tenant_id, s.schedule_id FROM public.schedules s
        WHERE s.clock_applied < s.clock_revision AND (s.clock_leased_until IS NULL OR s.clock_leased_until < as_of) LIMIT most';
CREATE FUNCTION forget_schedule_firings(older_than interval, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'WITH gone AS (
            DELETE FROM public.schedule_firings WHERE (tenant_id, schedule_id, fires_at) IN (
                SELECT f.tenant_id, f.schedule_id, f.fires_at FROM public.schedule_firings f
                WHERE f.decided_at < now() - older_than AND (f.run_id IS NULL OR f.run_status IS NOT NULL) LIMIT most) RETURNING 1),
        deleted AS (
            DELETE FROM public.schedules WHERE (tenant_id, schedule_id) IN (
                SELECT s.tenant_id, s.schedule_id FROM public.schedules s WHERE s.deleted_at < now() - older_than LIMIT most) RETURNING 1)
        SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM deleted)';
ALTER FUNCTION schedules_with_work(timestamptz, timestamptz, int) OWNER TO timekeeper;
ALTER FUNCTION schedules_to_tell(timestamptz, int) OWNER TO timekeeper;
ALTER FUNCTION forget_schedule_firings(interval, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION schedules_with_work(timestamptz, timestamptz, int), schedules_to_tell(timestamptz, int), forget_schedule_firings(interval, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION schedules_with_work(timestamptz, timestamptz, int), schedules_to_tell(timestamptz, int), forget_schedule_firings(interval, int) TO control_plane;

ALTER TABLE schedules ENABLE ROW LEVEL SECURITY;
ALTER TABLE schedules FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON schedules TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE schedule_firings ENABLE ROW LEVEL SECURITY;
ALTER TABLE schedule_firings FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON schedule_firings TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY of_every_tenant ON schedules TO timekeeper USING (true);
CREATE POLICY of_every_tenant ON schedule_firings TO timekeeper USING (true);
CREATE POLICY of_every_tenant ON runs FOR SELECT TO timekeeper USING (true);
