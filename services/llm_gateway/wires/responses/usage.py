"""The usage of Responses: `input_tokens` include what a cache was read or written for, as in `Usage`."""

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


class ResponsesUsage(msgspec.Struct):
    """The vendor's usage of one response, as it stands in the answer."""

    input_tokens: int
    output_tokens: int
    input_tokens_details: InputDetails | None = None
    output_tokens_details: OutputDetails | None = None

    def read(self) -> Usage:
        return make_usage(
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            inputs=self.input_tokens_details,
            outputs=self.output_tokens_details,
        )


def write_responses_usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": write_input_details(usage),
        "output_tokens": usage.output_tokens,
        "output_tokens_details": write_output_details(usage),
        "total_tokens": usage.total_tokens,
    }
