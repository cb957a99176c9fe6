-- The database of Lockstep, readable from top to bottom.
--
--   1  roles                 one login per service, each with only its grants
--   2  people                tenants, users, memberships, api_keys
--   3  definitions           tasks and their immutable versions
--   4  execution             runs, steps, their lines, what they need, turns, approvals, run_events
--   5  delivery              outbox, dead_letters, unreadable_messages
--   6  memory of a step      message_parts, checkpoints
--   7  money                 budgets, budget_warnings, llm_events, llm_replays, provider_usage
--   8  tools and artifacts   tool_events, artifacts
--   9  audit
--  10  grants and row-level security
--
-- Money is in nano-dollars, times are timestamptz in UTC, every tenant table's keys start with tenant_id.
-- The logins exist before this file runs (they carry passwords, so the deployment makes them); the DO block
-- only makes missing ones, without a password, so that the file stands alone.

CREATE EXTENSION IF NOT EXISTS vector;

-- 1  roles -----------------------------------------------------------------------------------------------------------

DO $$
DECLARE login text;
BEGIN
    FOREACH login IN ARRAY ARRAY['control_plane', 'orchestrator', 'llm_gateway', 'lambdas', 'relay', 'sweeper', 'recorder', 'reconciler'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', login);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'key_lookup') THEN
        CREATE ROLE key_lookup NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'answer_expiry') THEN
        CREATE ROLE answer_expiry NOLOGIN;
    END IF;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO control_plane, orchestrator, llm_gateway, lambdas, relay, sweeper, recorder, reconciler, key_lookup, answer_expiry;

-- No login makes temporary objects: one with a table's name would stand before that table for whoever names no schema.
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

-- Nobody makes large objects: they belong to no table and no tenant, and nothing ever removes them.
DO $$
DECLARE
    called regprocedure;
BEGIN
    FOR called IN
        SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND (p.proname LIKE 'lo\_%' OR p.proname IN ('loread', 'lowrite'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', called);
    END LOOP;
END $$;

-- The tenant of this transaction; NULL when none is set, and NULL equals nothing.
CREATE FUNCTION current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('lockstep.tenant', true), '')::uuid;

-- 2  people ----------------------------------------------------------------------------------------------------------

CREATE TABLE tenants (
    tenant_id   uuid PRIMARY KEY,
    name        text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 120),
    time_zone   text NOT NULL DEFAULT 'UTC',
    settings    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    created_at  timestamptz NOT NULL DEFAULT now(),
    suspended_at timestamptz,
    -- part of the key of the tenant's stored answers: once the row is gone nobody can read them, wherever copies lie
    replay_salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) CHECK (length(replay_salt) >= 16)
);

-- A person, known by the identity provider's subject; belongs to tenants through memberships.
CREATE TABLE users (
    user_id     uuid PRIMARY KEY,
    subject     text NOT NULL UNIQUE CHECK (length(subject) BETWEEN 1 AND 255),
    email       text,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE memberships (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role        text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX memberships_of_user ON memberships (user_id);

-- A tenant's key is known by the SHA-256 of its text only.
CREATE TABLE api_keys (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    api_key_id  uuid NOT NULL,
    user_id     uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    hash        bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    hint        text NOT NULL CHECK (length(hint) <= 16),
    scopes      text[] NOT NULL CHECK (scopes <@ ARRAY['gateway', 'api'] AND cardinality(scopes) > 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    revoked_at  timestamptz,
    PRIMARY KEY (tenant_id, api_key_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
);

-- 3  definitions -----------------------------------------------------------------------------------------------------

CREATE TABLE tasks (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    task_id     uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    archived_at timestamptz,
    PRIMARY KEY (tenant_id, task_id)
);
CREATE UNIQUE INDEX tasks_live_name ON tasks (tenant_id, name) WHERE archived_at IS NULL;
CREATE INDEX tasks_newest ON tasks (tenant_id, created_at DESC, task_id DESC);

-- Never updated: no login holds UPDATE on it.
CREATE TABLE task_versions (
    tenant_id   uuid NOT NULL,
    task_id     uuid NOT NULL,
    version     int NOT NULL CHECK (version >= 1),
    definition  jsonb NOT NULL CHECK (jsonb_typeof(definition) = 'object'),
    -- the fewest turns a dispatch must take for the worst case to fit one execution's history
    turns_per_dispatch int NOT NULL DEFAULT 1 CHECK (turns_per_dispatch >= 1),
    created_by  uuid REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, task_id, version),
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks ON DELETE CASCADE
);

-- 4  execution -------------------------------------------------------------------------------------------------------

CREATE TABLE runs (
    tenant_id       uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    run_id          uuid NOT NULL,
    task_id         uuid NOT NULL,
    task_version    int NOT NULL,
    status          text NOT NULL DEFAULT 'PENDING'
                    CHECK (status IN ('PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'BUDGET_EXCEEDED', 'CANCELLED', 'TIMED_OUT')),
    generation      int NOT NULL DEFAULT 1 CHECK (generation >= 1),
    version         int NOT NULL DEFAULT 1,
    input           jsonb NOT NULL DEFAULT '{}',
    output          jsonb,
    error           jsonb,
    -- the first terminal cause; never replaced, so the first one wins
    stop_cause      text CHECK (stop_cause IN ('CANCELLED', 'TIMED_OUT', 'BUDGET_EXCEEDED', 'FAILED')),
    pause_reason    text CHECK (pause_reason IN ('user', 'budget', 'parent')),
    budget_tokens   bigint CHECK (budget_tokens BETWEEN 0 AND 9000000000000000),
    budget_nano_usd bigint CHECK (budget_nano_usd BETWEEN 0 AND 9000000000000000),
    idempotency_key text CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    request_digest  bytea,
    last_seq        bigint NOT NULL DEFAULT 0,
    -- the highest transaction that has appended an event
    last_xact       xid8 NOT NULL DEFAULT pg_current_xact_id(),
    -- the run's clock: what earlier generations used of it, and since when it runs now (NULL while it stands)
    timeout_seconds int NOT NULL CHECK (timeout_seconds BETWEEN 1 AND 2592000),
    clock_used      interval NOT NULL DEFAULT '0',
    clock_since     timestamptz,
    hard_deadline   timestamptz,
    -- how its steps stand in line while others wait for slots too
    priority        text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high')),
    -- how many of the task's steps may run at once, over all its runs
    concurrency     int CHECK (concurrency BETWEEN 1 AND 1000),
    -- some step waits for an approval; the clock stands while every step that could run does
    awaits_approval boolean NOT NULL DEFAULT false,
    -- since when nothing has happened; the sweeper asks Step Functions about runs that stand still
    progressed_at   timestamptz NOT NULL DEFAULT now(),
    -- whether nothing of it is held any more and the ledger has all that was committed
    usage_final     boolean NOT NULL DEFAULT false,
    traceparent     text,
    -- where a fork began, and what it changed of the definitions of its steps, by their names
    forked_from_run_id uuid,
    forked_from_step text CHECK (length(forked_from_step) BETWEEN 1 AND 64),
    forked_from_turn int CHECK (forked_from_turn >= 0),
    overrides       jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(overrides) = 'object'),
    created_by      uuid REFERENCES users,
    created_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    ended_at        timestamptz,
    -- of a sub-run: the runs above it, outermost first, and the step and attempt of the last of them that started it
    ancestor_run_ids uuid[] NOT NULL DEFAULT '{}' CHECK (cardinality(ancestor_run_ids) <= 8),
    parent_run_id   uuid,
    parent_step_id  uuid,
    parent_attempt  int CHECK (parent_attempt >= 1),
    PRIMARY KEY (tenant_id, run_id),
    FOREIGN KEY (tenant_id, task_id, task_version) REFERENCES task_versions,
    CONSTRAINT runs_parent FOREIGN KEY (tenant_id, parent_run_id) REFERENCES runs,
    CONSTRAINT runs_parentage CHECK (num_nonnulls(parent_run_id, parent_step_id, parent_attempt) IN (0, 3)
        AND parent_run_id IS NOT DISTINCT FROM ancestor_run_ids[cardinality(ancestor_run_ids)]),
    FOREIGN KEY (tenant_id, forked_from_run_id) REFERENCES runs,
    CHECK ((idempotency_key IS NULL) = (request_digest IS NULL)),
    CHECK ((ended_at IS NOT NULL) = (status IN ('COMPLETED', 'FAILED', 'BUDGET_EXCEEDED', 'CANCELLED', 'TIMED_OUT'))),
    CHECK ((status = 'PAUSED') = (pause_reason IS NOT NULL)),
    CHECK (status <> 'COMPLETED' OR error IS NULL),
    CHECK (num_nonnulls(forked_from_run_id, forked_from_step, forked_from_turn) IN (0, 3))
);
CREATE UNIQUE INDEX runs_idempotency ON runs (tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX runs_newest ON runs (tenant_id, created_at DESC, run_id DESC);
CREATE INDEX runs_of_task ON runs (tenant_id, task_id, created_at DESC, run_id DESC);
CREATE INDEX runs_forked ON runs (tenant_id, forked_from_run_id, created_at DESC, run_id DESC) WHERE forked_from_run_id IS NOT NULL;
CREATE INDEX runs_of_parent ON runs (tenant_id, parent_run_id, created_at DESC, run_id DESC) WHERE parent_run_id IS NOT NULL;
CREATE UNIQUE INDEX runs_of_parent_step ON runs (tenant_id, parent_step_id, parent_attempt) WHERE parent_step_id IS NOT NULL;
CREATE INDEX runs_of_root ON runs (tenant_id, (ancestor_run_ids[1])) WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_open ON runs (progressed_at) WHERE ended_at IS NULL;
CREATE INDEX runs_open_of_tenant ON runs (tenant_id, run_id) WHERE ended_at IS NULL;

-- When a run's time is over: its own by its clock, which may stand, and at the latest at its hard deadline. NULL while it is paused.
CREATE FUNCTION run_deadline(run runs) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN LEAST((run).hard_deadline, (run).clock_since + (run).timeout_seconds * interval '1 second' - (run).clock_used);

CREATE TABLE steps (
    tenant_id       uuid NOT NULL,
    run_id          uuid NOT NULL,
    step_id         uuid NOT NULL,
    -- of a step that runs for one item of a list, the step's name and the item's place: name[0]
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 70),
    kind            text NOT NULL CHECK (kind IN ('noop', 'tool', 'llm', 'agent', 'crew', 'approval', 'run')),
    position        int NOT NULL CHECK (position >= 0),
    status          text NOT NULL DEFAULT 'QUEUED'
                    CHECK (status IN ('QUEUED', 'WAITING', 'RUNNING', 'RETRYING', 'SUCCESS', 'FAILED', 'SKIPPED', 'CANCELLED', 'OUTCOME_UNKNOWN')),
    needs           text[] NOT NULL DEFAULT '{}',
    unmet_needs     int NOT NULL CHECK (unmet_needs >= 0),
    generation      int NOT NULL CHECK (generation >= 1),
    tick            int NOT NULL DEFAULT 0 CHECK (tick >= 0),
    attempt         int NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    timeout_seconds int NOT NULL CHECK (timeout_seconds BETWEEN 1 AND 39600),
    -- what it takes of named resources while it is RUNNING: the row is the allocation
    resources       jsonb CHECK (jsonb_typeof(resources) = 'object'),
    -- those of its attempts that were made before the run was last retried
    earlier_attempts int NOT NULL DEFAULT 0 CHECK (earlier_attempts >= 0),
    -- the lease: who works on it, until when, and the fence that every write of theirs must name
    fence           bigint NOT NULL DEFAULT 0,
    worker_id       text,
    lease_expires_at timestamptz,
    -- the Step Functions token of this tick, from whoever claimed or parked it
    task_token      text,
    wait_reason     text CHECK (wait_reason IN ('dependency', 'slot', 'resource', 'approval', 'items', 'run')),
    waiting_since   timestamptz,
    -- of a step in line: its line (task, priority and resources), its place there, and for `resource` what it lacks: a
    -- resource, or concurrency:tenant, or concurrency:task; of any other step without meaning
    wait_line       text NOT NULL DEFAULT '',
    wait_rank       int NOT NULL DEFAULT 0,
    wait_for        text CHECK (length(wait_for) BETWEEN 1 AND 64),
    retry_at        timestamptz,
    started_at      timestamptz,
    deadline_at     timestamptz,
    -- seconds of its own time that were left when it began to wait for a place; it has no deadline meanwhile
    clock_left      double precision,
    ended_at        timestamptz,
    output          jsonb,
    error           jsonb,
    -- why a step did not run that its definition lets be left out
    skip_reason     jsonb,
    -- the run may complete although this step did not succeed
    excused         boolean NOT NULL DEFAULT false,
    turn            int NOT NULL DEFAULT 0 CHECK (turn >= 0),
    checkpoint_head   bytea CHECK (length(checkpoint_head) = 32),
    checkpoint_length int,
    -- the turn of its first checkpoint since it last began from its beginning
    checkpoint_first int,
    -- the step of the forked run whose end this is
    copied_from     uuid,
    -- the step that runs once for each item of a list, of which this is one, and the item
    parent_id       uuid,
    item_index      int CHECK (item_index >= 0),
    item            jsonb,
    -- how many items this step runs for, once that is known
    items           int CHECK (items BETWEEN 0 AND 1000),
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, step_id),
    UNIQUE (tenant_id, run_id, name),
    CONSTRAINT steps_place UNIQUE NULLS NOT DISTINCT (tenant_id, run_id, position, item_index),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE,
    CHECK ((status = 'RUNNING') = (lease_expires_at IS NOT NULL)),
    CHECK ((lease_expires_at IS NULL) = (worker_id IS NULL)),
    CHECK ((ended_at IS NOT NULL) = (status IN ('SUCCESS', 'FAILED', 'SKIPPED', 'CANCELLED'))),
    CHECK (status NOT IN ('RUNNING', 'RETRYING', 'SUCCESS') OR unmet_needs = 0),
    -- a step that is held may wait too: for a place at the tool runtime
    CHECK (status <> 'WAITING' OR wait_reason IS NOT NULL),
    CHECK (wait_reason IS NULL OR status = 'WAITING' OR (status = 'RUNNING' AND wait_reason = 'slot')),
    CHECK ((wait_reason IS NULL) = (waiting_since IS NULL)),
    CHECK ((status = 'RETRYING') = (retry_at IS NOT NULL)),
    CHECK (status <> 'SUCCESS' OR error IS NULL),
    CHECK (clock_left IS NULL OR deadline_at IS NULL),
    CONSTRAINT steps_skip_reason CHECK (skip_reason IS NULL OR (status = 'SKIPPED' AND excused AND error IS NULL)),
    CONSTRAINT steps_excused CHECK (NOT excused OR status IN ('SKIPPED', 'FAILED')),
    CONSTRAINT steps_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES steps ON DELETE CASCADE,
    CONSTRAINT steps_item CHECK ((parent_id IS NULL) = (item_index IS NULL))
);
ALTER TABLE runs ADD CONSTRAINT runs_parent_step FOREIGN KEY (tenant_id, parent_step_id) REFERENCES steps;
CREATE INDEX steps_in_line ON steps (tenant_id, wait_line, wait_rank, waiting_since) WHERE status = 'WAITING' AND wait_reason IN ('slot', 'resource');
CREATE INDEX steps_in_line_of_run ON steps (tenant_id, run_id, wait_rank) WHERE status = 'WAITING' AND wait_reason IN ('slot', 'resource');
CREATE INDEX steps_of_parent ON steps (tenant_id, parent_id, item_index) WHERE parent_id IS NOT NULL;
CREATE INDEX steps_leased ON steps (lease_expires_at) WHERE status = 'RUNNING';
CREATE INDEX steps_deadline ON steps (deadline_at) WHERE ended_at IS NULL AND deadline_at IS NOT NULL;

-- When each line of waiting steps was last served: the one that was served longest ago comes next.
CREATE TABLE lines (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    line        text NOT NULL CHECK (length(line) <= 1000),
    served_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, line)
);

-- Who waits for whom; a finished step finds its dependents here.
CREATE TABLE step_needs (
    tenant_id   uuid NOT NULL,
    step_id     uuid NOT NULL,
    needs_id    uuid NOT NULL,
    PRIMARY KEY (tenant_id, needs_id, step_id),
    FOREIGN KEY (tenant_id, step_id) REFERENCES steps ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, needs_id) REFERENCES steps ON DELETE CASCADE,
    CHECK (step_id <> needs_id)
);
CREATE INDEX step_needs_of ON step_needs (tenant_id, step_id);

-- One row a turn: the request stands here before it is dispatched, and is resent verbatim.
CREATE TABLE turns (
    tenant_id   uuid NOT NULL,
    step_id     uuid NOT NULL,
    turn        int NOT NULL CHECK (turn >= 0),
    call_key    text NOT NULL,
    request     jsonb NOT NULL,
    fence       bigint NOT NULL,
    prepared_at timestamptz NOT NULL DEFAULT now(),
    response    jsonb,
    tool_calls  int NOT NULL DEFAULT 0,
    recorded_at timestamptz,
    PRIMARY KEY (tenant_id, step_id, turn),
    FOREIGN KEY (tenant_id, step_id) REFERENCES steps ON DELETE CASCADE,
    CHECK ((response IS NULL) = (recorded_at IS NULL))
);

-- The number from which a step's calls and jobs are new ones: above all that it has ever given to a turn.
CREATE FUNCTION next_turn(step steps) RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN 1 + GREATEST((step).turn, (SELECT max(t.turn) FROM turns t
                                      WHERE t.tenant_id = (step).tenant_id AND t.step_id = (step).step_id));

-- What steps ask of people. One row a step, or of an agent's step one for each call of a tool that is to be approved. What
-- is asked anew, after its request had ended or because the call is another one, gets a higher version.
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
    -- the call that is to be approved; the digest is of its tool, its arguments and its files
    turn        int CHECK (turn >= 0),
    tool_call_id text CHECK (length(tool_call_id) >= 1),
    tool        text,
    arguments   jsonb CHECK (jsonb_typeof(arguments) = 'object'),
    call_digest bytea CHECK (length(call_digest) = 32),
    PRIMARY KEY (tenant_id, approval_id),
    CONSTRAINT approvals_asked UNIQUE NULLS NOT DISTINCT (tenant_id, step_id, turn, tool_call_id),
    CONSTRAINT approvals_call CHECK (num_nonnulls(turn, tool_call_id, tool, arguments, call_digest) IN (0, 5)),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, step_id) REFERENCES steps ON DELETE CASCADE,
    CHECK ((status = 'pending') = (ended_at IS NULL)),
    CHECK ((status IN ('approved', 'rejected')) = (decided_by IS NOT NULL)),
    CHECK (decided_by IS NOT NULL OR (comment IS NULL AND data IS NULL))
);
CREATE INDEX approvals_newest ON approvals (tenant_id, requested_at DESC, approval_id DESC);
CREATE INDEX approvals_of_run ON approvals (tenant_id, run_id);
CREATE INDEX approvals_expiring ON approvals (expires_at) WHERE status = 'pending';

-- What happened, in order; `seq` is dense within a run. Streams are ordered by (xact, event_id), which within a run is the
-- order of `seq`: a transaction may get its id and then wait for the run's row while one of a higher id appends, so `xact`
-- is the highest that the run has had, its own included. All below the oldest open transaction has been committed.
CREATE TABLE run_events (
    tenant_id   uuid NOT NULL,
    run_id      uuid NOT NULL,
    seq         bigint NOT NULL CHECK (seq >= 1),
    event_id    bigint GENERATED ALWAYS AS IDENTITY,
    xact        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    type        text NOT NULL CHECK (length(type) BETWEEN 1 AND 64),
    step_id     uuid,
    data        jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, run_id, seq),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE
);
CREATE INDEX run_events_stream ON run_events (tenant_id, xact, event_id);

-- Which of these tenants have events from these transactions on, as far as all that is older has ended: one statement
-- for all tenants that a process has readers of, under the rights and the row-level security of its own login.
CREATE FUNCTION tenants_with_events(tenants uuid[], since text[]) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1 .. cardinality(tenants) LOOP
        PERFORM set_config('lockstep.tenant', tenants[place]::text, true);
        IF EXISTS (SELECT FROM run_events WHERE tenant_id = tenants[place] AND xact >= since[place]::xid8
                   AND xact < pg_snapshot_xmin(pg_current_snapshot())) THEN
            RETURN NEXT tenants[place];
        END IF;
    END LOOP;
    PERFORM set_config('lockstep.tenant', '', true);
END $$;
REVOKE ALL ON FUNCTION tenants_with_events(uuid[], text[]) FROM PUBLIC;

-- 5  delivery --------------------------------------------------------------------------------------------------------

-- Side effects that leave after commit; a row goes when it is known to be delivered.
CREATE TABLE outbox (
    outbox_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id   uuid NOT NULL,
    run_id      uuid NOT NULL,
    step_id     uuid,
    kind        text NOT NULL CHECK (kind IN ('start_execution', 'stop_execution', 'close_run', 'confirm_usage', 'step_message', 'step_callback', 'follow_parent')),
    payload     jsonb NOT NULL,
    not_before  timestamptz NOT NULL DEFAULT now(),
    attempts    int NOT NULL DEFAULT 0,
    leased_until timestamptz,
    last_error  text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE
);
CREATE INDEX outbox_due ON outbox (kind, not_before);
CREATE INDEX outbox_of_run ON outbox (tenant_id, run_id);

-- Wakes the relay once a statement; it may be lost, the relay also looks by itself.
CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('outbox', '');
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_wakes AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox();

-- When a worker last looked at a queue, and when it last saw none waiting in it: what should be there by then was lost.
CREATE TABLE queue_watch (
    queue       text PRIMARY KEY CHECK (length(queue) BETWEEN 1 AND 80),
    looked_at   timestamptz NOT NULL,
    empty_at    timestamptz
);

-- A young database has no statistics, and plans badly without: these tables are looked at from their first rows on. Their
-- rows change often, so what is dead is cleaned away early too.
ALTER TABLE runs SET (autovacuum_analyze_threshold = 20, autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE steps SET (autovacuum_analyze_threshold = 20, autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE step_needs SET (autovacuum_analyze_threshold = 20, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE run_events SET (autovacuum_analyze_threshold = 20, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE outbox SET (autovacuum_analyze_threshold = 200, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);

-- Steps that failed although another attempt might have helped: their attempts are used up, or no worker could handle
-- their message. `cause` is the failure's code. The run's retry, by whatever route, redrives a letter; ended once.
CREATE TABLE dead_letters (
    tenant_id   uuid NOT NULL,
    dead_letter_id uuid NOT NULL,
    run_id      uuid NOT NULL,
    step_id     uuid NOT NULL,
    cause       text NOT NULL CHECK (length(cause) BETWEEN 1 AND 120),
    error       jsonb NOT NULL,
    attempts    int NOT NULL CHECK (attempts >= 0),
    -- how often the message was received, where that is what it died of
    receive_count int CHECK (receive_count >= 1),
    died_at     timestamptz NOT NULL DEFAULT now(),
    status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'redriven', 'discarded')),
    ended_at    timestamptz,
    ended_by    text,
    reason      text CHECK (length(reason) BETWEEN 1 AND 2000),
    PRIMARY KEY (tenant_id, dead_letter_id),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, step_id) REFERENCES steps ON DELETE CASCADE,
    CHECK ((status = 'open') = (ended_at IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK ((status = 'discarded') = (reason IS NOT NULL))
);
CREATE INDEX dead_letters_newest ON dead_letters (tenant_id, died_at DESC, dead_letter_id DESC);
CREATE INDEX dead_letters_of_run ON dead_letters (tenant_id, run_id) WHERE status = 'open';
CREATE UNIQUE INDEX dead_letters_of_step ON dead_letters (tenant_id, step_id) WHERE status = 'open';

-- Dead letters that no one can read, so that they belong to no tenant: the platform's operators look at them.
CREATE TABLE unreadable_messages (
    message_id  uuid PRIMARY KEY,
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    head        text NOT NULL CHECK (length(head) <= 2000),
    size        int NOT NULL CHECK (size >= 0),
    receive_count int NOT NULL CHECK (receive_count >= 1),
    received_at timestamptz NOT NULL DEFAULT now(),
    discarded_at timestamptz,
    discarded_by text,
    reason      text CHECK (length(reason) BETWEEN 1 AND 2000),
    CHECK ((discarded_at IS NULL) = (discarded_by IS NULL)),
    CHECK ((discarded_at IS NULL) = (reason IS NULL))
);
-- a message that is received again, because it could not be deleted, is the same one
CREATE UNIQUE INDEX unreadable_messages_open ON unreadable_messages (sha256) WHERE discarded_at IS NULL;
CREATE INDEX unreadable_messages_newest ON unreadable_messages (received_at DESC, message_id DESC);

-- 6  memory of a step ------------------------------------------------------------------------------------------------

-- A message's part, stored once a tenant by the SHA-256 of its uncompressed bytes.
CREATE TABLE message_parts (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    digest      bytea NOT NULL CHECK (length(digest) = 32),
    body        bytea NOT NULL,
    size        int NOT NULL CHECK (size >= 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, digest)
);

-- What proves a checkpoint's place: the hash of all that stands in its row but its parts, after the link of the one before.
CREATE FUNCTION checkpoint_link(previous bytea, turn int, head bytea, checkpoint_id text, metadata jsonb) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(COALESCE(previous, ''::bytea) || int4send(turn) || head || convert_to(checkpoint_id || ' ' || metadata::text, 'UTF8'));

-- A turn's manifest: the digests of its parts, chained by hash to `head`. Every turn's stays until it is deleted or the run
-- goes; a deleted one keeps its row, without parts, so that those after it can be verified.
CREATE TABLE checkpoints (
    tenant_id     uuid NOT NULL,
    step_id       uuid NOT NULL,
    turn          int NOT NULL CHECK (turn >= 0),
    checkpoint_id text NOT NULL,
    manifest      bytea[] NOT NULL,
    head          bytea NOT NULL CHECK (length(head) = 32),
    length        int NOT NULL,
    metadata      jsonb NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL DEFAULT now(),
    link          bytea NOT NULL CHECK (length(link) = 32),
    deleted_at    timestamptz,
    PRIMARY KEY (tenant_id, step_id, turn),
    FOREIGN KEY (tenant_id, step_id) REFERENCES steps ON DELETE CASCADE,
    CONSTRAINT checkpoints_length CHECK (deleted_at IS NOT NULL OR length = cardinality(manifest))
);

-- Parts of checkpoints that were deleted; a sweep removes those that no other one names. Without a reference to tenants, as
-- the deletion of a tenant notes them too.
CREATE TABLE released_parts (
    tenant_id   uuid NOT NULL,
    digest      bytea NOT NULL,
    PRIMARY KEY (tenant_id, digest)
);
CREATE FUNCTION note_released_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO released_parts (tenant_id, digest)
    SELECT DISTINCT OLD.tenant_id, digest FROM unnest(OLD.manifest) AS digest ORDER BY digest
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER checkpoints_released AFTER DELETE OR UPDATE OF manifest ON checkpoints
    FOR EACH ROW EXECUTE FUNCTION note_released_parts();

-- 7  money -----------------------------------------------------------------------------------------------------------

-- Limits of the lasting scopes; a run's and a step's stand on their rows and travel in run tokens.
CREATE TABLE budgets (
    tenant_id      uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    scope          text NOT NULL CHECK (scope IN ('tenant', 'user', 'key')),
    scope_id       uuid NOT NULL,
    period         text NOT NULL CHECK (period IN ('day', 'month', 'total', 'rolling')),
    window_seconds int CHECK (window_seconds BETWEEN 3600 AND 2678400),
    limit_tokens   bigint CHECK (limit_tokens BETWEEN 0 AND 9000000000000000),
    limit_nano_usd bigint CHECK (limit_nano_usd BETWEEN 0 AND 9000000000000000),
    version        int NOT NULL DEFAULT 1,
    updated_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, scope, scope_id, period),
    CHECK (scope <> 'tenant' OR scope_id = tenant_id),
    CHECK ((period = 'rolling') = (window_seconds IS NOT NULL))
);

-- One row a scope and window of which four fifths were spent; `label` names the window: a day, a month, or total.
CREATE TABLE budget_warnings (
    tenant_id      uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    scope          text NOT NULL CHECK (scope IN ('tenant', 'user', 'key', 'run', 'step')),
    scope_id       uuid NOT NULL,
    period         text NOT NULL CHECK (period IN ('day', 'month', 'total', 'rolling')),
    label          text NOT NULL CHECK (length(label) <= 10),
    unit           text NOT NULL CHECK (unit IN ('tokens', 'nano_usd')),
    limit_amount   bigint NOT NULL,
    committed      bigint NOT NULL,
    warned_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, scope, scope_id, period, label)
);

-- The ledger: one row an attempt, one more for each later correction. Append-only: no login holds UPDATE or DELETE.
CREATE TABLE llm_events (
    tenant_id           uuid NOT NULL REFERENCES tenants,
    event_day           date NOT NULL,
    event_id            uuid NOT NULL,
    kind                text NOT NULL CHECK (kind IN ('attempt', 'adjustment')),
    adjusts_event_id    uuid,
    user_id             uuid,
    api_key_id          uuid,
    run_id              uuid,
    step_id             uuid,
    generation          int,
    fence               bigint,
    -- the runs above this one, outermost first: what it costs counts in their budgets too
    ancestor_run_ids    uuid[] NOT NULL DEFAULT '{}',
    call_key            text,
    -- all attempts of one request: what it cost is their sum
    request_id          uuid NOT NULL,
    attempt             int NOT NULL CHECK (attempt >= 1),
    reason              text NOT NULL CHECK (reason IN ('first', 'retry', 'failover', 'hedge', 'cheaper')),
    dialect             text NOT NULL,
    route               text NOT NULL,
    provider            text NOT NULL,
    model               text NOT NULL,
    status              text NOT NULL CHECK (status IN ('succeeded', 'failed', 'cut', 'lost', 'adjusted')),
    usage_source        text NOT NULL CHECK (usage_source IN ('provider', 'counted', 'bound', 'none', 'report')),
    input_tokens        bigint NOT NULL,
    cached_input_tokens bigint NOT NULL DEFAULT 0,
    cache_write_tokens  bigint NOT NULL DEFAULT 0,
    output_tokens       bigint NOT NULL,
    reasoning_tokens    bigint NOT NULL DEFAULT 0,
    total_tokens        bigint NOT NULL,
    cost_nano_usd       bigint NOT NULL,
    bound_tokens        bigint NOT NULL DEFAULT 0,
    bound_nano_usd      bigint NOT NULL DEFAULT 0,
    bound_kind          text NOT NULL CHECK (bound_kind IN ('strict', 'estimate')),
    price_version       text NOT NULL,
    provider_request_id text,
    http_status         int,
    error_code          text,
    latency_ms          int,
    first_token_ms      int,
    trace_id            text,
    started_at          timestamptz NOT NULL,
    settled_at          timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, event_day, event_id),
    CHECK ((kind = 'adjustment') = (adjusts_event_id IS NOT NULL)),
    CHECK (kind = 'adjustment' OR (cost_nano_usd >= 0 AND total_tokens >= 0)),
    CHECK (kind = 'adjustment' OR (bound_nano_usd >= 0 AND bound_tokens >= 0)),
    CHECK ((run_id IS NULL) = (step_id IS NULL))
);
CREATE INDEX llm_events_of_run ON llm_events (tenant_id, run_id, step_id) WHERE run_id IS NOT NULL;
CREATE INDEX llm_events_by_day ON llm_events (tenant_id, event_day, model);
CREATE INDEX llm_events_by_request ON llm_events (provider, provider_request_id) WHERE provider_request_id IS NOT NULL;
CREATE INDEX llm_events_of_one_request ON llm_events (tenant_id, request_id);
CREATE INDEX llm_events_adjusting ON llm_events (tenant_id, adjusts_event_id) WHERE adjusts_event_id IS NOT NULL;
CREATE INDEX llm_events_on_bound ON llm_events (event_day) WHERE usage_source = 'bound';

-- Answers to calls with a key, encrypted; above 64 KB in S3. Those to callers' own keys expire, those of runs stay with them.
CREATE TABLE llm_replays (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    call_key    text NOT NULL CHECK (length(call_key) BETWEEN 1 AND 512),
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
    event_id    uuid NOT NULL,
    http_status int NOT NULL,
    headers     jsonb NOT NULL DEFAULT '{}',
    body        bytea,
    object_key  text,
    size        bigint NOT NULL CHECK (size >= 0),
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    PRIMARY KEY (tenant_id, call_key),
    CHECK ((body IS NULL) <> (object_key IS NULL))
);
CREATE INDEX llm_replays_expiring ON llm_replays (expires_at) WHERE expires_at IS NOT NULL;

-- What a provider says that it billed, as imported from its usage report.
CREATE TABLE provider_usage (
    provider            text NOT NULL,
    provider_request_id text NOT NULL,
    day                 date NOT NULL,
    model               text NOT NULL,
    client_request_id   text,
    input_tokens        bigint NOT NULL,
    cached_input_tokens bigint NOT NULL DEFAULT 0,
    output_tokens       bigint NOT NULL,
    cost_nano_usd       bigint NOT NULL,
    imported_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, provider_request_id)
);
CREATE INDEX provider_usage_by_client_request ON provider_usage (provider, client_request_id) WHERE client_request_id IS NOT NULL;

-- Gateways that are alive: counters that Redis lost are rebuilt only when each of them has told what it holds.
CREATE TABLE gateway_instances (
    instance_id text PRIMARY KEY CHECK (length(instance_id) BETWEEN 1 AND 120),
    seen_at     timestamptz NOT NULL
);

-- 8  tools and artifacts ---------------------------------------------------------------------------------------------

-- One row a job, written before it is submitted; its recorded result is read, never executed again.
CREATE TABLE tool_events (
    tenant_id    uuid NOT NULL,
    job_id       uuid NOT NULL,
    run_id       uuid NOT NULL,
    step_id      uuid NOT NULL,
    turn         int NOT NULL CHECK (turn >= 0),
    tool_call_id text NOT NULL,
    tool         text NOT NULL,
    effect       text NOT NULL CHECK (effect IN ('pure', 'keyed', 'once')),
    arguments_digest bytea NOT NULL CHECK (length(arguments_digest) = 32),
    attempts     int NOT NULL DEFAULT 1 CHECK (attempts >= 1),
    -- how often it may be started whose effect is `once`; a start beyond the first is permitted by a decision, or because
    -- the one before has certainly come to nothing
    starts_permitted int NOT NULL DEFAULT 1,
    status       text NOT NULL DEFAULT 'STARTED'
                 CHECK (status IN ('STARTED', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'KILLED', 'CANCELLED', 'OUTCOME_UNKNOWN')),
    result       jsonb,
    started_at   timestamptz NOT NULL DEFAULT now(),
    last_started_at timestamptz NOT NULL DEFAULT now(),
    -- since when somebody is asked what it did; its step is OUTCOME_UNKNOWN meanwhile
    doubted_at   timestamptz,
    ended_at     timestamptz,
    PRIMARY KEY (tenant_id, job_id),
    UNIQUE (tenant_id, step_id, turn, tool_call_id),
    FOREIGN KEY (tenant_id, step_id) REFERENCES steps ON DELETE CASCADE,
    CHECK ((status = 'STARTED') = (ended_at IS NULL)),
    CONSTRAINT tool_events_starts CHECK (starts_permitted BETWEEN 1 AND attempts + 1),
    CONSTRAINT tool_events_doubted CHECK (doubted_at IS NULL OR status = 'STARTED')
);
CREATE INDEX tool_events_of_run ON tool_events (tenant_id, run_id);

-- The attempts below a job: who tried under which fence.
CREATE TABLE tool_attempts (
    tenant_id   uuid NOT NULL,
    job_id      uuid NOT NULL,
    attempt     int NOT NULL CHECK (attempt >= 1),
    fence       bigint NOT NULL,
    worker_id   text NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, job_id, attempt),
    FOREIGN KEY (tenant_id, job_id) REFERENCES tool_events ON DELETE CASCADE
);

-- Objects in S3, known by digest and size; an upload is PENDING until it is seen to match.
CREATE TABLE artifacts (
    tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    artifact_id  uuid NOT NULL,
    run_id       uuid,
    step_id      uuid,
    job_id       uuid,
    name         text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 1000),
    content_type text NOT NULL,
    size         bigint NOT NULL CHECK (size >= 0),
    sha256       bytea NOT NULL CHECK (length(sha256) = 32),
    object_key   text NOT NULL,
    status       text NOT NULL CHECK (status IN ('PENDING', 'READY')),
    created_by   uuid REFERENCES users,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, artifact_id),
    UNIQUE (tenant_id, object_key),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, step_id) REFERENCES steps ON DELETE CASCADE,
    CHECK ((run_id IS NULL) = (step_id IS NULL))
);
CREATE INDEX artifacts_of_run ON artifacts (tenant_id, run_id, created_at) WHERE run_id IS NOT NULL;

-- 9  audit -----------------------------------------------------------------------------------------------------------

CREATE TABLE audit_log (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    audit_id    bigint GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,
    action      text NOT NULL,
    target      text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}',
    trace_id    text,
    PRIMARY KEY (tenant_id, audit_id)
);

-- What the platform's operators did; it belongs to no tenant.
CREATE TABLE platform_audit (
    audit_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,
    action      text NOT NULL,
    target      text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}',
    trace_id    text
);

-- 10  grants and row-level security ----------------------------------------------------------------------------------

-- A function with its owner's rights trusts nothing of the caller's connection: pg_temp stands last in its path, and its
-- tables are named with their schema.

-- Of a key's text only the hash arrives, and the tenant is not known yet: this one function may look across tenants.
GRANT SELECT ON api_keys TO key_lookup;
CREATE FUNCTION api_key_by_hash(wanted bytea)
    RETURNS TABLE (tenant_id uuid, api_key_id uuid, user_id uuid, scopes text[], expires_at timestamptz, revoked_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT k.tenant_id, k.api_key_id, k.user_id, k.scopes, k.expires_at, k.revoked_at FROM public.api_keys k WHERE k.hash = wanted';
ALTER FUNCTION api_key_by_hash(bytea) OWNER TO key_lookup;
REVOKE ALL ON FUNCTION api_key_by_hash(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_by_hash(bytea) TO control_plane, llm_gateway;

-- What has expired is forgotten for all tenants at once, unread; what stands in S3 is named, to be deleted there.
GRANT SELECT (tenant_id, call_key, expires_at, object_key), DELETE ON llm_replays TO answer_expiry;
CREATE FUNCTION forget_expired_answers(most int) RETURNS TABLE (object_key text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'DELETE FROM public.llm_replays WHERE (tenant_id, call_key) IN (SELECT tenant_id, call_key FROM public.llm_replays WHERE expires_at < now() LIMIT most) RETURNING object_key';
ALTER FUNCTION forget_expired_answers(int) OWNER TO answer_expiry;
REVOKE ALL ON FUNCTION forget_expired_answers(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_expired_answers(int) TO llm_gateway;

-- control_plane: the tenants' API
GRANT SELECT ON tenants, users, memberships, step_needs, turns, checkpoints, budget_warnings, llm_events, tool_events, tool_attempts, run_events TO control_plane;
GRANT SELECT, INSERT, UPDATE ON api_keys, tasks, runs, artifacts TO control_plane;
GRANT SELECT, UPDATE ON steps, approvals TO control_plane;
-- a fork lays down its steps, and shares an agent's checkpoints
GRANT INSERT ON steps, step_needs, checkpoints TO control_plane;
GRANT SELECT ON message_parts TO control_plane;
GRANT UPDATE (manifest, deleted_at) ON checkpoints TO control_plane;
GRANT INSERT ON released_parts TO control_plane;
GRANT SELECT, INSERT ON task_versions, audit_log TO control_plane;
GRANT SELECT, INSERT, UPDATE, DELETE ON budgets TO control_plane;
GRANT UPDATE (settings) ON tenants TO control_plane;
GRANT INSERT ON platform_audit TO control_plane;
GRANT SELECT ON dead_letters, unreadable_messages TO control_plane;
GRANT UPDATE (status, ended_at, ended_by, reason) ON dead_letters TO control_plane;
GRANT UPDATE (discarded_at, discarded_by, reason) ON unreadable_messages TO control_plane;
GRANT UPDATE ON tool_events TO control_plane;
GRANT INSERT ON outbox, run_events TO control_plane;
-- what has not gone out yet, to say why a run stands still
GRANT SELECT (tenant_id, run_id, step_id, kind, not_before, attempts) ON outbox TO control_plane;
GRANT SELECT ON queue_watch TO control_plane;
GRANT EXECUTE ON FUNCTION tenants_with_events(uuid[], text[]) TO control_plane;

-- orchestrator: advances steps
GRANT SELECT ON tasks, task_versions, step_needs TO orchestrator;
-- what the tenant lets run at once
GRANT SELECT (tenant_id, settings) ON tenants TO orchestrator;
GRANT SELECT, UPDATE ON runs, steps TO orchestrator;
-- a step may start a run below its own
GRANT INSERT ON runs TO orchestrator;
GRANT SELECT, INSERT ON message_parts, checkpoints, tool_attempts, run_events TO orchestrator;
-- a checkpoint that was refused on load is replaced, and parts that no checkpoint names are removed
GRANT DELETE ON checkpoints, message_parts TO orchestrator;
GRANT UPDATE (body, size) ON message_parts TO orchestrator;
GRANT SELECT, INSERT, DELETE ON released_parts TO orchestrator;
-- the rows of items, when a step knows its list
GRANT INSERT ON steps TO orchestrator;
GRANT SELECT, INSERT, UPDATE ON turns, approvals, tool_events, artifacts, lines TO orchestrator;
GRANT SELECT, INSERT ON outbox TO orchestrator;
-- what tools asked of their proxy
GRANT INSERT ON audit_log TO orchestrator;
GRANT SELECT, INSERT, UPDATE ON queue_watch TO orchestrator;
GRANT SELECT, INSERT, UPDATE ON dead_letters TO orchestrator;
GRANT SELECT, INSERT ON unreadable_messages TO orchestrator;
GRANT UPDATE (receive_count, received_at) ON unreadable_messages TO orchestrator;

-- lambdas: open and close a generation
GRANT SELECT ON task_versions TO lambdas;
GRANT SELECT, UPDATE ON runs TO lambdas;
GRANT SELECT, INSERT, UPDATE ON steps TO lambdas;
GRANT SELECT, INSERT ON step_needs, run_events TO lambdas;
-- whoever ends a step ends its request and the audit rows of its tools; Finalize waits until the ledger has all answers
GRANT SELECT, UPDATE ON approvals, tool_events TO lambdas;
GRANT SELECT ON turns, llm_events TO lambdas;
GRANT INSERT ON outbox TO lambdas;

-- llm_gateway: limits, replays, and the ledger to rebuild its counters from
GRANT SELECT ON tenants, budgets, llm_events TO llm_gateway;
GRANT SELECT, INSERT ON llm_replays TO llm_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_instances TO llm_gateway;

-- across tenants, each on only its tables
GRANT SELECT, UPDATE, DELETE ON outbox TO relay;
GRANT SELECT ON runs, steps, released_parts TO sweeper;
GRANT SELECT (tenant_id, approval_id, status, expires_at) ON approvals TO sweeper;
GRANT SELECT, INSERT ON llm_events, budget_warnings TO recorder;
GRANT SELECT ON budgets TO recorder;
-- which runs are closed and the highest fences, to rebuild Redis from
GRANT SELECT (tenant_id, run_id, status, generation, ended_at) ON runs TO recorder;
GRANT SELECT (tenant_id, run_id, step_id, fence) ON steps TO recorder;
GRANT SELECT, INSERT ON llm_events TO reconciler;
GRANT SELECT, INSERT, UPDATE ON provider_usage TO reconciler;

DO $$
DECLARE tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'tenants', 'memberships', 'api_keys', 'tasks', 'task_versions', 'runs', 'steps', 'lines', 'step_needs', 'turns', 'approvals', 'run_events', 'outbox', 'dead_letters',
        'message_parts', 'checkpoints', 'released_parts', 'budgets', 'budget_warnings', 'llm_events', 'llm_replays', 'tool_events', 'tool_attempts', 'artifacts', 'audit_log'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY own_tenant ON %I TO control_plane, orchestrator, llm_gateway, lambdas USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
            tenant_table
        );
    END LOOP;
END $$;

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY members_of_tenant ON users FOR SELECT TO control_plane
    USING (EXISTS (SELECT FROM memberships m WHERE m.user_id = users.user_id AND m.tenant_id = current_tenant()));

ALTER TABLE platform_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_audit FORCE ROW LEVEL SECURITY;
CREATE POLICY operators_acts ON platform_audit FOR INSERT TO control_plane WITH CHECK (true);

ALTER TABLE unreadable_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE unreadable_messages FORCE ROW LEVEL SECURITY;
CREATE POLICY of_nobody ON unreadable_messages TO orchestrator, control_plane USING (true) WITH CHECK (true);

ALTER TABLE provider_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY reports ON provider_usage TO reconciler USING (true) WITH CHECK (true);

CREATE POLICY every_key ON api_keys FOR SELECT TO key_lookup USING (true);
CREATE POLICY relay_all ON outbox TO relay USING (true) WITH CHECK (true);
CREATE POLICY sweeper_runs ON runs FOR SELECT TO sweeper USING (true);
CREATE POLICY sweeper_steps ON steps FOR SELECT TO sweeper USING (true);
CREATE POLICY sweeper_approvals ON approvals FOR SELECT TO sweeper USING (true);
CREATE POLICY sweeper_released_parts ON released_parts FOR SELECT TO sweeper USING (true);
CREATE POLICY recorder_runs ON runs FOR SELECT TO recorder USING (true);
CREATE POLICY recorder_steps ON steps FOR SELECT TO recorder USING (true);
CREATE POLICY recorder_warnings ON budget_warnings TO recorder USING (true) WITH CHECK (true);
CREATE POLICY expired_answers ON llm_replays TO answer_expiry USING (expires_at < now());
CREATE POLICY recorder_budgets ON budgets FOR SELECT TO recorder USING (true);
CREATE POLICY recorder_all ON llm_events TO recorder USING (true) WITH CHECK (true);
CREATE POLICY reconciler_all ON llm_events TO reconciler USING (true) WITH CHECK (true);
