"""What a Responses caller asks."""

from collections.abc import Mapping
from typing import Any

import msgspec

from foundation.domain.errors import BadRequest


class Part(msgspec.Struct):
    """A part of a message or of a function's output."""

    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: str | None = None
    file_data: str | None = None
    filename: str | None = None


class Item(msgspec.Struct):
    """An item of any type; which members it has depends on it, and without a type it is a message."""

    type: str = "message"
    role: str | None = None
    content: str | list[Part] | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    output: str | list[Part] | None = None


class Tool(msgspec.Struct):
    """A tool on offer; only functions can be translated."""

    type: str
    name: str = ""
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class NamedChoice(msgspec.Struct):
    """The model must call this function."""

    type: str
    name: str | None = None


class TextFormat(msgspec.Struct):
    """`text`, `json_object`, or `json_schema` with its schema."""

    type: str
    name: str | None = None
    schema: dict[str, Any] | None = None
    description: str | None = None
    strict: bool | None = None


class TextConfig(msgspec.Struct):
    """The form of the answer, and how long it should be."""

    format: TextFormat | None = None
    verbosity: str | None = None


class Reasoning(msgspec.Struct):
    """How hard the model thinks before it answers."""

    effort: str | None = None


class ResponsesCall(msgspec.Struct):
    """The body, as far as translation reads it; `translation/*/fields.py` say what becomes of every member."""

    input: str | list[Item]
    instructions: str | None = None
    max_output_tokens: int | None = None
    tools: list[Tool] | None = None
    tool_choice: str | NamedChoice | None = None
    text: TextConfig | None = None
    reasoning: Reasoning | None = None
    include: list[str] | None = None


def read_responses_call(body: Mapping[str, Any]) -> ResponsesCall:
    """`BadRequest` when it is none."""
    try:
        return msgspec.convert(body, ResponsesCall)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadRequest(f"the body is not a Responses request: {error}") from error
