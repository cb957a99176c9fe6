-- Streams of events are ordered by (xact, event_id). A transaction may have got its id, and then waited for the run's row
-- while one of a higher id appended: so an event takes the highest id that its run has had, which the run's row knows,
-- and within a run the order of the streams is that of `seq`. What is appended from now on is above all that stands here.
ALTER TABLE runs ADD COLUMN last_xact xid8 NOT NULL DEFAULT pg_current_xact_id();

-- Which of these tenants have events from these transactions on, as far as all that is older has ended: one statement
-- for all tenants that a process has readers of, under the rights and the row-level security of its own login.
CREATE FUNCTION tenants_with_events(tenants uuid[], since text[]) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1 .. cardinality(tenants) LOOP
        PERFORM set_config('lockstep.tenant', tenants[place]::text, true);
        IF EXISTS (SELECT FROM run_events WHERE tenant_id = tenants[place] AND xact >= since[place]::xid8
                   AND xact < pg_snapshot_xmin(pg_current_snapshot())) THEN
            RETURN NEXT tenants[place];
        END IF;
    END LOOP;
    PERFORM set_config('lockstep.tenant', '', true);
END $$;
REVOKE ALL ON FUNCTION tenants_with_events(uuid[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_with_events(uuid[], text[]) TO control_plane;
