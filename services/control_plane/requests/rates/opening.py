"""What rate limits stand on: Redis, by a connection that is waited for only shortly, and this process without it."""

from contextlib import AsyncExitStack

from control_plane.requests.rates.drawn_tokens import DrawnTokens
from control_plane.requests.rates.figures import tell_draw
from control_plane.requests.rates.limits import RequestLimits
from control_plane.settings import ControlPlaneSettings
from foundation.cloud.presence.redis import connect
from foundation.cloud.rate_buckets.in_process import InProcessBuckets
from foundation.cloud.rate_buckets.redis import RedisBuckets
from foundation.cloud.rate_buckets.shared_or_own import SharedOrOwn

PATIENCE_SECONDS = 0.5
"""How long a request waits for Redis before this process counts alone."""


def rate_limits(settings: ControlPlaneSettings, stack: AsyncExitStack) -> RequestLimits:
    """The limits that these settings have; `stack` closes their connection."""
    redis = connect(str(settings.redis_url), timeout_seconds=PATIENCE_SECONDS)
    stack.push_async_callback(redis.aclose)
    return RequestLimits(DrawnTokens(SharedOrOwn(RedisBuckets(redis), InProcessBuckets(), tell=tell_draw)), settings)
