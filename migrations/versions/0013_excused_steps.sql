-- Steps without which a run may complete: left out by a condition, or failed where the definition goes on.
ALTER TABLE steps ADD COLUMN skip_reason jsonb,
    ADD COLUMN excused boolean NOT NULL DEFAULT false;
ALTER TABLE steps ADD CONSTRAINT steps_skip_reason CHECK (skip_reason IS NULL OR (status = 'SKIPPED' AND excused AND error IS NULL)),
    ADD CONSTRAINT steps_excused CHECK (NOT excused OR status IN ('SKIPPED', 'FAILED'));
