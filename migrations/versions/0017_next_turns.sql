-- The number from which a step's calls and jobs are new ones: above all that it has ever given to a turn.
CREATE FUNCTION next_turn(step steps) RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN 1 + GREATEST((step).turn, (SELECT max(t.turn) FROM turns t
                                      WHERE t.tenant_id = (step).tenant_id AND t.step_id = (step).step_id));
