-- A step may be of a crew.
ALTER TABLE steps DROP CONSTRAINT steps_kind_check,
    ADD CONSTRAINT steps_kind_check CHECK (kind IN ('noop', 'tool', 'llm', 'agent', 'crew', 'approval', 'run'));
