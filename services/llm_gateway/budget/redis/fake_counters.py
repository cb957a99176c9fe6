"""What the scripts in memory count: windows of scopes, and holds in them."""

from dataclasses import dataclass, field

from foundation.domain.money import Amount
from llm_gateway.budget.redis.counted_window import CountedWindow


@dataclass(slots=True)
class CountedScope:
    """What one scope counts in each window.

    Of a run it also knows the newest `generation` that has called and the one up to which the run is `closed`, of a
    step the highest `fence` that has called.
    """

    windows: dict[str, CountedWindow] = field(default_factory=dict)
    closed: int = 0
    generation: int = 0
    fence: int = 0


@dataclass(slots=True)
class CountedHold:
    """One reservation that was admitted; each of `scopes` says whether it has daily and monthly windows."""

    bound: Amount
    labels: dict[str, str]
    scopes: list[tuple[str, bool]]
    event: str
    marker: str
    leases: str
    lapses_ms: float
    state: str = "open"
