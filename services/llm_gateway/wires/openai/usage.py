"""The usage of OpenAI's wires: chat completions and Responses have other names for the same four numbers."""

import msgspec

from llm_gateway.exchange.usage import Usage


class InputDetails(msgspec.Struct):
    """How many of the input tokens a cache was read or written for."""

    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class OutputDetails(msgspec.Struct):
    """How many of the output tokens were thought and not said."""

    reasoning_tokens: int | None = None


def make_usage(
    *, input_tokens: int, output_tokens: int, inputs: InputDetails | None, outputs: OutputDetails | None
) -> Usage:
    inputs, outputs = inputs or InputDetails(), outputs or OutputDetails()
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cached_input_tokens=inputs.cached_tokens or 0,
        cache_write_tokens=inputs.cache_write_tokens or 0,
        reasoning_tokens=outputs.reasoning_tokens or 0,
    )


def write_input_details(usage: Usage) -> dict[str, int]:
    return {"cached_tokens": usage.cached_input_tokens, "cache_write_tokens": usage.cache_write_tokens}


def write_output_details(usage: Usage) -> dict[str, int]:
    return {"reasoning_tokens": usage.reasoning_tokens}
