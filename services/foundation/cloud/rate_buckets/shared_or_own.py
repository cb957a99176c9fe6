"""Buckets that all processes share, and a process's own while those cannot be asked."""

import time
from collections.abc import Callable, Sequence

from foundation.cloud.rate_buckets.base import Draw, RateBuckets
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.policy.token_buckets import TokenGrant
from foundation.telemetry.logs import logger

SHARED, OWN = "shared", "own"
AWAY_SECONDS = 5.0
"""How long buckets that did not answer are left alone, so that not every request waits for them."""

_log = logger(__name__)


class SharedOrOwn:
    """Never raises: a limit that cannot be shared is one of each process, and no reason to answer nobody."""

    def __init__(
        self,
        shared: RateBuckets,
        own: RateBuckets,
        *,
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`tell` is told with each draw whose buckets it was from, `shared` or `own`."""
        self._shared = shared
        self._own = own
        self._tell = tell
        self._clock = clock
        self._away_until: float | None = None

    async def draw(self, draws: Sequence[Draw]) -> list[TokenGrant]:
        may_ask = self._away_until is None or self._clock() >= self._away_until
        if may_ask and (grants := await self._ask(draws)) is not None:
            self._tell(SHARED)
            return grants
        self._tell(OWN)
        return await self._own.draw(draws)

    async def _ask(self, draws: Sequence[Draw]) -> list[TokenGrant] | None:
        if self._away_until is not None:
            # One request finds out whether they are back; those that come meanwhile do not wait with it.
            self._away_until = self._clock() + AWAY_SECONDS
        try:
            grants = await self._shared.draw(draws)
        except DependencyUnavailable as error:
            if self._away_until is None:
                _log.warning("requests are counted by each process alone until Redis answers", exc_info=error)
            self._away_until = self._clock() + AWAY_SECONDS
            return None
        if self._away_until is not None:
            _log.info("requests are counted over all processes again")
            self._away_until = None
        return grants
