-- What failed although another attempt might have helped is kept until somebody redrives or discards it.
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
CREATE UNIQUE INDEX unreadable_messages_open ON unreadable_messages (sha256) WHERE discarded_at IS NULL;
CREATE INDEX unreadable_messages_newest ON unreadable_messages (received_at DESC, message_id DESC);

GRANT SELECT, INSERT, UPDATE ON dead_letters TO orchestrator;
GRANT SELECT, INSERT ON unreadable_messages TO orchestrator;
GRANT UPDATE (receive_count, received_at) ON unreadable_messages TO orchestrator;
GRANT SELECT ON dead_letters, unreadable_messages TO control_plane;
GRANT UPDATE (status, ended_at, ended_by, reason) ON dead_letters TO control_plane;
GRANT UPDATE (discarded_at, discarded_by, reason) ON unreadable_messages TO control_plane;
ALTER TABLE dead_letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE dead_letters FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON dead_letters TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE unreadable_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE unreadable_messages FORCE ROW LEVEL SECURITY;
CREATE POLICY of_nobody ON unreadable_messages TO orchestrator, control_plane USING (true) WITH CHECK (true);
