"""What every sum over the ledger has: how many tokens and nano-dollars it comes to."""

from dataclasses import dataclass

from foundation.domain.money import Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSum:
    """The base of those sums."""

    tokens: int
    nano_usd: int

    @property
    def amount(self) -> Amount:
        return Amount(self.tokens, self.nano_usd)
