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

GRANT SELECT ON gateway_configurations TO control_plane, llm_gateway, reconciler;
GRANT INSERT (document, note, based_on, proposed_by) ON gateway_configurations TO control_plane;
GRANT UPDATE (status, decided_by, decided_at, reason) ON gateway_configurations TO control_plane;
ALTER TABLE gateway_configurations ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway_configurations FORCE ROW LEVEL SECURITY;
CREATE POLICY of_nobody ON gateway_configurations TO control_plane, llm_gateway, reconciler
    USING (true) WITH CHECK (true);
