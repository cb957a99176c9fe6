-- A step may run once for each item of a list; each is a row of its own below the step's.
ALTER TABLE steps ADD COLUMN parent_id uuid,
    ADD COLUMN item_index int CHECK (item_index >= 0),
    ADD COLUMN item jsonb,
    ADD COLUMN items int CHECK (items BETWEEN 0 AND 1000);
ALTER TABLE steps DROP CONSTRAINT steps_name_check,
    DROP CONSTRAINT steps_wait_reason_check,
    DROP CONSTRAINT steps_tenant_id_run_id_position_key;
ALTER TABLE steps ADD CONSTRAINT steps_name_check CHECK (length(name) BETWEEN 1 AND 70),
    ADD CONSTRAINT steps_wait_reason_check CHECK (wait_reason IN ('dependency', 'slot', 'approval', 'items')),
    ADD CONSTRAINT steps_place UNIQUE NULLS NOT DISTINCT (tenant_id, run_id, position, item_index),
    ADD CONSTRAINT steps_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES steps ON DELETE CASCADE,
    ADD CONSTRAINT steps_item CHECK ((parent_id IS NULL) = (item_index IS NULL));
CREATE INDEX steps_of_parent ON steps (tenant_id, parent_id, item_index) WHERE parent_id IS NOT NULL;
GRANT INSERT ON steps TO orchestrator;
