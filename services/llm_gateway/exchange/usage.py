"""How many tokens a call used."""

import msgspec


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """`input_tokens` includes the cached and the cache-write ones, `output_tokens` the reasoning ones.

    `cache_write_1h_tokens` are those of the cache-write ones that are kept for an hour, at a price of their own.
    """

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0
    reasoning_tokens: int = 0
    searches: int = 0
    """Web searches that the provider ran, which have a price of their own."""

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.output_tokens


NO_USAGE = Usage(input_tokens=0, output_tokens=0)
