-- What people read of a task's name, of which there may be one among a tenant's live tasks. Of names that are there
-- already and read the same, the oldest one is compared with later ones.
ALTER TABLE tasks ADD COLUMN reading bytea CHECK (length(reading) = 32);
CREATE FUNCTION pg_temp.read_of(name text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN translate(lower(normalize(name, NFKC)), 'авеѕіјкмнорстухүһԁԛԝαβεζηικμνορτυχωɑɡıȷɩʋ',
                     'abesijkmhopctyxyhdqwabezhikmvoptuxwagijiv');
UPDATE tasks t
SET reading = sha256(convert_to(pg_temp.read_of(t.name), 'UTF8'))
WHERE NOT EXISTS (
    SELECT FROM tasks o
    WHERE o.tenant_id = t.tenant_id AND o.archived_at IS NULL AND t.archived_at IS NULL AND o.task_id <> t.task_id
      AND pg_temp.read_of(o.name) = pg_temp.read_of(t.name)
      AND (o.created_at, o.task_id) < (t.created_at, t.task_id));
CREATE UNIQUE INDEX tasks_live_reading ON tasks (tenant_id, reading) WHERE archived_at IS NULL;
