"""What Redis raises, as the platform's own error."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from foundation.domain.errors import DependencyUnavailable


@contextmanager
def redis_asked(what: str) -> Iterator[None]:
    """Raises `DependencyUnavailable` where Redis fails; `what` begins the sentence that says so."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise DependencyUnavailable(f"{what} does not answer") from error
