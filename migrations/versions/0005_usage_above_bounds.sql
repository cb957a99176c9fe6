-- A bound may turn out too low, by a fault of the provider or of its price table. The event must say what was used:
-- refused, it would stop the whole batch that it stands in.
ALTER TABLE llm_events DROP CONSTRAINT llm_events_check2;
ALTER TABLE llm_events ADD CONSTRAINT llm_events_check2
    CHECK (kind = 'adjustment' OR (bound_nano_usd >= 0 AND bound_tokens >= 0));
