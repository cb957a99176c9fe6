"""The ledger's sums of a rolling window that Redis has not counted yet; a reservation brings them along."""

from collections.abc import Mapping
from dataclasses import dataclass

from foundation.domain.money import Amount


@dataclass(frozen=True, slots=True)
class Backfill:
    """What was committed up to a moment, by the number of the slice."""

    since_ms: int
    slices: Mapping[int, Amount]

    def text(self) -> str:
        """As reserve.lua reads it."""
        slices = (f" {number}:{amount.tokens}:{amount.nano_usd}" for number, amount in self.slices.items())
        return f"{self.since_ms}{''.join(slices)}"


NO_BACKFILLS: Mapping[int, Backfill] = {}
