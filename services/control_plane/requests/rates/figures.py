"""The figures of rate limits: who is turned away by which policy, and who counts."""

from prometheus_client import Counter, Gauge

from foundation.cloud.rate_buckets.shared_or_own import SHARED as COUNT_OF_ALL

REFUSED = Counter("requests_rate_limited_total", "Requests that came faster than a policy lets them", ["policy"])
DRAWS = Counter("rate_limit_draws_total", "Times that tokens for requests were drawn ahead, by whose count", ["count"])
SHARED = Gauge("rate_limits_shared", "1: requests are counted over all processes; 0: by this process alone")


def tell_draw(count: str) -> None:
    DRAWS.labels(count).inc()
    SHARED.set(1 if count == COUNT_OF_ALL else 0)
