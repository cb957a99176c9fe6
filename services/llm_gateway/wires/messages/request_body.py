"""What a messages caller asks."""

from collections.abc import Mapping
from typing import Any, Union

import msgspec

from foundation.domain.errors import BadRequest


class Source(msgspec.Struct):
    """Where an image is."""

    type: str
    media_type: str | None = None
    data: str | None = None
    url: str | None = None


class Block(msgspec.Struct):
    """A block of any type; which members it has depends on it."""

    type: str
    text: str | None = None
    source: Source | None = None
    title: str | None = None
    id: str | None = None
    name: str | None = None
    input: dict[str, Any] | None = None
    tool_use_id: str | None = None
    is_error: bool | None = None
    # a union of strings: the name is not known yet where this stands
    content: Union[str, list["Block"], None] = None  # noqa: UP007


class Message(msgspec.Struct):
    """A message of the conversation."""

    role: str
    content: str | list[Block]


class Tool(msgspec.Struct):
    """A tool on offer; one with a `type` other than `custom` is defined by the vendor, and cannot be translated."""

    name: str = ""
    type: str | None = None
    description: str | None = None
    input_schema: dict[str, Any] | None = None
    strict: bool | None = None


class ToolChoice(msgspec.Struct):
    """Whether a tool must be called, and which."""

    type: str
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class Thinking(msgspec.Struct):
    """Whether the model thinks before it answers."""

    type: str


class OutputFormat(msgspec.Struct):
    """The schema that the answer must follow."""

    type: str
    schema: dict[str, Any] | None = None


class OutputConfig(msgspec.Struct):
    """How hard the model tries, and in which form it answers."""

    effort: str | None = None
    format: OutputFormat | None = None


class Metadata(msgspec.Struct):
    """The caller's own name for whoever asks."""

    user_id: str | None = None


class MessagesCall(msgspec.Struct):
    """The body, as far as translation reads it; `translation/*/fields.py` say what becomes of every member."""

    messages: list[Message]
    max_tokens: int | None = None
    system: str | list[Block] | None = None
    stop_sequences: list[str] | None = None
    temperature: float | None = None
    top_p: float | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    metadata: Metadata | None = None


def read_messages_call(body: Mapping[str, Any]) -> MessagesCall:
    """`BadRequest` when it is none."""
    try:
        return msgspec.convert(body, MessagesCall)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadRequest(f"the body is not a messages request: {error}") from error
