-- The database of Lockstep, readable from top to bottom.
--
--   1  roles                 one login per service, each with only its grants
--   2  people                tenants, users, roles, memberships, invitations, service_accounts, api_keys, secrets,
--                           versions of what was deleted
--   3  definitions           tasks and their immutable versions, sources of a tenant's tools
--   4  execution             runs, steps, their lines, what they need, turns, approvals, run_events, tenant_events
--   5  delivery              outbox, dead_letters, unreadable_messages, webhooks and their deliveries, schedules and
--                           their firings, triggers and their calls, calls under keys, kill switches
--   6  memory of a step      message_parts, checkpoints
--   7  money                 budgets, budget_warnings, quota_counts, llm_events, llm_replays, provider_usage,
--                           what operators publish for the gateway
--   8  tools and artifacts   tool_events, artifacts
--   9  audit and leaving     audit_log, its chain and anchors, platform_audit; accesses of operators to tenants; spans;
--                           exports and deletions of tenants
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
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'courier') THEN
        CREATE ROLE courier NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'timekeeper') THEN
        CREATE ROLE timekeeper NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry') THEN
        CREATE ROLE registry NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tracer') THEN
        CREATE ROLE tracer NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'undertaker') THEN
        CREATE ROLE undertaker NOLOGIN;
    END IF;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO control_plane, orchestrator, llm_gateway, lambdas, relay, sweeper, recorder, reconciler, key_lookup, answer_expiry, courier, timekeeper, registry, tracer, undertaker;

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
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    time_zone   text NOT NULL DEFAULT 'UTC',
    settings    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    created_at  timestamptz NOT NULL DEFAULT now(),
    suspended_at timestamptz,
    -- part of the key of the tenant's stored answers: once the row is gone nobody can read them, wherever copies lie
    replay_salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) CHECK (length(replay_salt) >= 16),
    contact_email text CHECK (length(contact_email) <= 254),
    suspended_reason text CHECK (length(suspended_reason) <= 500),
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1)
);
CREATE INDEX tenants_newest ON tenants (created_at DESC, tenant_id DESC);

-- A person, known by the identity provider's subject, or a service account, which has none; belongs to tenants through
-- memberships.
CREATE TABLE users (
    user_id     uuid PRIMARY KEY,
    subject     text UNIQUE CHECK (length(subject) BETWEEN 1 AND 255),
    email       text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- the tenant that the next token names, while they belong to it
    active_tenant_id uuid REFERENCES tenants ON DELETE SET NULL,
    -- the tenant that they left last: who belongs to none any more goes with it
    left_tenant_id uuid REFERENCES tenants ON DELETE SET NULL
);
CREATE INDEX users_left ON users (left_tenant_id) WHERE left_tenant_id IS NOT NULL;

-- A role that a tenant has made of permissions; the built-in ones stand in the code.
CREATE TABLE roles (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    role_id     uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 64 AND lower(name) NOT IN ('owner', 'admin', 'member', 'viewer')),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    permissions text[] NOT NULL CHECK (cardinality(permissions) BETWEEN 1 AND 64),
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, role_id),
    UNIQUE (tenant_id, name)
);

-- Each has a built-in role or one of the tenant's own.
CREATE TABLE memberships (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role        text CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    role_id     uuid,
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT memberships_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES roles,
    CONSTRAINT memberships_one_role CHECK (num_nonnulls(role, role_id) = 1)
);
CREATE INDEX memberships_of_user ON memberships (user_id);
CREATE INDEX memberships_of_role ON memberships (tenant_id, role_id) WHERE role_id IS NOT NULL;
CREATE INDEX memberships_newest ON memberships (tenant_id, created_at DESC, user_id DESC);

-- Of an invitation's token only the SHA-256 is kept; NULL invited it: an operator of the platform.
CREATE TABLE invitations (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    invitation_id uuid NOT NULL,
    email       text NOT NULL CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(email)),
    role        text CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    role_id     uuid,
    digest      bytea NOT NULL CHECK (length(digest) = 32),
    invited_by  uuid REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by uuid REFERENCES users,
    revoked_at  timestamptz,
    -- the key with which it was made
    by_key      uuid,
    PRIMARY KEY (tenant_id, invitation_id),
    UNIQUE (tenant_id, digest),
    CONSTRAINT invitations_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES roles,
    CONSTRAINT invitations_one_role CHECK (num_nonnulls(role, role_id) = 1),
    CONSTRAINT invitations_one_end CHECK (num_nonnulls(accepted_at, revoked_at) <= 1),
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL))
);
CREATE UNIQUE INDEX invitations_open ON invitations (tenant_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_newest ON invitations (tenant_id, created_at DESC, invitation_id DESC);
CREATE INDEX invitations_of_role ON invitations (tenant_id, role_id) WHERE role_id IS NOT NULL;
CREATE INDEX invitations_of_email ON invitations (tenant_id, email, created_at DESC, invitation_id DESC);
CREATE INDEX invitations_by_key ON invitations (tenant_id, by_key) WHERE by_key IS NOT NULL;

-- A member that is no person: it has keys alone, which members with the permission manage.
CREATE TABLE service_accounts (
    tenant_id   uuid NOT NULL,
    user_id     uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    created_by  uuid REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- the key with which it was made
    by_key      uuid,
    PRIMARY KEY (tenant_id, user_id),
    UNIQUE (tenant_id, name),
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
);
CREATE INDEX service_accounts_newest ON service_accounts (tenant_id, created_at DESC, user_id DESC);

-- A key is known by a hash of its text only, made with the pepper of this name; NULL: the plain SHA-256, as of old.
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
    pepper      text CHECK (length(pepper) BETWEEN 1 AND 64),
    -- what the key may do of what its member may; NULL: all of it
    permissions text[] CHECK (cardinality(permissions) BETWEEN 1 AND 64),
    -- written at most once a minute
    last_used_at timestamptz,
    -- the hash before the last rotation, which is accepted until then
    previous_hash bytea UNIQUE CHECK (length(previous_hash) = 32),
    previous_until timestamptz,
    created_by  uuid REFERENCES users,
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    -- the key that has made it or rotated it last: whoever held that one has its text
    known_to    uuid,
    -- keys that were so before the last rotations: what was made with this key may be theirs for good
    known_before uuid[],
    -- from when on those have no text of it; NULL: they may
    parted_at   timestamptz,
    PRIMARY KEY (tenant_id, api_key_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE,
    CONSTRAINT api_keys_previous CHECK ((previous_hash IS NULL) = (previous_until IS NULL))
);
CREATE INDEX api_keys_newest ON api_keys (tenant_id, created_at DESC, api_key_id DESC);
CREATE INDEX api_keys_known_before ON api_keys (tenant_id) WHERE known_before IS NOT NULL;
CREATE INDEX api_keys_known_to ON api_keys (tenant_id, known_to) WHERE known_to IS NOT NULL;
CREATE INDEX api_keys_of_user ON api_keys (tenant_id, user_id, created_at DESC, api_key_id DESC);

-- A secret that the proxy of a tenant's jobs adds to their requests to these hosts. It is closed with the public key of
-- the tool runtime before it is stored, so that nobody who reads this table can use it.
CREATE TABLE secrets (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    name        text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
    hosts       text[] NOT NULL CHECK (cardinality(hosts) BETWEEN 1 AND 100),
    sealed      text NOT NULL CHECK (length(sealed) <= 32768),
    version     int NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  uuid,
    PRIMARY KEY (tenant_id, name)
);
-- The last version of what was deleted and may be made again under its name: what is made then counts on from there, so
-- that nobody who has seen the old one changes the new one.
CREATE TABLE ended_versions (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    noun        text NOT NULL CHECK (noun IN ('secret', 'budget')),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    version     int NOT NULL CHECK (version >= 1),
    PRIMARY KEY (tenant_id, noun, name)
);
CREATE FUNCTION keep_ended_version(tenant uuid, its_noun text, its_name text, its_version int) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
    AS 'INSERT INTO ended_versions AS e (tenant_id, noun, name, version)
        SELECT t.tenant_id, its_noun, its_name, its_version FROM tenants t WHERE t.tenant_id = tenant
        ON CONFLICT (tenant_id, noun, name) DO UPDATE SET version = GREATEST(e.version, EXCLUDED.version)';
CREATE FUNCTION next_version(tenant uuid, its_noun text, its_name text) RETURNS int
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT 1 + COALESCE(max(e.version), 0) FROM ended_versions e WHERE e.tenant_id = tenant AND e.noun = its_noun AND e.name = its_name';
-- Of several who make the same, one goes first; and it is known how far whoever deletes it now has counted.
CREATE FUNCTION secret_counts_on() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        -- what a tenant had that goes is not made again
        IF current_user <> 'undertaker' THEN
            PERFORM keep_ended_version(OLD.tenant_id, 'secret', OLD.name, OLD.version);
        END IF;
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'secret', NEW.tenant_id, NEW.name), 0));
    PERFORM FROM secrets s WHERE s.tenant_id = NEW.tenant_id AND s.name = NEW.name FOR NO KEY UPDATE;
    NEW.version := GREATEST(NEW.version, next_version(NEW.tenant_id, 'secret', NEW.name));
    RETURN NEW;
END $$;
CREATE TRIGGER counts_on BEFORE INSERT ON secrets FOR EACH ROW EXECUTE FUNCTION secret_counts_on();
CREATE TRIGGER keeps_its_version AFTER DELETE ON secrets FOR EACH ROW EXECUTE FUNCTION secret_counts_on();

-- 3  definitions -----------------------------------------------------------------------------------------------------

CREATE TABLE tasks (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    task_id     uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    archived_at timestamptz,
    -- the SHA-256 of what people read of its name; null where it stood beside another that reads the same already
    reading     bytea CHECK (length(reading) = 32),
    PRIMARY KEY (tenant_id, task_id)
);
CREATE UNIQUE INDEX tasks_live_name ON tasks (tenant_id, name) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX tasks_live_reading ON tasks (tenant_id, reading) WHERE archived_at IS NULL;
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

-- Where a tenant's tools come from: `api.<name>.<operation>` or `mcp.<name>.<tool>`. One that is out of use keeps its
-- versions, by which the tasks that were made with them go on.
CREATE TABLE tool_sources (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    name        text NOT NULL CHECK (name ~ '^[a-z][a-z0-9]{0,23}$'),
    kind        text NOT NULL CHECK (kind IN ('openapi', 'mcp')),
    version     int NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at  timestamptz NOT NULL DEFAULT now(),
    archived_at timestamptz,
    PRIMARY KEY (tenant_id, name)
);

-- Never updated: no login holds UPDATE on it. The document itself is not kept; `digest` tells two of them apart.
CREATE TABLE tool_source_versions (
    tenant_id   uuid NOT NULL,
    name        text NOT NULL,
    version     int NOT NULL CHECK (version >= 1),
    digest      bytea NOT NULL CHECK (length(digest) = 32),
    left_out    jsonb NOT NULL CHECK (jsonb_typeof(left_out) = 'array'),
    created_by  uuid REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- of an MCP server: what it is, the files of its packages, the digests of all tools that it showed, and who read them
    server      jsonb CHECK (jsonb_typeof(server) = 'object'),
    PRIMARY KEY (tenant_id, name, version),
    FOREIGN KEY (tenant_id, name) REFERENCES tool_sources ON DELETE CASCADE
);

CREATE TABLE source_tools (
    tenant_id   uuid NOT NULL,
    name        text NOT NULL,
    version     int NOT NULL,
    tool        text NOT NULL CHECK (tool ~ '^[a-z][a-z0-9_]{0,57}$'),
    definition  jsonb NOT NULL CHECK (jsonb_typeof(definition) = 'object'),
    PRIMARY KEY (tenant_id, name, version, tool),
    FOREIGN KEY (tenant_id, name, version) REFERENCES tool_source_versions ON DELETE CASCADE
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
    pause_reason    text CHECK (pause_reason IN ('user', 'budget', 'parent', 'kill_switch')),
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
    -- since when what it was asked, what it answered, its files and results of tools, and its events are gone, by the
    -- tenant's retention; the columns that had them are empty then
    prompts_expired_at timestamptz,
    answers_expired_at timestamptz,
    artifacts_expired_at timestamptz,
    events_expired_at timestamptz,
    -- who has started it, as the audit names its actors, or the step of which run
    started_by      text,
    -- whose budgets and limits its calls count in: the key that has asked for it, if one has, and who has retried it
    -- last (NULL: who has created it)
    payer_user_id   uuid,
    payer_key_id    uuid,
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
CREATE INDEX runs_of_task_by_status ON runs (tenant_id, task_id, status, created_at DESC, run_id DESC);
CREATE INDEX runs_started_by ON runs (tenant_id, started_by, created_at DESC, run_id DESC);
CREATE INDEX runs_started_by_status ON runs (tenant_id, started_by, status, created_at DESC, run_id DESC);
CREATE INDEX runs_forked ON runs (tenant_id, forked_from_run_id, created_at DESC, run_id DESC) WHERE forked_from_run_id IS NOT NULL;
CREATE INDEX runs_of_parent ON runs (tenant_id, parent_run_id, created_at DESC, run_id DESC) WHERE parent_run_id IS NOT NULL;
CREATE UNIQUE INDEX runs_of_parent_step ON runs (tenant_id, parent_step_id, parent_attempt) WHERE parent_step_id IS NOT NULL;
CREATE INDEX runs_of_root ON runs (tenant_id, (ancestor_run_ids[1])) WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_open ON runs (progressed_at) WHERE ended_at IS NULL;
CREATE INDEX runs_open_of_tenant ON runs (tenant_id, run_id) WHERE ended_at IS NULL;
CREATE INDEX runs_killed ON runs (tenant_id, run_id) WHERE pause_reason = 'kill_switch';
CREATE INDEX runs_keeping_prompts ON runs (tenant_id, ended_at, run_id) WHERE ended_at IS NOT NULL AND parent_run_id IS NULL AND prompts_expired_at IS NULL;
CREATE INDEX runs_keeping_answers ON runs (tenant_id, ended_at, run_id) WHERE ended_at IS NOT NULL AND parent_run_id IS NULL AND answers_expired_at IS NULL;
CREATE INDEX runs_keeping_artifacts ON runs (tenant_id, ended_at, run_id) WHERE ended_at IS NOT NULL AND parent_run_id IS NULL AND artifacts_expired_at IS NULL;
CREATE INDEX runs_keeping_events ON runs (tenant_id, ended_at, run_id) WHERE ended_at IS NOT NULL AND parent_run_id IS NULL AND events_expired_at IS NULL;
CREATE INDEX runs_of_status ON runs (tenant_id, status, created_at DESC, run_id DESC);

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
    -- since when it could run and nobody held it, when that was last so; of a step that waits for others without meaning
    queued_at       timestamptz NOT NULL DEFAULT now(),
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
-- Noted here, because many statements make a step ready and each would have to think of it.
CREATE FUNCTION note_queued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.queued_at := COALESCE(NEW.retry_at, now());
    RETURN NEW;
END $$;
CREATE TRIGGER steps_queued BEFORE UPDATE OF status, unmet_needs, generation ON steps
    FOR EACH ROW WHEN (NEW.status IN ('QUEUED', 'RETRYING') AND NEW.unmet_needs = 0
        AND (OLD.status <> NEW.status OR OLD.unmet_needs > 0 OR OLD.generation <> NEW.generation))
    EXECUTE FUNCTION note_queued();
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
    -- which turn since the step's beginning it is; of a crew who asks (null is its manager), and for which of its tasks
    number      int CHECK (number >= 1),
    agent       text,
    task        text,
    PRIMARY KEY (tenant_id, step_id, turn),
    FOREIGN KEY (tenant_id, step_id) REFERENCES steps ON DELETE CASCADE,
    CHECK ((response IS NULL) = (recorded_at IS NULL))
);

-- The number from which a step's calls and jobs are new ones: above all that it has ever given to a turn. Of what asks
-- models each turn has a row, so that the number of a step which ended with a whole turn is free.
CREATE FUNCTION next_turn(step steps) RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN GREATEST((step).turn + CASE WHEN (step).kind IN ('agent', 'crew', 'llm') THEN 0 ELSE 1 END,
                    (SELECT max(t.turn) + 1 FROM turns t
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
    message     text CHECK (length(message) BETWEEN 1 AND 32768),
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
CREATE INDEX approvals_of_status ON approvals (tenant_id, status, requested_at DESC, approval_id DESC);

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

-- What happened in a tenant and in no run of it; in the tenant's stream it stands among the events of runs.
CREATE TABLE tenant_events (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    event_id    bigint NOT NULL DEFAULT nextval('run_events_event_id_seq'),
    xact        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at          timestamptz NOT NULL,
    type        text NOT NULL CHECK (length(type) BETWEEN 1 AND 64),
    data        jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, xact, event_id)
);

-- Which of these tenants have events from these transactions on, as far as all that is older has ended: one statement
-- for all tenants that a process has readers of, under the rights and the row-level security of its own login.
CREATE FUNCTION tenants_with_events(tenants uuid[], since text[]) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1 .. cardinality(tenants) LOOP
        PERFORM set_config('lockstep.tenant', tenants[place]::text, true);
        IF EXISTS (SELECT FROM run_events WHERE tenant_id = tenants[place] AND xact >= since[place]::xid8
                   AND xact < pg_snapshot_xmin(pg_current_snapshot()))
           OR EXISTS (SELECT FROM tenant_events WHERE tenant_id = tenants[place] AND xact >= since[place]::xid8
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
CREATE INDEX dead_letters_of_all ON dead_letters (died_at, dead_letter_id);
CREATE INDEX dead_letters_of_run ON dead_letters (tenant_id, run_id) WHERE status = 'open';
CREATE UNIQUE INDEX dead_letters_of_step ON dead_letters (tenant_id, step_id) WHERE status = 'open';
CREATE INDEX dead_letters_by_run ON dead_letters (tenant_id, run_id, died_at DESC, dead_letter_id DESC);
CREATE INDEX dead_letters_by_status ON dead_letters (tenant_id, status, died_at DESC, dead_letter_id DESC);
CREATE INDEX dead_letters_by_cause ON dead_letters (tenant_id, cause, died_at DESC, dead_letter_id DESC);

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
    -- the key with which it was made, or was last told where to send
    by_key      uuid,
    -- the key to which its secret was shown, and that of the secret before, until `previous_secret_until`
    secret_by_key uuid,
    previous_by_key uuid,
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
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (tenant_id, webhook_id, status, created_at DESC, delivery_id DESC);

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
    -- the key with which it was made or last changed
    by_key      uuid,
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
    reason      text CHECK (reason IN ('overlap', 'queue_full', 'paused', 'deleted', 'missed', 'budget', 'not_permitted', 'tenant_suspended', 'task_gone', 'task_refused', 'open_runs', 'quota', 'kill_switch')),
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
CREATE INDEX schedule_firings_by_status ON schedule_firings (tenant_id, schedule_id, status, fires_at DESC);

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
    -- the key that has made it or rotated it last: whoever held that one has its secret
    by_key      uuid,
    -- that of the secret before, until `previous_secret_until`
    previous_by_key uuid,
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
    reason      text CHECK (reason IN ('paused', 'payload_refused', 'not_permitted', 'tenant_suspended', 'task_gone', 'task_refused', 'open_runs', 'quota', 'kill_switch')),
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
CREATE INDEX trigger_calls_by_status ON trigger_calls (tenant_id, trigger_id, status, received_at DESC, call_id DESC);

-- Calls that made something under an Idempotency-Key, and what a repeat is answered; without what had a secret in it.
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
-- The same of operators, who belong to no tenant: each has keys of their own.
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

-- The kill switches that are engaged: a tenant's, and the platform's for all of them. While one is, nothing of a tenant begins.
CREATE TABLE kill_switches (
    tenant_id   uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    engaged_by  text NOT NULL,
    engaged_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE platform_kill_switch (
    is_engaged  boolean PRIMARY KEY DEFAULT true CHECK (is_engaged),
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    engaged_by  text NOT NULL,
    engaged_at  timestamptz NOT NULL DEFAULT now()
);

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
CREATE FUNCTION budget_counts_on() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        -- what a tenant had that goes is not made again
        IF current_user <> 'undertaker' THEN
            PERFORM keep_ended_version(OLD.tenant_id, 'budget', concat_ws('/', OLD.scope, OLD.scope_id, OLD.period), OLD.version);
        END IF;
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'budget', NEW.tenant_id, NEW.scope, NEW.scope_id, NEW.period), 0));
    PERFORM FROM budgets b WHERE b.tenant_id = NEW.tenant_id AND b.scope = NEW.scope AND b.scope_id = NEW.scope_id AND b.period = NEW.period FOR NO KEY UPDATE;
    NEW.version := GREATEST(NEW.version, next_version(NEW.tenant_id, 'budget', concat_ws('/', NEW.scope, NEW.scope_id, NEW.period)));
    RETURN NEW;
END $$;
CREATE TRIGGER counts_on BEFORE INSERT ON budgets FOR EACH ROW EXECUTE FUNCTION budget_counts_on();
CREATE TRIGGER keeps_its_version AFTER DELETE ON budgets FOR EACH ROW EXECUTE FUNCTION budget_counts_on();

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
CREATE INDEX budget_warnings_newest ON budget_warnings (tenant_id, warned_at DESC, scope DESC, scope_id DESC, period DESC, label DESC);

-- How much of what is limited by the day has begun, for the tenant and for each of its users; the day is one of the
-- tenant's calendar. `used` is raised in the transaction that begins something, and only below the limit.
CREATE TABLE quota_counts (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    day         date NOT NULL,
    quota       text NOT NULL CHECK (quota IN ('runs_a_day', 'agent_turns_a_day', 'sandbox_seconds_a_day')),
    scope       text NOT NULL CHECK (scope IN ('tenant', 'user')),
    scope_id    uuid NOT NULL,
    used        bigint NOT NULL CHECK (used >= 0),
    PRIMARY KEY (tenant_id, day, quota, scope, scope_id)
);

-- The ledger: one row an attempt, one more for each later correction. Append-only: no login holds UPDATE or DELETE. It
-- stays when a tenant is deleted: what was called is billed, whatever became of the tenant.
CREATE TABLE llm_events (
    tenant_id           uuid NOT NULL,
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
-- Days rise with the rows, so that a span of them is found for all tenants at the cost of a few pages.
CREATE INDEX llm_events_days ON llm_events USING brin (event_day);

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
-- the key of a run's call begins with the run's id
CREATE INDEX llm_replays_of_run ON llm_replays (tenant_id, split_part(call_key, ':', 1));

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

-- What operators publish over the gateway's files: each version is kept, and is served once a second operator approves.
CREATE TABLE gateway_configurations (
    version     int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document    text NOT NULL CHECK (octet_length(document) <= 262144),
    note        text NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
    -- the version that was served when this one was proposed; null: the files alone
    based_on    int REFERENCES gateway_configurations,
    status      text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'active', 'superseded', 'rejected')),
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT now(),
    decided_by  text,
    decided_at  timestamptz,
    reason      text CHECK (length(reason) BETWEEN 1 AND 2000),
    CHECK ((status = 'proposed') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    -- nobody approves what they have proposed; to reject it is to take it back
    CONSTRAINT two_people CHECK (status IN ('proposed', 'rejected') OR decided_by <> proposed_by)
);
CREATE UNIQUE INDEX gateway_configurations_active ON gateway_configurations (status) WHERE status = 'active';

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
    -- seconds of a sandbox that its last start holds of the day's quota, until its end is known; 0 afterwards
    held_seconds int NOT NULL DEFAULT 0,
    held_day     date,
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
    status       text NOT NULL CHECK (status IN ('PENDING', 'READY', 'EXPIRED')),
    created_by   uuid REFERENCES users,
    created_at   timestamptz NOT NULL DEFAULT now(),
    -- since when it cannot be fetched any more, and since when its bytes are gone from the bucket
    expired_at   timestamptz,
    erased_at    timestamptz,
    PRIMARY KEY (tenant_id, artifact_id),
    UNIQUE (tenant_id, object_key),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, step_id) REFERENCES steps ON DELETE CASCADE,
    CHECK ((run_id IS NULL) = (step_id IS NULL)),
    CONSTRAINT artifacts_expired CHECK ((status = 'EXPIRED') = (expired_at IS NOT NULL) AND (erased_at IS NULL OR expired_at IS NOT NULL))
);
CREATE INDEX artifacts_newest ON artifacts (tenant_id, created_at, artifact_id);
CREATE INDEX artifacts_by_status ON artifacts (tenant_id, status, created_at, artifact_id);
CREATE INDEX artifacts_left_by_run ON artifacts (tenant_id, run_id, created_at, artifact_id) WHERE run_id IS NOT NULL;
CREATE INDEX artifacts_stored ON artifacts (tenant_id, created_by) INCLUDE (size) WHERE expired_at IS NULL;
CREATE INDEX artifacts_kept ON artifacts (tenant_id, created_at, artifact_id) WHERE expired_at IS NULL;
CREATE INDEX artifacts_to_erase ON artifacts (tenant_id) WHERE status = 'EXPIRED' AND erased_at IS NULL;

-- Which tenants' content is swept, by whom until when, and when it is next.
CREATE TABLE retention_sweeps (
    tenant_id   uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
    leased_until timestamptz,
    due_at      timestamptz NOT NULL
);

-- 9  audit and traces ------------------------------------------------------------------------------------------------

-- Written with the change that it tells of, and never changed: no login holds UPDATE or DELETE on these tables.
CREATE TABLE audit_log (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    audit_id    bigint GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,
    action      text NOT NULL,
    target      text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}',
    trace_id    text,
    -- denied: the caller may not; refused: the call could not be done as asked; failed: it was our fault
    outcome     text NOT NULL DEFAULT 'done' CHECK (outcome IN ('done', 'denied', 'refused', 'failed')),
    status      int CHECK (status BETWEEN 100 AND 599),
    operation   text,
    request_id  text CHECK (length(request_id) <= 64),
    ip          text CHECK (length(ip) <= 64),
    user_agent  text CHECK (length(user_agent) <= 256),
    -- by which the chain knows what nothing older can be added to any more
    xact        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (tenant_id, audit_id)
);
CREATE INDEX audit_log_to_seal ON audit_log (tenant_id, xact, audit_id);
CREATE INDEX audit_log_by_xact ON audit_log (xact, tenant_id);
-- of a digest, because an index takes no long target, and of one that gives nothing away of another tenant's rows: by
-- another function PostgreSQL looks nothing up where there is row-level security
CREATE INDEX audit_log_of_target ON audit_log (tenant_id, md5(target), audit_id);
CREATE INDEX audit_log_by_actor ON audit_log (tenant_id, actor, audit_id);
CREATE INDEX audit_log_by_action ON audit_log (tenant_id, action, audit_id);
CREATE INDEX audit_log_by_outcome ON audit_log (tenant_id, outcome, audit_id);
CREATE INDEX audit_log_by_moment ON audit_log (tenant_id, at, audit_id);

-- A place for each row of a tenant's audit, with a hash over the row and the hash of the place before. It refers to no row
-- of the audit, so that one that is gone is missed.
CREATE TABLE audit_chain (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    position    bigint NOT NULL CHECK (position >= 1),
    audit_id    bigint NOT NULL,
    xact        xid8 NOT NULL,
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, position),
    UNIQUE (tenant_id, audit_id)
);

-- Which heads of the chain were written outside of the database, by their numbers.
CREATE TABLE audit_anchors (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    number      int NOT NULL CHECK (number >= 1),
    position    bigint NOT NULL CHECK (position >= 1),
    anchored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, number)
);

-- What the platform's operators did, and what people did who act in no tenant.
CREATE TABLE platform_audit (
    audit_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,
    action      text NOT NULL,
    target      text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}',
    trace_id    text,
    outcome     text NOT NULL DEFAULT 'done' CHECK (outcome IN ('done', 'denied', 'refused', 'failed')),
    status      int CHECK (status BETWEEN 100 AND 599),
    operation   text,
    request_id  text CHECK (length(request_id) <= 64),
    ip          text CHECK (length(ip) <= 64),
    user_agent  text CHECK (length(user_agent) <= 256),
    xact        xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX platform_audit_to_seal ON platform_audit (xact, audit_id);
CREATE INDEX platform_audit_of_target ON platform_audit (md5(target), audit_id);
CREATE INDEX platform_audit_by_actor ON platform_audit (actor, audit_id);
CREATE INDEX platform_audit_by_action ON platform_audit (action, audit_id);
CREATE INDEX platform_audit_by_outcome ON platform_audit (outcome, audit_id);
CREATE INDEX platform_audit_by_moment ON platform_audit (at, audit_id);

-- The chain of the platform's audit and the heads of it that were written outside, as those of tenants.
CREATE TABLE platform_audit_chain (
    position    bigint PRIMARY KEY CHECK (position >= 1),
    audit_id    bigint NOT NULL UNIQUE,
    xact        xid8 NOT NULL,
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at   timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE platform_audit_anchors (
    number      int PRIMARY KEY CHECK (number >= 1),
    position    bigint NOT NULL CHECK (position >= 1),
    anchored_at timestamptz NOT NULL DEFAULT now()
);

-- By which an operator may read what is a tenant's, for some minutes and with a reason that the tenant sees. What was written
-- of it when it was opened never changes, by grant.
CREATE TABLE break_glass_accesses (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    access_id   uuid NOT NULL UNIQUE,
    operator    text NOT NULL CHECK (operator LIKE 'operator:%'),
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    opened_at   timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    ended_by    text,
    PRIMARY KEY (tenant_id, access_id),
    CONSTRAINT break_glass_accesses_bounded CHECK (expires_at > opened_at AND expires_at <= opened_at + interval '4 hours'),
    CONSTRAINT break_glass_accesses_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND ended_at <= expires_at)
);
CREATE INDEX break_glass_accesses_newest ON break_glass_accesses (tenant_id, opened_at DESC, access_id DESC);
-- an operator has one of a tenant at a time
CREATE UNIQUE INDEX break_glass_accesses_open ON break_glass_accesses (tenant_id, operator) WHERE ended_at IS NULL;
CREATE INDEX break_glass_accesses_work ON break_glass_accesses (expires_at) WHERE ended_at IS NULL;

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

-- Archives of all that a tenant has. One is made at a time; when it has expired its object is gone, and the row says so.
CREATE TABLE tenant_exports (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    export_id   uuid NOT NULL,
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'failed', 'expired')),
    requested_by text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- whoever makes it, until when, and how often somebody began
    leased_until timestamptz,
    attempts    int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    ended_at    timestamptz,
    expires_at  timestamptz,
    size        bigint CHECK (size >= 0),
    sha256      bytea CHECK (length(sha256) = 32),
    error       text,
    PRIMARY KEY (tenant_id, export_id),
    CONSTRAINT tenant_exports_ended CHECK ((status = 'pending') = (ended_at IS NULL)),
    CONSTRAINT tenant_exports_made CHECK ((status IN ('ready', 'expired')) = (sha256 IS NOT NULL)
        AND (sha256 IS NULL) = (size IS NULL) AND (sha256 IS NULL) = (expires_at IS NULL)),
    CONSTRAINT tenant_exports_failed CHECK ((status = 'failed') = (error IS NOT NULL))
);
CREATE UNIQUE INDEX tenant_exports_open ON tenant_exports (tenant_id) WHERE status = 'pending';
CREATE INDEX tenant_exports_newest ON tenant_exports (tenant_id, created_at DESC, export_id DESC);
CREATE INDEX tenant_exports_work ON tenant_exports (status) WHERE status IN ('pending', 'ready');

-- How tenants go. A row outlives its tenant, with a certificate of what was removed and nothing of what that was.
CREATE TABLE tenant_deletions (
    tenant_id   uuid PRIMARY KEY,
    deletion_id uuid NOT NULL UNIQUE,
    status      text NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'running', 'deleted', 'cancelled')),
    phase       text CHECK (phase IN ('stopping', 'objects', 'caches', 'rows', 'verifying')),
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    -- until then it can be cancelled
    not_before  timestamptz NOT NULL,
    started_at  timestamptz,
    ended_at    timestamptz,
    leased_until timestamptz,
    -- how much was removed of what, by name
    removed     jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(removed) = 'object'),
    -- what keeps it from going on, in words
    waits_for   text CHECK (length(waits_for) <= 1000),
    certificate text,
    -- when it is looked for what has come late, of one that is done
    look_at     timestamptz,
    CONSTRAINT tenant_deletions_phase CHECK ((status = 'running') = (phase IS NOT NULL)),
    CONSTRAINT tenant_deletions_certified CHECK ((status = 'deleted') = (certificate IS NOT NULL))
);
CREATE INDEX tenant_deletions_work ON tenant_deletions (not_before) WHERE status IN ('scheduled', 'running');

-- 10  grants and row-level security ----------------------------------------------------------------------------------

-- A function with its owner's rights trusts nothing of the caller's connection: pg_temp stands last in its path, and its
-- tables are named with their schema.

-- Of a key's text only the hash arrives, and the tenant is not known yet: these two functions may look across tenants.
GRANT SELECT ON api_keys, memberships, roles TO key_lookup;
GRANT SELECT (tenant_id, suspended_at) ON tenants TO key_lookup;
GRANT UPDATE (hash, pepper, last_used_at) ON api_keys TO key_lookup;
CREATE FUNCTION api_key_by_hash(wanted bytea)
    RETURNS TABLE (tenant_id uuid, api_key_id uuid, user_id uuid, scopes text[], expires_at timestamptz, revoked_at timestamptz,
                   hash bytea, until timestamptz, key_permissions text[], role text, role_id uuid, role_name text,
                   permissions text[], suspended_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT k.tenant_id, k.api_key_id, k.user_id, k.scopes, k.expires_at, k.revoked_at, wanted,
               CASE WHEN k.hash <> wanted THEN k.previous_until END, k.permissions, m.role, m.role_id, own.name,
               own.permissions, t.suspended_at
        FROM public.api_keys k JOIN public.memberships m USING (tenant_id, user_id) JOIN public.tenants t USING (tenant_id)
        LEFT JOIN public.roles own ON own.tenant_id = m.tenant_id AND own.role_id = m.role_id
        WHERE k.hash = wanted OR (k.previous_hash = wanted AND k.previous_until > now())';
ALTER FUNCTION api_key_by_hash(bytea) OWNER TO key_lookup;
REVOKE ALL ON FUNCTION api_key_by_hash(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_by_hash(bytea) TO control_plane, llm_gateway;
-- Whoever knows a key may say that it was used, and have it stored under the hash of today's pepper.
CREATE FUNCTION api_key_used(seen bytea, renewed bytea, with_pepper text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'UPDATE public.api_keys k SET last_used_at = now(),
               hash = CASE WHEN k.hash = seen THEN renewed ELSE k.hash END,
               pepper = CASE WHEN k.hash = seen THEN with_pepper ELSE k.pepper END
        WHERE (k.hash = seen OR k.previous_hash = seen)
          AND (k.last_used_at IS NULL OR k.last_used_at < now() - interval ''1 minute''
               OR (k.hash = seen AND k.pepper IS DISTINCT FROM with_pepper))';
ALTER FUNCTION api_key_used(bytea, bytea, text) OWNER TO key_lookup;
REVOKE ALL ON FUNCTION api_key_used(bytea, bytea, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_used(bytea, bytea, text) TO control_plane, llm_gateway;

-- Who somebody is, and where they belong, is asked before a tenant is known; and operators list all tenants.
GRANT SELECT ON memberships, roles, users TO registry;
GRANT SELECT (tenant_id, name, time_zone, settings, created_at, suspended_at, contact_email, suspended_reason, version) ON tenants TO registry;
GRANT INSERT (user_id, subject, email), UPDATE (email) ON users TO registry;
CREATE FUNCTION user_of_subject(wanted text, fresh uuid, verified text) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'INSERT INTO public.users AS u (user_id, subject, email) VALUES (fresh, wanted, verified)
        ON CONFLICT (subject) DO UPDATE SET email = EXCLUDED.email RETURNING u.user_id';
CREATE FUNCTION memberships_of_subject(wanted text)
    RETURNS TABLE (user_id uuid, email text, tenant_id uuid, tenant_name text, suspended_at timestamptz, role text, role_id uuid,
                   role_name text, permissions text[], is_active boolean, created_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT u.user_id, u.email, m.tenant_id, t.name, t.suspended_at, m.role, m.role_id, own.name, own.permissions,
               m.tenant_id = (SELECT a.tenant_id FROM public.memberships a JOIN public.tenants o USING (tenant_id)
                              WHERE a.user_id = u.user_id
                              ORDER BY o.suspended_at IS NULL DESC, a.tenant_id = u.active_tenant_id DESC NULLS LAST, a.created_at, a.tenant_id
                              LIMIT 1),
               m.created_at
        FROM public.users u JOIN public.memberships m USING (user_id) JOIN public.tenants t USING (tenant_id)
        LEFT JOIN public.roles own ON own.tenant_id = m.tenant_id AND own.role_id = m.role_id
        WHERE u.subject = wanted ORDER BY t.name, m.tenant_id';
CREATE FUNCTION every_tenant(after_at timestamptz, after_id uuid, named text, suspended boolean, most int)
    RETURNS TABLE (tenant_id uuid, name text, time_zone text, contact_email text, created_at timestamptz, suspended_at timestamptz,
                   suspended_reason text, version int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT t.tenant_id, t.name, t.time_zone, t.contact_email, t.created_at, t.suspended_at, t.suspended_reason, t.version
        FROM public.tenants t
        WHERE (after_at IS NULL OR (t.created_at, t.tenant_id) < (after_at, after_id))
          AND (named IS NULL OR t.name = named)
          AND (suspended IS NULL OR (t.suspended_at IS NOT NULL) = suspended)
        ORDER BY t.created_at DESC, t.tenant_id DESC LIMIT most';
ALTER FUNCTION user_of_subject(text, uuid, text) OWNER TO registry;
ALTER FUNCTION memberships_of_subject(text) OWNER TO registry;
ALTER FUNCTION every_tenant(timestamptz, uuid, text, boolean, int) OWNER TO registry;
REVOKE ALL ON FUNCTION user_of_subject(text, uuid, text), memberships_of_subject(text),
    every_tenant(timestamptz, uuid, text, boolean, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION user_of_subject(text, uuid, text), memberships_of_subject(text),
    every_tenant(timestamptz, uuid, text, boolean, int) TO control_plane;

-- Who leaves a tenant has it noted, whoever removes them.
GRANT UPDATE (left_tenant_id) ON users TO registry;
CREATE FUNCTION note_leaving() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- One that goes with its members is left by nobody.
    UPDATE public.users SET left_tenant_id = OLD.tenant_id
    WHERE user_id = OLD.user_id AND EXISTS (SELECT FROM public.tenants t WHERE t.tenant_id = OLD.tenant_id);
    RETURN NULL;
END $$;
ALTER FUNCTION note_leaving() OWNER TO registry;
REVOKE ALL ON FUNCTION note_leaving() FROM PUBLIC;
CREATE TRIGGER note_leaving AFTER DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION note_leaving();

-- `every_tenant`, which lists the newest first alone, stays for the version of the service that still calls it.
CREATE FUNCTION tenants_in_order(after_at timestamptz, after_id uuid, named text, suspended boolean, most int, newest_first boolean)
    RETURNS TABLE (tenant_id uuid, name text, time_zone text, contact_email text, created_at timestamptz, suspended_at timestamptz,
                   suspended_reason text, version int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS '(SELECT t.tenant_id, t.name, t.time_zone, t.contact_email, t.created_at, t.suspended_at, t.suspended_reason, t.version
         FROM public.tenants t
         WHERE newest_first AND (after_at IS NULL OR (t.created_at, t.tenant_id) < (after_at, after_id))
           AND (named IS NULL OR t.name = named)
           AND (suspended IS NULL OR (t.suspended_at IS NOT NULL) = suspended)
         ORDER BY t.created_at DESC, t.tenant_id DESC LIMIT most)
        UNION ALL
        (SELECT t.tenant_id, t.name, t.time_zone, t.contact_email, t.created_at, t.suspended_at, t.suspended_reason, t.version
         FROM public.tenants t
         WHERE NOT newest_first AND (after_at IS NULL OR (t.created_at, t.tenant_id) > (after_at, after_id))
           AND (named IS NULL OR t.name = named)
           AND (suspended IS NULL OR (t.suspended_at IS NOT NULL) = suspended)
         ORDER BY t.created_at, t.tenant_id LIMIT most)';
ALTER FUNCTION tenants_in_order(timestamptz, uuid, text, boolean, int, boolean) OWNER TO registry;
REVOKE ALL ON FUNCTION tenants_in_order(timestamptz, uuid, text, boolean, int, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_in_order(timestamptz, uuid, text, boolean, int, boolean) TO control_plane;

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

-- Whose audit has rows that are not sealed, of transactions from this one on; and from which one to ask next time.
GRANT SELECT (tenant_id, xact) ON audit_log TO registry;
CREATE FUNCTION audit_to_seal(since text) RETURNS TABLE (tenant_id uuid, horizon xid8)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT NULL::uuid, pg_snapshot_xmin(pg_current_snapshot())
        UNION ALL
        SELECT DISTINCT a.tenant_id, since::xid8 FROM public.audit_log a
        WHERE a.xact >= since::xid8 AND a.xact < pg_snapshot_xmin(pg_current_snapshot())';
ALTER FUNCTION audit_to_seal(text) OWNER TO registry;
REVOKE ALL ON FUNCTION audit_to_seal(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_to_seal(text) TO control_plane;
-- before each token of somebody who signs in
GRANT EXECUTE ON FUNCTION memberships_of_subject(text) TO lambdas;

-- What has expired is forgotten for all tenants at once, unread; what stands in S3 is named, to be deleted there.
GRANT SELECT (tenant_id, call_key, expires_at, object_key), DELETE ON llm_replays TO answer_expiry;
CREATE FUNCTION forget_expired_answers(most int) RETURNS TABLE (object_key text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'DELETE FROM public.llm_replays WHERE (tenant_id, call_key) IN (SELECT tenant_id, call_key FROM public.llm_replays WHERE expires_at < now() LIMIT most) RETURNING object_key';
ALTER FUNCTION forget_expired_answers(int) OWNER TO answer_expiry;
REVOKE ALL ON FUNCTION forget_expired_answers(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_expired_answers(int) TO llm_gateway;

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

-- Calls of triggers are forgotten for all tenants at once, unread.
GRANT SELECT (tenant_id, call_id, received_at), DELETE ON trigger_calls TO timekeeper;
CREATE FUNCTION forget_trigger_calls(older_than interval, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'WITH gone AS (DELETE FROM public.trigger_calls WHERE (tenant_id, call_id) IN (SELECT c.tenant_id, c.call_id FROM public.trigger_calls c WHERE c.received_at < now() - older_than LIMIT most) RETURNING 1) SELECT count(*) FROM gone';
ALTER FUNCTION forget_trigger_calls(interval, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION forget_trigger_calls(interval, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_trigger_calls(interval, int) TO control_plane;

-- So are calls under keys.
GRANT SELECT (tenant_id, idempotency_key, called_at), DELETE ON keyed_calls TO timekeeper;
CREATE FUNCTION forget_keyed_calls(older_than interval, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'WITH gone AS (DELETE FROM public.keyed_calls WHERE (tenant_id, idempotency_key) IN (SELECT c.tenant_id, c.idempotency_key FROM public.keyed_calls c WHERE c.called_at < now() - older_than LIMIT most) RETURNING 1) SELECT count(*) FROM gone';
ALTER FUNCTION forget_keyed_calls(interval, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION forget_keyed_calls(interval, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_keyed_calls(interval, int) TO control_plane;
GRANT SELECT (operator, idempotency_key, called_at), DELETE ON operator_keyed_calls TO timekeeper;
CREATE FUNCTION forget_operator_keyed_calls(older_than interval, most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'WITH gone AS (DELETE FROM public.operator_keyed_calls WHERE (operator, idempotency_key) IN (SELECT c.operator, c.idempotency_key FROM public.operator_keyed_calls c WHERE c.called_at < now() - older_than LIMIT most) RETURNING 1) SELECT count(*) FROM gone';
ALTER FUNCTION forget_operator_keyed_calls(interval, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION forget_operator_keyed_calls(interval, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_operator_keyed_calls(interval, int) TO control_plane;

-- What is to be parked, and what goes on again, is asked for all tenants at once, since the platform's switch is for all.
GRANT SELECT (tenant_id) ON kill_switches TO timekeeper;
GRANT SELECT ON platform_kill_switch TO timekeeper;
GRANT SELECT (status, pause_reason) ON runs TO timekeeper;
CREATE FUNCTION runs_to_park(most int) RETURNS TABLE (tenant_id uuid, run_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT o.tenant_id, o.run_id FROM (
            SELECT r.tenant_id, r.run_id FROM public.kill_switches k JOIN public.runs r ON r.tenant_id = k.tenant_id
            WHERE r.ended_at IS NULL AND r.status <> ''PAUSED''
            UNION
            SELECT r.tenant_id, r.run_id FROM public.runs r
            WHERE EXISTS (SELECT FROM public.platform_kill_switch) AND r.ended_at IS NULL AND r.status <> ''PAUSED'') o
        LIMIT most';
CREATE FUNCTION runs_to_go_on(most int) RETURNS TABLE (tenant_id uuid, run_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT r.tenant_id, r.run_id FROM public.runs r
        WHERE r.pause_reason = ''kill_switch'' AND NOT EXISTS (SELECT FROM public.platform_kill_switch)
          AND NOT EXISTS (SELECT FROM public.kill_switches k WHERE k.tenant_id = r.tenant_id) LIMIT most';
ALTER FUNCTION runs_to_park(int) OWNER TO timekeeper;
ALTER FUNCTION runs_to_go_on(int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION runs_to_park(int), runs_to_go_on(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION runs_to_park(int), runs_to_go_on(int) TO control_plane;

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

-- Which exports and deletions have something to be done is asked for all tenants at once; it is done in each alone.
GRANT SELECT (tenant_id, export_id, status, leased_until, expires_at) ON tenant_exports TO timekeeper;
GRANT SELECT (tenant_id, status, leased_until, not_before, look_at) ON tenant_deletions TO timekeeper;
CREATE FUNCTION exports_with_work(as_of timestamptz, most int) RETURNS TABLE (tenant_id uuid, export_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT x.tenant_id, x.export_id FROM public.tenant_exports x
        WHERE (x.leased_until IS NULL OR x.leased_until <= as_of)
          AND (x.status = ''pending'' OR (x.status = ''ready'' AND x.expires_at <= as_of)) LIMIT most';
CREATE FUNCTION deletions_with_work(as_of timestamptz, most int) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT d.tenant_id FROM public.tenant_deletions d
        WHERE d.status IN (''scheduled'', ''running'') AND d.not_before <= as_of
          AND (d.leased_until IS NULL OR d.leased_until <= as_of) LIMIT most';
ALTER FUNCTION exports_with_work(timestamptz, int) OWNER TO timekeeper;
ALTER FUNCTION deletions_with_work(timestamptz, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION exports_with_work(timestamptz, int), deletions_with_work(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exports_with_work(timestamptz, int), deletions_with_work(timestamptz, int) TO control_plane;
-- What is done is looked at again: a form or a process of before may have written since.
CREATE FUNCTION deletions_to_look_at(as_of timestamptz, most int) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT d.tenant_id FROM public.tenant_deletions d WHERE d.status = ''deleted'' AND d.look_at <= as_of ORDER BY d.look_at LIMIT most';
ALTER FUNCTION deletions_to_look_at(timestamptz, int) OWNER TO timekeeper;
REVOKE ALL ON FUNCTION deletions_to_look_at(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deletions_to_look_at(timestamptz, int) TO control_plane;

-- A certificate is read by whoever knows its id, since nobody belongs to the tenant any more.
GRANT SELECT (deletion_id, certificate) ON tenant_deletions TO registry;
CREATE FUNCTION deletion_certificate(wanted uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT d.certificate FROM public.tenant_deletions d WHERE d.deletion_id = wanted AND d.certificate IS NOT NULL';
ALTER FUNCTION deletion_certificate(uuid) OWNER TO registry;
REVOKE ALL ON FUNCTION deletion_certificate(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deletion_certificate(uuid) TO control_plane;

-- An access is named by its id, before anybody knows whose it is; which have run out is asked for all tenants at once.
GRANT SELECT ON break_glass_accesses TO registry;
CREATE FUNCTION break_glass_access(wanted uuid) RETURNS SETOF break_glass_accesses
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT * FROM public.break_glass_accesses b WHERE b.access_id = wanted';
CREATE FUNCTION break_glass_accesses_to_end(as_of timestamptz, most int) RETURNS TABLE (tenant_id uuid, access_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT b.tenant_id, b.access_id FROM public.break_glass_accesses b
        WHERE b.ended_at IS NULL AND b.expires_at <= as_of ORDER BY b.expires_at LIMIT most';
ALTER FUNCTION break_glass_access(uuid) OWNER TO registry;
ALTER FUNCTION break_glass_accesses_to_end(timestamptz, int) OWNER TO registry;
REVOKE ALL ON FUNCTION break_glass_access(uuid), break_glass_accesses_to_end(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION break_glass_access(uuid), break_glass_accesses_to_end(timestamptz, int) TO control_plane;

-- Rows of a tenant are removed, and counted, by these functions alone, and only while its deletion has come to rows: the
-- policies of their owner say so. The ledger and the deletion itself stay.
GRANT SELECT ON tenant_deletions TO undertaker;
CREATE FUNCTION is_being_deleted() RETURNS boolean
    LANGUAGE sql STABLE
    AS 'SELECT EXISTS (SELECT FROM public.tenant_deletions d WHERE d.tenant_id = public.current_tenant() AND d.status = ''running'' AND d.phase IN (''rows'', ''verifying''))';
REVOKE ALL ON FUNCTION is_being_deleted() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_being_deleted() TO undertaker;

-- What unlocks the removal has no way back: a deletion goes on to its end, and its tenant never lives again. These functions
-- have the rights of who calls them, who sees no other tenant than the one that they change.
CREATE FUNCTION guard_deletion() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    phases constant text[] := ARRAY['stopping', 'objects', 'caches', 'rows', 'verifying'];
    lives constant boolean := EXISTS (SELECT FROM public.tenants t WHERE t.tenant_id = OLD.tenant_id);
    may_be boolean;
BEGIN
    may_be := CASE OLD.status
        WHEN 'cancelled' THEN NEW.status IN ('cancelled', 'scheduled')
        -- the clock of who begins it may be ahead
        WHEN 'scheduled' THEN NEW.status IN ('scheduled', 'cancelled')
            OR (NEW.status = 'running' AND NEW.phase = 'stopping' AND OLD.not_before <= now() + interval '1 minute')
        WHEN 'running' THEN (NEW.status = 'deleted' AND OLD.phase = 'verifying' AND NOT lives)
            OR (NEW.status = 'running' AND (array_position(phases, NEW.phase) >= array_position(phases, OLD.phase)
                                            OR (OLD.phase = 'verifying' AND NEW.phase = 'objects')))
        -- when it is looked at again is all that changes of one that is done
        WHEN 'deleted' THEN to_jsonb(NEW) - 'look_at' = to_jsonb(OLD) - 'look_at'
        ELSE false END;
    IF may_be IS NOT TRUE THEN
        RAISE EXCEPTION 'the deletion of a tenant goes from % % to no % %', OLD.status, OLD.phase, NEW.status, NEW.phase
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status <> 'cancelled' AND (NEW.tenant_id, NEW.deletion_id, NEW.requested_by, NEW.requested_at, NEW.not_before)
           IS DISTINCT FROM (OLD.tenant_id, OLD.deletion_id, OLD.requested_by, OLD.requested_at, OLD.not_before) THEN
        RAISE EXCEPTION 'what was asked for of a deletion does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.phase <> 'stopping' AND EXISTS (SELECT FROM public.tenants t WHERE t.tenant_id = OLD.tenant_id AND t.suspended_at IS NULL) THEN
        RAISE EXCEPTION 'nothing is removed of a tenant that is not suspended' USING ERRCODE = 'check_violation';
    END IF;
    -- whoever leased it for ever would keep it from its end
    IF NEW.leased_until > now() + interval '1 day' THEN
        RAISE EXCEPTION 'nobody has a deletion for longer than a day' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION guard_deletion() FROM PUBLIC;
CREATE TRIGGER guard_deletion BEFORE UPDATE ON tenant_deletions FOR EACH ROW EXECUTE FUNCTION guard_deletion();
CREATE FUNCTION guard_tenant_that_goes() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    stands text;
BEGIN
    -- the row is locked, so that the deletion does not begin at the same moment
    SELECT d.status INTO stands FROM public.tenant_deletions d WHERE d.tenant_id = NEW.tenant_id FOR SHARE;
    IF stands IN ('running', 'deleted') THEN
        RAISE EXCEPTION 'a tenant whose deletion has begun does not come back' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION guard_tenant_that_goes() FROM PUBLIC;
CREATE TRIGGER guard_tenant_that_goes BEFORE INSERT ON tenants FOR EACH ROW EXECUTE FUNCTION guard_tenant_that_goes();
CREATE TRIGGER guard_tenant_that_is_suspended BEFORE UPDATE OF suspended_at ON tenants FOR EACH ROW
    WHEN (OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL) EXECUTE FUNCTION guard_tenant_that_goes();

-- That rows were unlocked stands in the platform's audit, which no login changes: whoever verifies a tenant's audit asks there.
GRANT INSERT (actor, action, target, detail) ON platform_audit TO undertaker;
CREATE FUNCTION mark_erasing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.platform_audit (actor, action, target, detail)
    VALUES ('system:deletions', 'tenant.erase', NEW.tenant_id::text, jsonb_build_object('deletion_id', NEW.deletion_id));
    RETURN NULL;
END $$;
ALTER FUNCTION mark_erasing() OWNER TO undertaker;
REVOKE ALL ON FUNCTION mark_erasing() FROM PUBLIC;
CREATE TRIGGER mark_erasing AFTER UPDATE ON tenant_deletions FOR EACH ROW
    WHEN (NEW.phase IN ('rows', 'verifying') AND OLD.phase NOT IN ('rows', 'verifying')) EXECUTE FUNCTION mark_erasing();

-- An access of an operator that has ended never begins again.
CREATE FUNCTION guard_ended_access() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'an access that has ended does not change' USING ERRCODE = 'check_violation';
END $$;
REVOKE ALL ON FUNCTION guard_ended_access() FROM PUBLIC;
CREATE TRIGGER guard_ended_access BEFORE UPDATE ON break_glass_accesses FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION guard_ended_access();

CREATE FUNCTION erase_rows(which text, most int) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    EXECUTE format('DELETE FROM public.%I WHERE ctid IN (SELECT ctid FROM public.%I WHERE tenant_id = public.current_tenant() LIMIT $1)', which, which) USING most;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
-- Runs refer to each other, so that they could not go one part after another.
CREATE FUNCTION part_runs(most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parted bigint;
BEGIN
    UPDATE public.runs SET parent_run_id = NULL, parent_step_id = NULL, parent_attempt = NULL, ancestor_run_ids = '{}',
           forked_from_run_id = NULL, forked_from_step = NULL, forked_from_turn = NULL
    WHERE tenant_id = public.current_tenant() AND ctid IN (
        SELECT ctid FROM public.runs WHERE tenant_id = public.current_tenant()
           AND (parent_run_id IS NOT NULL OR forked_from_run_id IS NOT NULL) LIMIT most);
    GET DIAGNOSTICS parted = ROW_COUNT;
    RETURN parted;
END $$;
-- A person who belongs to no other tenant goes with the last that they belonged to, members and who has left alike; where
-- something of another tenant names them, their number stays, without subject and address. Each person is locked before it
-- is asked where they belong, so that who joins another tenant meanwhile has joined it, or does so as somebody new.
CREATE FUNCTION erase_people(most int) RETURNS TABLE (handled bigint, members_gone bigint, invitations_gone bigint, users_gone bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    person uuid;
    gone bigint;
BEGIN
    handled := 0;
    members_gone := 0;
    invitations_gone := 0;
    users_gone := 0;
    UPDATE public.invitations i SET invited_by = NULL WHERE i.tenant_id = public.current_tenant() AND i.invited_by IS NOT NULL;
    FOR person IN SELECT m.user_id FROM public.memberships m WHERE m.tenant_id = public.current_tenant()
                  UNION SELECT i.accepted_by FROM public.invitations i WHERE i.tenant_id = public.current_tenant() AND i.accepted_by IS NOT NULL
                  UNION SELECT u.user_id FROM public.users u WHERE u.left_tenant_id = public.current_tenant()
                        AND NOT EXISTS (SELECT FROM public.memberships m WHERE m.user_id = u.user_id)
                  ORDER BY 1 LIMIT most
    LOOP
        handled := handled + 1;
        PERFORM FROM public.users u WHERE u.user_id = person FOR UPDATE;
        DELETE FROM public.memberships m WHERE m.tenant_id = public.current_tenant() AND m.user_id = person;
        GET DIAGNOSTICS gone = ROW_COUNT;
        members_gone := members_gone + gone;
        DELETE FROM public.invitations i WHERE i.tenant_id = public.current_tenant() AND i.accepted_by = person;
        GET DIAGNOSTICS gone = ROW_COUNT;
        invitations_gone := invitations_gone + gone;
        IF EXISTS (SELECT FROM public.memberships m WHERE m.user_id = person) THEN
            UPDATE public.users u SET left_tenant_id = NULL WHERE u.user_id = person AND u.left_tenant_id = public.current_tenant();
        ELSE
            users_gone := users_gone + 1;
            BEGIN
                DELETE FROM public.users u WHERE u.user_id = person;
            EXCEPTION WHEN foreign_key_violation THEN
                UPDATE public.users u SET subject = NULL, email = NULL, left_tenant_id = NULL WHERE u.user_id = person;
            END;
        END IF;
    END LOOP;
    RETURN NEXT;
END $$;
-- It stays for the version of the service that still calls it.
CREATE FUNCTION erase_members(most int) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT handled FROM public.erase_people(most)';
-- Of every table that has a tenant, those included that nobody has thought of here.
CREATE FUNCTION rows_left() RETURNS TABLE (name text, counted bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    FOR name IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
                WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'tenant_deletions'
                ORDER BY 1
    LOOP
        EXECUTE format('SELECT count(*) FROM public.%I WHERE tenant_id = public.current_tenant()', name) INTO counted;
        RETURN NEXT;
    END LOOP;
END $$;
ALTER FUNCTION erase_rows(text, int) OWNER TO undertaker;
ALTER FUNCTION part_runs(int) OWNER TO undertaker;
ALTER FUNCTION erase_people(int) OWNER TO undertaker;
ALTER FUNCTION erase_members(int) OWNER TO undertaker;
ALTER FUNCTION rows_left() OWNER TO undertaker;
REVOKE ALL ON FUNCTION erase_rows(text, int), part_runs(int), erase_people(int), erase_members(int), rows_left() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_rows(text, int), part_runs(int), erase_people(int), erase_members(int), rows_left() TO control_plane;

-- Which tenants say for how long content is kept, or have had uploads or deleted files, is asked for all at once; what goes
-- is removed in each alone.
GRANT SELECT ON retention_sweeps TO registry;
CREATE FUNCTION tenants_to_sweep(as_of timestamptz, most int) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT t.tenant_id FROM public.tenants t LEFT JOIN public.retention_sweeps s ON s.tenant_id = t.tenant_id
        WHERE (s.tenant_id IS NOT NULL OR t.settings ? ''retention'' OR t.settings -> ''operator_bounds'' ? ''retention'')
          AND (s.leased_until IS NULL OR s.leased_until <= as_of) AND (s.due_at IS NULL OR s.due_at <= as_of)
        ORDER BY s.due_at NULLS FIRST LIMIT most';
ALTER FUNCTION tenants_to_sweep(timestamptz, int) OWNER TO registry;
REVOKE ALL ON FUNCTION tenants_to_sweep(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_to_sweep(timestamptz, int) TO control_plane;

-- What all tenants have used, those included that have left: sums by tenant, day, provider and model, and nothing of a call.
GRANT SELECT (event_day, tenant_id, provider, model, kind, status, usage_source, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, total_tokens, cost_nano_usd) ON llm_events TO registry;
CREATE FUNCTION usage_of_tenants(first_day date, last_day date, of_tenant uuid, of_provider text, of_model text)
    RETURNS TABLE (tenant_id uuid, event_day date, provider text, model text, attempts bigint, failures bigint, bound_charges bigint,
                   adjustments bigint, input_tokens numeric, cached_input_tokens numeric, cache_write_tokens numeric, output_tokens numeric, reasoning_tokens numeric, total_tokens numeric, cost_nano_usd numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT e.tenant_id, e.event_day, e.provider, e.model,
               count(*) FILTER (WHERE e.kind = ''attempt''),
               count(*) FILTER (WHERE e.kind = ''attempt'' AND e.status <> ''succeeded''),
               count(*) FILTER (WHERE e.kind = ''attempt'' AND e.usage_source = ''bound''),
               count(*) FILTER (WHERE e.kind = ''adjustment''),
               sum(e.input_tokens), sum(e.cached_input_tokens), sum(e.cache_write_tokens), sum(e.output_tokens), sum(e.reasoning_tokens), sum(e.total_tokens), sum(e.cost_nano_usd)
        FROM public.llm_events e
        WHERE e.event_day BETWEEN first_day AND last_day AND (of_tenant IS NULL OR e.tenant_id = of_tenant)
          AND (of_provider IS NULL OR e.provider = of_provider) AND (of_model IS NULL OR e.model = of_model)
        GROUP BY 1, 2, 3, 4';
ALTER FUNCTION usage_of_tenants(date, date, uuid, text, text) OWNER TO registry;
REVOKE ALL ON FUNCTION usage_of_tenants(date, date, uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION usage_of_tenants(date, date, uuid, text, text) TO control_plane;

-- control_plane: the tenants' API
GRANT SELECT ON spans TO control_plane;
GRANT SELECT ON tenants, users, memberships, step_needs, turns, checkpoints, budget_warnings, llm_events, tool_events, tool_attempts, run_events TO control_plane;
GRANT SELECT, INSERT, UPDATE ON api_keys, tasks, runs, artifacts TO control_plane;
GRANT SELECT, UPDATE ON steps, approvals TO control_plane;
-- a fork lays down its steps, and shares an agent's checkpoints
GRANT INSERT ON steps, step_needs TO control_plane;
GRANT SELECT ON message_parts TO control_plane;
GRANT UPDATE (manifest, deleted_at) ON checkpoints TO control_plane;
GRANT INSERT ON released_parts TO control_plane;
GRANT SELECT ON task_versions, audit_log, audit_chain, audit_anchors TO control_plane;
GRANT SELECT, INSERT, UPDATE, DELETE ON budgets TO control_plane;
GRANT SELECT, INSERT, UPDATE, DELETE ON quota_counts TO control_plane;
GRANT UPDATE (settings) ON tenants TO control_plane;
-- it closes secrets, and cannot read even what it closed
GRANT SELECT (tenant_id, name, hosts, version, created_at, updated_at, updated_by), INSERT, UPDATE, DELETE ON secrets TO control_plane;
-- versions go on counting where a secret or a budget is made again
GRANT SELECT, INSERT, UPDATE (version) ON ended_versions TO control_plane;
REVOKE ALL ON FUNCTION keep_ended_version(uuid, text, text, int), next_version(uuid, text, text), secret_counts_on(), budget_counts_on() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_ended_version(uuid, text, text, int), next_version(uuid, text, text) TO control_plane;
GRANT SELECT, INSERT, UPDATE ON tool_sources TO control_plane;
GRANT SELECT, INSERT ON source_tools TO control_plane;
GRANT SELECT ON tool_source_versions TO control_plane;
GRANT SELECT, UPDATE (ended_at, ended_by) ON break_glass_accesses TO control_plane;
GRANT SELECT ON platform_audit, platform_audit_chain, platform_audit_anchors TO control_plane;
GRANT SELECT, INSERT, UPDATE, DELETE ON roles TO control_plane;
GRANT SELECT, UPDATE (name, description) ON service_accounts TO control_plane;
GRANT DELETE, UPDATE (role, role_id, version) ON memberships TO control_plane;
GRANT SELECT, DELETE, UPDATE (accepted_at, accepted_by, revoked_at) ON invitations TO control_plane;
GRANT INSERT (tenant_id, name, time_zone, contact_email) ON tenants TO control_plane;
GRANT UPDATE (name, time_zone, contact_email, suspended_at, suspended_reason, version) ON tenants TO control_plane;
GRANT UPDATE (active_tenant_id) ON users TO control_plane;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks TO control_plane;
GRANT SELECT, INSERT, UPDATE ON webhook_deliveries TO control_plane;
GRANT SELECT, INSERT, UPDATE ON schedules, schedule_firings TO control_plane;
GRANT SELECT, INSERT, UPDATE, DELETE ON triggers TO control_plane;
GRANT SELECT, INSERT ON trigger_calls TO control_plane;
GRANT SELECT, DELETE ON keyed_calls TO control_plane;
GRANT UPDATE (status, headers, answer) ON keyed_calls TO control_plane;
GRANT SELECT, DELETE, UPDATE (status, headers, answer) ON operator_keyed_calls TO control_plane;
GRANT SELECT, INSERT, UPDATE, DELETE ON kill_switches, platform_kill_switch TO control_plane;
GRANT SELECT, INSERT, UPDATE ON tenant_exports TO control_plane;
-- a deletion is asked for, and then goes as far as its trigger lets it
GRANT SELECT, INSERT (tenant_id, deletion_id, requested_by, requested_at, not_before) ON tenant_deletions TO control_plane;
GRANT UPDATE (deletion_id, status, phase, requested_by, requested_at, not_before, started_at, ended_at, leased_until, removed, waits_for, certificate, look_at) ON tenant_deletions TO control_plane;
GRANT SELECT, INSERT, UPDATE ON retention_sweeps TO control_plane;
-- content that has expired goes; of stored answers it sees where they lie, and not what they are
GRANT UPDATE (request, response) ON turns TO control_plane;
GRANT DELETE ON run_events, spans TO control_plane;
GRANT SELECT (tenant_id, call_key, object_key), DELETE ON llm_replays TO control_plane;
-- an export has how lines were served
GRANT SELECT ON lines TO control_plane;
GRANT SELECT ON dead_letters, unreadable_messages TO control_plane;
GRANT UPDATE (status, ended_at, ended_by, reason) ON dead_letters TO control_plane;
GRANT UPDATE (discarded_at, discarded_by, reason) ON unreadable_messages TO control_plane;
GRANT SELECT, INSERT (document, note, based_on, proposed_by) ON gateway_configurations TO control_plane;
GRANT UPDATE (status, decided_by, decided_at, reason) ON gateway_configurations TO control_plane;
GRANT UPDATE ON tool_events TO control_plane;
GRANT INSERT ON outbox TO control_plane;
GRANT SELECT, DELETE ON tenant_events TO control_plane;
GRANT USAGE ON SEQUENCE run_events_event_id_seq TO control_plane;
-- what has not gone out yet, to say why a run stands still
GRANT SELECT (tenant_id, run_id, step_id, kind, not_before, attempts) ON outbox TO control_plane;
GRANT SELECT ON queue_watch TO control_plane;
GRANT EXECUTE ON FUNCTION tenants_with_events(uuid[], text[]) TO control_plane;

-- orchestrator: advances steps
GRANT SELECT ON tasks, task_versions, step_needs TO orchestrator;
-- what the tenant lets run at once, and begin in a day of its calendar
GRANT SELECT (tenant_id, settings, time_zone) ON tenants TO orchestrator;
GRANT SELECT, INSERT, UPDATE, DELETE ON quota_counts TO orchestrator;
GRANT SELECT, UPDATE ON runs, steps TO orchestrator;
-- a step may start a run below its own
GRANT INSERT ON runs TO orchestrator;
GRANT SELECT ON message_parts, checkpoints, tool_attempts, run_events TO orchestrator;
-- a checkpoint that was refused on load is replaced, and parts that no checkpoint names are removed
GRANT DELETE ON checkpoints, message_parts TO orchestrator;
GRANT UPDATE (body, size) ON message_parts TO orchestrator;
GRANT SELECT, INSERT, DELETE ON released_parts TO orchestrator;
-- the rows of items, when a step knows its list
GRANT INSERT ON steps TO orchestrator;
GRANT SELECT, INSERT, UPDATE ON turns, approvals, tool_events, artifacts, lines TO orchestrator;
GRANT SELECT, INSERT ON outbox TO orchestrator;
-- what the launcher opens for a job
GRANT SELECT (tenant_id, name, hosts, sealed) ON secrets TO orchestrator;
GRANT SELECT ON source_tools TO orchestrator;
GRANT SELECT (tenant_id, name, version, server) ON tool_source_versions TO orchestrator;
GRANT SELECT, INSERT, UPDATE ON queue_watch TO orchestrator;
GRANT SELECT, INSERT, UPDATE ON dead_letters TO orchestrator;
GRANT SELECT, INSERT ON unreadable_messages TO orchestrator;
GRANT UPDATE (receive_count, received_at) ON unreadable_messages TO orchestrator;

-- lambdas: open and close a generation
GRANT SELECT ON task_versions TO lambdas;
GRANT SELECT, UPDATE ON runs TO lambdas;
GRANT SELECT, INSERT, UPDATE ON steps TO lambdas;
GRANT SELECT, INSERT ON step_needs TO lambdas;
GRANT SELECT ON run_events TO lambdas;
-- whoever ends a step ends its request and the audit rows of its tools; Finalize waits until the ledger has all answers
GRANT SELECT, UPDATE ON approvals, tool_events TO lambdas;
GRANT SELECT ON turns, llm_events TO lambdas;
GRANT INSERT ON outbox TO lambdas;

-- llm_gateway: limits, replays, and the ledger to rebuild its counters from
GRANT SELECT ON tenants, budgets, llm_events TO llm_gateway;
GRANT SELECT ON llm_replays TO llm_gateway;
GRANT SELECT ON kill_switches, platform_kill_switch TO llm_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_instances TO llm_gateway;
GRANT SELECT ON gateway_configurations TO llm_gateway, reconciler;

-- across tenants, each on only its tables
-- what is to be sent, and when: it changes nothing of it
GRANT SELECT (outbox_id, tenant_id, run_id, step_id, kind, payload, not_before, attempts, leased_until), DELETE, UPDATE (attempts, leased_until, last_error) ON outbox TO relay;
GRANT SELECT (tenant_id, run_id, generation, status, pause_reason, timeout_seconds, clock_used, clock_since, hard_deadline, awaits_approval, progressed_at, ended_at) ON runs TO sweeper;
GRANT SELECT (tenant_id, run_id, step_id, status, lease_expires_at, deadline_at, wait_reason, ended_at) ON steps TO sweeper;
GRANT SELECT (tenant_id) ON released_parts TO sweeper;
GRANT SELECT (tenant_id, approval_id, status, expires_at) ON approvals TO sweeper;
GRANT SELECT, INSERT ON budget_warnings TO recorder;
GRANT SELECT ON llm_events TO recorder;
GRANT SELECT ON budgets TO recorder;
-- which runs are closed and the highest fences, to rebuild Redis from
GRANT SELECT (tenant_id, run_id, status, generation, ended_at) ON runs TO recorder;
GRANT SELECT (tenant_id, run_id, step_id, fence) ON steps TO recorder;
GRANT SELECT ON llm_events TO reconciler;
GRANT SELECT, INSERT, UPDATE ON provider_usage TO reconciler;
-- what is left of a deleted tenant in Redis is not compared with its ledger, which stays, nor counted from it again
GRANT SELECT (tenant_id, status) ON tenant_deletions TO reconciler, recorder;

-- What the database sets by itself (numbers, moments, transactions) in rows that nobody changes afterwards, nobody sends
-- either: no login can give a row another moment or another place than its own. The runs' events have the transaction of
-- their run's row, and a call of a trigger the moment at which its request came.
GRANT INSERT (tenant_id, number, position) ON audit_anchors TO control_plane;
GRANT INSERT (tenant_id, position, audit_id, xact, hash) ON audit_chain TO control_plane;
-- workers tell what tools asked of their proxy
GRANT INSERT (tenant_id, actor, action, target, detail, trace_id, outcome, status, operation, request_id, ip, user_agent) ON audit_log TO control_plane, orchestrator;
GRANT INSERT (tenant_id, access_id, operator, reason, expires_at, ended_at, ended_by) ON break_glass_accesses TO control_plane;
GRANT INSERT (tenant_id, step_id, turn, checkpoint_id, manifest, head, length, metadata, link, deleted_at) ON checkpoints TO control_plane, orchestrator;
GRANT INSERT (tenant_id, invitation_id, email, role, role_id, digest, invited_by, expires_at, accepted_at, accepted_by, revoked_at, by_key) ON invitations TO control_plane;
GRANT INSERT (tenant_id, idempotency_key, request_digest, status, headers, answer) ON keyed_calls TO control_plane;
GRANT INSERT (tenant_id, event_day, event_id, kind, adjusts_event_id, user_id, api_key_id, run_id, step_id, generation, fence, call_key, attempt, dialect, route, provider, model, status, usage_source, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, total_tokens, cost_nano_usd, bound_tokens, bound_nano_usd, price_version, provider_request_id, http_status, error_code, latency_ms, first_token_ms, trace_id, started_at, settled_at, ancestor_run_ids, request_id, reason, bound_kind) ON llm_events TO reconciler, recorder;
GRANT INSERT (tenant_id, call_key, fingerprint, event_id, http_status, headers, body, object_key, size, sha256, expires_at) ON llm_replays TO llm_gateway;
GRANT INSERT (tenant_id, user_id, role, role_id, version) ON memberships TO control_plane;
GRANT INSERT (tenant_id, digest, body, size) ON message_parts TO orchestrator;
GRANT INSERT (operator, idempotency_key, request_digest, status, headers, answer) ON operator_keyed_calls TO control_plane;
GRANT INSERT (number, position) ON platform_audit_anchors TO control_plane;
GRANT INSERT (position, audit_id, xact, hash) ON platform_audit_chain TO control_plane;
GRANT INSERT (actor, action, target, detail, trace_id, outcome, status, operation, request_id, ip, user_agent) ON platform_audit TO control_plane;
GRANT INSERT (tenant_id, run_id, seq, xact, type, step_id, data) ON run_events TO control_plane, lambdas, orchestrator;
GRANT INSERT (tenant_id, user_id, name, description, created_by, by_key) ON service_accounts TO control_plane;
GRANT INSERT (tenant_id, task_id, version, definition, turns_per_dispatch, created_by) ON task_versions TO control_plane;
GRANT INSERT (tenant_id, at, type, data) ON tenant_events TO control_plane;
GRANT INSERT (tenant_id, job_id, attempt, fence, worker_id) ON tool_attempts TO orchestrator;
GRANT INSERT (tenant_id, name, version, digest, left_out, created_by, server) ON tool_source_versions TO control_plane;
GRANT INSERT (user_id, subject, email, active_tenant_id) ON users TO control_plane;

DO $$
DECLARE tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'tenants', 'memberships', 'api_keys', 'secrets', 'ended_versions', 'tasks', 'task_versions', 'tool_sources', 'tool_source_versions', 'source_tools', 'runs', 'steps', 'lines', 'step_needs', 'turns', 'approvals', 'run_events', 'tenant_events', 'outbox', 'webhooks', 'webhook_deliveries', 'schedules', 'schedule_firings', 'triggers', 'trigger_calls', 'keyed_calls', 'kill_switches', 'dead_letters',
        'message_parts', 'checkpoints', 'released_parts', 'budgets', 'budget_warnings', 'quota_counts', 'llm_events', 'llm_replays', 'tool_events', 'tool_attempts', 'artifacts', 'retention_sweeps', 'audit_log', 'roles', 'service_accounts', 'invitations', 'audit_chain', 'audit_anchors', 'break_glass_accesses', 'spans', 'tenant_exports', 'tenant_deletions'
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
CREATE POLICY newcomers ON users FOR INSERT TO control_plane WITH CHECK (true);
CREATE POLICY choosing ON users FOR UPDATE TO control_plane
    USING (EXISTS (SELECT FROM memberships m WHERE m.user_id = users.user_id AND m.tenant_id = current_tenant()));
CREATE POLICY everybody ON users TO registry USING (true) WITH CHECK (true);
CREATE POLICY everybody ON memberships FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON roles FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON tenants FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON audit_log FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON retention_sweeps FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON llm_events FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON dead_letters FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON steps FOR SELECT TO registry USING (true);
CREATE POLICY everybody ON break_glass_accesses FOR SELECT TO registry USING (true);

ALTER TABLE platform_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_audit FORCE ROW LEVEL SECURITY;
CREATE POLICY operators_acts ON platform_audit FOR INSERT TO control_plane WITH CHECK (true);
CREATE POLICY erasings ON platform_audit FOR INSERT TO undertaker WITH CHECK (action = 'tenant.erase');
-- nothing of it is seen in a transaction of a tenant
CREATE POLICY of_no_tenant ON platform_audit FOR SELECT TO control_plane USING (current_tenant() IS NULL);
ALTER TABLE platform_audit_chain ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_audit_chain FORCE ROW LEVEL SECURITY;
CREATE POLICY of_no_tenant ON platform_audit_chain TO control_plane USING (current_tenant() IS NULL) WITH CHECK (current_tenant() IS NULL);
ALTER TABLE platform_audit_anchors ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_audit_anchors FORCE ROW LEVEL SECURITY;
CREATE POLICY of_no_tenant ON platform_audit_anchors TO control_plane USING (current_tenant() IS NULL) WITH CHECK (current_tenant() IS NULL);

ALTER TABLE platform_kill_switch ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_kill_switch FORCE ROW LEVEL SECURITY;
CREATE POLICY for_everybody ON platform_kill_switch TO control_plane, llm_gateway, timekeeper USING (true) WITH CHECK (true);

ALTER TABLE operator_keyed_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE operator_keyed_calls FORCE ROW LEVEL SECURITY;
-- whatever a transaction is for, it sees those of the operator whom it has named
CREATE POLICY own_operator ON operator_keyed_calls TO control_plane USING (operator = current_setting('lockstep.operator', true)) WITH CHECK (operator = current_setting('lockstep.operator', true));
CREATE POLICY of_every_operator ON operator_keyed_calls TO timekeeper USING (true);

ALTER TABLE unreadable_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE unreadable_messages FORCE ROW LEVEL SECURITY;
CREATE POLICY of_nobody ON unreadable_messages TO orchestrator, control_plane USING (true) WITH CHECK (true);

ALTER TABLE gateway_configurations ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway_configurations FORCE ROW LEVEL SECURITY;
CREATE POLICY of_nobody ON gateway_configurations TO control_plane, llm_gateway, reconciler USING (true) WITH CHECK (true);

ALTER TABLE provider_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY reports ON provider_usage TO reconciler USING (true) WITH CHECK (true);

CREATE POLICY every_key ON api_keys TO key_lookup USING (true) WITH CHECK (true);
CREATE POLICY of_every_key ON memberships FOR SELECT TO key_lookup USING (true);
CREATE POLICY of_every_key ON roles FOR SELECT TO key_lookup USING (true);
CREATE POLICY of_every_key ON tenants FOR SELECT TO key_lookup USING (true);
CREATE POLICY relay_all ON outbox TO relay USING (true) WITH CHECK (true);
CREATE POLICY sweeper_runs ON runs FOR SELECT TO sweeper USING (true);
CREATE POLICY sweeper_steps ON steps FOR SELECT TO sweeper USING (true);
CREATE POLICY sweeper_approvals ON approvals FOR SELECT TO sweeper USING (true);
CREATE POLICY sweeper_released_parts ON released_parts FOR SELECT TO sweeper USING (true);
CREATE POLICY recorder_runs ON runs FOR SELECT TO recorder USING (true);
CREATE POLICY recorder_steps ON steps FOR SELECT TO recorder USING (true);
CREATE POLICY recorder_warnings ON budget_warnings TO recorder USING (true) WITH CHECK (true);
CREATE POLICY of_every_tenant ON webhooks FOR SELECT TO courier USING (true);
CREATE POLICY of_every_tenant ON webhook_deliveries TO courier USING (true);
CREATE POLICY of_every_tenant ON schedules TO timekeeper USING (true);
CREATE POLICY of_every_tenant ON schedule_firings TO timekeeper USING (true);
CREATE POLICY of_every_tenant ON runs FOR SELECT TO timekeeper USING (true);
CREATE POLICY of_every_tenant ON trigger_calls TO timekeeper USING (true);
CREATE POLICY of_every_tenant ON keyed_calls TO timekeeper USING (true);
CREATE POLICY of_every_tenant ON kill_switches FOR SELECT TO timekeeper USING (true);
CREATE POLICY of_every_tenant ON spans TO tracer USING (true) WITH CHECK (true);
CREATE POLICY of_every_tenant ON tenants FOR SELECT TO tracer USING (true);
CREATE POLICY expired_answers ON llm_replays TO answer_expiry USING (expires_at < now());
CREATE POLICY recorder_budgets ON budgets FOR SELECT TO recorder USING (true);
CREATE POLICY recorder_all ON llm_events TO recorder USING (true) WITH CHECK (true);
CREATE POLICY reconciler_all ON llm_events TO reconciler USING (true) WITH CHECK (true);

-- undertaker: what its functions may reach
DO $$
DECLARE tenant_table text;
BEGIN
    FOR tenant_table IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
                        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('tenant_deletions', 'llm_events')
    LOOP
        EXECUTE format('GRANT SELECT, DELETE ON %I TO undertaker', tenant_table);
        EXECUTE format('CREATE POLICY while_deleted ON %I TO undertaker USING (tenant_id = current_tenant() AND (SELECT is_being_deleted()))', tenant_table);
    END LOOP;
END $$;
GRANT SELECT ON llm_events TO undertaker;
CREATE POLICY while_deleted ON llm_events FOR SELECT TO undertaker USING (tenant_id = current_tenant() AND (SELECT is_being_deleted()));
GRANT INSERT ON released_parts TO undertaker;
CREATE POLICY released_while_deleted ON released_parts FOR INSERT TO undertaker WITH CHECK (tenant_id = current_tenant());
GRANT UPDATE (parent_run_id, parent_step_id, parent_attempt, ancestor_run_ids, forked_from_run_id, forked_from_step, forked_from_turn) ON runs TO undertaker;
CREATE POLICY of_their_members ON memberships FOR SELECT TO undertaker USING ((SELECT is_being_deleted()));
GRANT SELECT, DELETE, UPDATE (subject, email, left_tenant_id) ON users TO undertaker;
GRANT UPDATE (invited_by) ON invitations TO undertaker;
CREATE POLICY while_deleted ON users TO undertaker USING ((SELECT is_being_deleted()));
CREATE POLICY own_deletion ON tenant_deletions FOR SELECT TO undertaker USING (tenant_id = current_tenant());
CREATE POLICY of_every_tenant ON tenant_exports FOR SELECT TO timekeeper USING (true);
CREATE POLICY of_every_tenant ON tenant_deletions FOR SELECT TO timekeeper USING (true);
CREATE POLICY certificates ON tenant_deletions FOR SELECT TO registry USING (certificate IS NOT NULL);
CREATE POLICY reconciler_deletions ON tenant_deletions FOR SELECT TO reconciler USING (status IN ('running', 'deleted'));
CREATE POLICY recorder_deletions ON tenant_deletions FOR SELECT TO recorder USING (status IN ('running', 'deleted'));
