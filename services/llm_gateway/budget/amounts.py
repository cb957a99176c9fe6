"""Tokens and money together, as every scope counts them."""

import msgspec


class Amount(msgspec.Struct, frozen=True):
    """Tokens and nano-dollars; differences may be negative."""

    tokens: int
    nano_usd: int

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.tokens + other.tokens, self.nano_usd + other.nano_usd)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.tokens - other.tokens, self.nano_usd - other.nano_usd)


NOTHING = Amount(0, 0)
