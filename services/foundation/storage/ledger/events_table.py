"""The columns of `llm_events` that are written, for statements that SQLAlchemy puts together."""

from sqlalchemy import ARRAY, BigInteger, Date, DateTime, Integer, Text, Uuid, column, table

LLM_EVENTS = table(
    "llm_events",
    *(
        column(name, kind)
        for kind, names in (
            (Uuid, "tenant_id event_id adjusts_event_id user_id api_key_id run_id step_id request_id"),
            (ARRAY(Uuid), "ancestor_run_ids"),
            (Date, "event_day"),
            (DateTime(timezone=True), "started_at settled_at"),
            (Integer, "generation attempt http_status latency_ms first_token_ms"),
            (BigInteger, "fence input_tokens cached_input_tokens cache_write_tokens output_tokens reasoning_tokens"),
            (BigInteger, "total_tokens cost_nano_usd bound_tokens bound_nano_usd"),
            (Text, "kind call_key reason dialect route provider model status usage_source bound_kind price_version"),
            (Text, "provider_request_id error_code trace_id"),
        )
        for name in names.split()
    ),
)
"""All but `recorded_at`, which the database sets."""
