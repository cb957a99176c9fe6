-- A tool that is not to run twice, that was started and has no result is decided about by a person: how often it may be
-- started, when it was started last, and since when somebody is asked.
ALTER TABLE tool_events ADD COLUMN starts_permitted int NOT NULL DEFAULT 1,
    ADD COLUMN last_started_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN doubted_at timestamptz,
    ADD CONSTRAINT tool_events_starts CHECK (starts_permitted BETWEEN 1 AND attempts + 1),
    ADD CONSTRAINT tool_events_doubted CHECK (doubted_at IS NULL OR status = 'STARTED');
UPDATE tool_events SET last_started_at = started_at;
