-- Checkpoints are verified as a chain from turn to turn, deleted one by one, and leave no part behind.

-- What proves a checkpoint's place: the hash of all that stands in its row but its parts, after the link of the one before.
CREATE FUNCTION checkpoint_link(previous bytea, turn int, head bytea, checkpoint_id text, metadata jsonb) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(COALESCE(previous, ''::bytea) || int4send(turn) || head || convert_to(checkpoint_id || ' ' || metadata::text, 'UTF8'));

ALTER TABLE checkpoints ADD COLUMN link bytea CHECK (length(link) = 32),
    ADD COLUMN deleted_at timestamptz,
    DROP CONSTRAINT checkpoints_check,
    ADD CONSTRAINT checkpoints_length CHECK (deleted_at IS NOT NULL OR length = cardinality(manifest));
DO $$
DECLARE
    step uuid;
    last bytea;
    one record;
BEGIN
    FOR one IN SELECT * FROM checkpoints ORDER BY tenant_id, step_id, turn LOOP
        IF step IS DISTINCT FROM one.step_id THEN
            step := one.step_id;
            last := NULL;
        END IF;
        last := checkpoint_link(last, one.turn, one.head, one.checkpoint_id, one.metadata);
        UPDATE checkpoints SET link = last WHERE tenant_id = one.tenant_id AND step_id = one.step_id AND turn = one.turn;
    END LOOP;
END $$;
ALTER TABLE checkpoints ALTER COLUMN link SET NOT NULL;

-- Of steps that stand here already it is not known where they began.
ALTER TABLE steps ADD COLUMN checkpoint_first int;
UPDATE steps s SET checkpoint_first = (SELECT max(c.turn) FROM checkpoints c
                                       WHERE c.tenant_id = s.tenant_id AND c.step_id = s.step_id)
WHERE s.checkpoint_head IS NOT NULL;

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

GRANT UPDATE (manifest, deleted_at) ON checkpoints TO control_plane;
GRANT INSERT ON released_parts TO control_plane;
GRANT DELETE ON checkpoints, message_parts TO orchestrator;
GRANT UPDATE (body, size) ON message_parts TO orchestrator;
GRANT SELECT, INSERT, DELETE ON released_parts TO orchestrator;
GRANT SELECT ON released_parts TO sweeper;
ALTER TABLE released_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE released_parts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON released_parts TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY sweeper_released_parts ON released_parts FOR SELECT TO sweeper USING (true);
