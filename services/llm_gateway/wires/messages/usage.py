"""How messages tell usage.

`input_tokens` on this wire leaves out what a cache was read or written for; `Usage` includes it, as everywhere in the
gateway.
"""

import msgspec

from llm_gateway.exchange.usage import Usage


class _CacheCreation(msgspec.Struct):
    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class _OutputDetails(msgspec.Struct):
    thinking_tokens: int | None = None


class MessagesUsage(msgspec.Struct):
    """As messages tell it."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_creation: _CacheCreation | None = None
    output_tokens_details: _OutputDetails | None = None

    def over(self, earlier: "MessagesUsage") -> "MessagesUsage":
        """What is told here, and what only the earlier one told."""
        told = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}
        return msgspec.structs.replace(earlier, **told)

    def read(self) -> Usage:
        creation = self.cache_creation or _CacheCreation()
        by_hour = creation.ephemeral_1h_input_tokens or 0
        parts = by_hour + (creation.ephemeral_5m_input_tokens or 0)
        written = max(self.cache_creation_input_tokens or 0, parts)
        cached = self.cache_read_input_tokens or 0
        details = self.output_tokens_details or _OutputDetails()
        return Usage(
            input_tokens=(self.input_tokens or 0) + cached + written,
            output_tokens=self.output_tokens or 0,
            cached_input_tokens=cached,
            cache_write_tokens=written,
            cache_write_1h_tokens=by_hour,
            reasoning_tokens=details.thinking_tokens or 0,
        )
