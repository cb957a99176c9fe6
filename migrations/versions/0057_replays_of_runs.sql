-- The key of a run's call begins with the run's id.
CREATE INDEX llm_replays_of_run ON llm_replays (tenant_id, split_part(call_key, ':', 1));
