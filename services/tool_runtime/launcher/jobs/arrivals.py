"""How fast jobs of one kind arrive, and so how many runners should wait for them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

HALF_LIFE_SECONDS = 20.0
"""After so long without an arrival the rate is taken for half of what it was."""
MARGIN = 1.5


@dataclass
class Arrivals:
    """A rate that forgets: each arrival counts less the longer it is ago."""

    clock: Callable[[], float] = monotonic
    _weight: float = 0.0
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._at = self.clock()

    def note(self) -> None:
        """One has arrived."""
        self._fade()
        self._weight += 1

    def rate(self) -> float:
        """Arrivals a second, as of late."""
        self._fade()
        return self._weight * math.log(2) / HALF_LIFE_SECONDS

    def waiting_for(self, start_seconds: float, *, least: int, most: int) -> int:
        """Runners that should wait: as many jobs as arrive while one more starts, and half as many again."""
        return min(max(least, math.ceil(self.rate() * start_seconds * MARGIN)), most)

    def _fade(self) -> None:
        now = self.clock()
        self._weight *= 0.5 ** ((now - self._at) / HALF_LIFE_SECONDS)
        self._at = now
