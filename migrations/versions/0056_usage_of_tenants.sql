-- Days rise with the rows, so that a span of them is found for all tenants at the cost of a few pages.
CREATE INDEX llm_events_days ON llm_events USING brin (event_day);

-- What all tenants have used, those included that have left: sums by tenant, day, provider and model, and nothing of a call.
GRANT SELECT (event_day, tenant_id, provider, model, kind, status, usage_source, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, total_tokens, cost_nano_usd) ON llm_events TO registry;
CREATE FUNCTION usage_of_tenants(first_day date, last_day date, of_tenant uuid, of_provider text, of_model text)
    RETURNS TABLE (tenant_id uuid, event_day date, provider text, model text, attempts bigint, failures bigint, bound_charges bigint,
                   adjustments bigint, input_tokens numeric, cached_input_tokens numeric, cache_write_tokens numeric, output_tokens numeric, reasoning_tokens numeric, total_tokens numeric, cost_nano_usd numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT e.tenant_id, e.event_day, e.provider, e.model,
               count(*) FILTER (WHERE e.kind = ''attempt''),
               count(*) FILTER (WHERE e.kind = ''attempt'' AND e.status <> ''succeeded''),
               count(*) FILTER (WHERE e.kind = ''attempt'' AND e.usage_source = ''bound''),
               count(*) FILTER (WHERE e.kind = ''adjustment''),
               sum(e.input_tokens), sum(e.cached_input_tokens), sum(e.cache_write_tokens), sum(e.output_tokens), sum(e.reasoning_tokens), sum(e.total_tokens), sum(e.cost_nano_usd)
        FROM public.llm_events e
        WHERE e.event_day BETWEEN first_day AND last_day AND (of_tenant IS NULL OR e.tenant_id = of_tenant)
          AND (of_provider IS NULL OR e.provider = of_provider) AND (of_model IS NULL OR e.model = of_model)
        GROUP BY 1, 2, 3, 4';
ALTER FUNCTION usage_of_tenants(date, date, uuid, text, text) OWNER TO registry;
REVOKE ALL ON FUNCTION usage_of_tenants(date, date, uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION usage_of_tenants(date, date, uuid, text, text) TO control_plane;
CREATE POLICY everybody ON llm_events FOR SELECT TO registry USING (true);
