"""The usage of chat completions: `prompt_tokens` include what a cache was read or written for, as in `Usage`."""

from typing import Any

import msgspec

from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.openai.usage import (
    InputDetails,
    OutputDetails,
    make_usage,
    write_input_details,
    write_output_details,
)


class ChatUsage(msgspec.Struct):
    """As a provider writes it; a translation makes the best of what is missing."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: InputDetails | None = None
    completion_tokens_details: OutputDetails | None = None

    def read(self) -> Usage:
        return make_usage(
            input_tokens=self.prompt_tokens or 0,
            output_tokens=self.completion_tokens or 0,
            inputs=self.prompt_tokens_details,
            outputs=self.completion_tokens_details,
        )


class ChargedUsage(msgspec.Struct):
    """The same where it is charged: an answer with a usage that lacks a number is malformed."""

    prompt_tokens: int
    completion_tokens: int
    prompt_tokens_details: InputDetails | None = None
    completion_tokens_details: OutputDetails | None = None

    def read(self) -> Usage:
        return make_usage(
            input_tokens=self.prompt_tokens,
            output_tokens=self.completion_tokens,
            inputs=self.prompt_tokens_details,
            outputs=self.completion_tokens_details,
        )


def write_chat_usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        "prompt_tokens_details": write_input_details(usage),
        "completion_tokens_details": write_output_details(usage),
    }
