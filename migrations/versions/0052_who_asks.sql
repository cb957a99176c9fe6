-- Who asks with a turn, as an explanation tells it; turns that were stored before say nothing of it.
ALTER TABLE turns
    ADD COLUMN number int CHECK (number >= 1),
    ADD COLUMN agent text,
    ADD COLUMN task text;

-- Of what asks models each turn has a row, so that the number of a step which ended with a whole turn is free.
CREATE OR REPLACE FUNCTION next_turn(step steps) RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN GREATEST((step).turn + CASE WHEN (step).kind IN ('agent', 'crew', 'llm') THEN 0 ELSE 1 END,
                    (SELECT max(t.turn) + 1 FROM turns t
                     WHERE t.tenant_id = (step).tenant_id AND t.step_id = (step).step_id));
