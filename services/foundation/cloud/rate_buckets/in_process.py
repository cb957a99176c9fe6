"""Buckets of one process, by its own clock."""

import time
from collections.abc import Callable, Sequence

from cachetools import LRUCache

from foundation.cloud.rate_buckets.base import Draw
from foundation.domain.policy.token_buckets import TokenGrant, draw

_MOST = 50_000
"""Buckets; the one that was used longest ago is forgotten, and then full."""


class InProcessBuckets:
    """The port within one process, which is always there."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: LRUCache[str, float] = LRUCache(_MOST)

    async def draw(self, draws: Sequence[Draw]) -> list[TokenGrant]:
        return [self._one(wanted) for wanted in draws]

    def _one(self, asked: Draw) -> TokenGrant:
        before = self._full_at.get(asked.bucket, float("-inf"))
        full_at, grant = draw(asked.policy, full_at=before, wanted=asked.wanted, now=self._clock())
        self._full_at[asked.bucket] = full_at
        return grant
