ALTER TABLE steps ADD COLUMN queued_at timestamptz NOT NULL DEFAULT now();
CREATE FUNCTION note_queued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.queued_at := COALESCE(NEW.retry_at, now());
    RETURN NEW;
END $$;
CREATE TRIGGER steps_queued BEFORE UPDATE OF status, unmet_needs, generation ON steps
    FOR EACH ROW WHEN (NEW.status IN ('QUEUED', 'RETRYING') AND NEW.unmet_needs = 0
        AND (OLD.status <> NEW.status OR OLD.unmet_needs > 0 OR OLD.generation <> NEW.generation))
    EXECUTE FUNCTION note_queued();
