"""The gateway's Prometheus figures.

Those with labels are cached, because to look one up for every call would cost more than to count.
"""

from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram

_LATENCY = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)

LLM_REQUESTS = Counter("llm_requests_total", "Attempts at providers", ["provider", "model", "status"])
LLM_LATENCY = Histogram("llm_latency_seconds", "Time of one attempt", ["provider", "model"], buckets=_LATENCY)
TOKENS = Counter("agent_token_usage_total", "Tokens charged", ["tenant_id", "provider", "model"])
COST = Counter("agent_cost_usd_total", "Dollars charged", ["tenant_id", "provider"])
BREAKER_STATE = Gauge("llm_circuit_breaker_state", "0 closed, 1 half-open, 2 open; its worst model's", ["provider"])
ALERTS = Counter("llm_alerts_total", "What somebody should look at", ["alert"])
RATE_LIMIT_HITS = Counter("llm_rate_limit_hits_total", "Calls refused by a rate or by slots", ["tenant_id"])
BUDGET_WARNINGS = Counter(
    "llm_budget_warnings_total",
    "Scopes of which four fifths were spent, once a window",
    ["tenant_id", "scope", "period"],
)
OPEN_HOLDS = Gauge("llm_open_holds", "Attempts whose bound is held")
BOUND_CHARGES = Counter(
    "llm_bound_charges_total", "Attempts charged at their bound for want of usage", ["provider", "why"]
)
EVENTS_PENDING = Gauge("llm_events_pending", "Settled attempts not yet seen in the ledger")

_levels: dict[str, dict[str, int]] = {}


def breaker_level(provider: str, model: str, level: int) -> None:
    """A provider's figure is that of its worst model."""
    of_models = _levels.setdefault(provider, {})
    of_models[model] = level
    BREAKER_STATE.labels(provider).set(max(of_models.values()))


@lru_cache(maxsize=10_000)
def attempts(provider: str, model: str, status: str) -> Counter:
    return LLM_REQUESTS.labels(provider, model, status)


@lru_cache(maxsize=10_000)
def latency(provider: str, model: str) -> Histogram:
    return LLM_LATENCY.labels(provider, model)


@lru_cache(maxsize=10_000)
def tokens(tenant_id: str, provider: str, model: str) -> Counter:
    return TOKENS.labels(tenant_id, provider, model)


@lru_cache(maxsize=10_000)
def cost(tenant_id: str, provider: str) -> Counter:
    return COST.labels(tenant_id, provider)
