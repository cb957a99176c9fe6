"""The usage of messages.

`input_tokens` on this wire leaves out what a cache was read or written for; `Usage` includes it, as everywhere in the
gateway.
"""

from typing import Any

import msgspec

from llm_gateway.exchange.usage import Usage


class _CacheCreation(msgspec.Struct):
    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class _OutputDetails(msgspec.Struct):
    thinking_tokens: int | None = None


class MessagesUsage(msgspec.Struct):
    """As a provider writes it."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_creation: _CacheCreation | None = None
    output_tokens_details: _OutputDetails | None = None

    def over(self, earlier: "MessagesUsage") -> "MessagesUsage":
        """The numbers of this report, and of the earlier one those that this one lacks."""
        reported = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}
        return msgspec.structs.replace(earlier, **reported)

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


def write_messages_usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": max(0, usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens),
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cached_input_tokens,
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"thinking_tokens": usage.reasoning_tokens},
    }
