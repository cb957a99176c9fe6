"""What a chat completions caller asks."""

from collections.abc import Mapping
from typing import Any

import msgspec

from foundation.domain.errors import BadRequest


class ImageUrl(msgspec.Struct):
    """An image behind a link or as a data URL."""

    url: str


class File(msgspec.Struct):
    """A document as a data URL."""

    file_data: str | None = None
    filename: str | None = None


class Part(msgspec.Struct):
    """A part of a message's content."""

    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: ImageUrl | None = None
    file: File | None = None


class FunctionCall(msgspec.Struct):
    """`arguments` is JSON as the model wrote it."""

    name: str
    arguments: str = ""


class ToolCall(msgspec.Struct):
    """A call that the model has made in an earlier turn."""

    id: str
    type: str = "function"
    function: FunctionCall | None = None


class Message(msgspec.Struct):
    """A message of the conversation; `tool_call_id` is there in a tool's answer."""

    role: str
    name: str | None = None
    content: str | list[Part] | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None


class FunctionDefinition(msgspec.Struct):
    """A function that the model may call; `parameters` is a JSON Schema."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(msgspec.Struct):
    """A tool on offer; only functions can be translated."""

    type: str
    function: FunctionDefinition | None = None


class FunctionName(msgspec.Struct):
    """The function of a forced choice."""

    name: str


class NamedChoice(msgspec.Struct):
    """The model must call this function."""

    type: str
    function: FunctionName | None = None


class JsonSchema(msgspec.Struct):
    """The schema that the answer must follow."""

    schema: dict[str, Any] | None = None


class ResponseFormat(msgspec.Struct):
    """`text`, `json_object`, or `json_schema` with its schema."""

    type: str
    json_schema: JsonSchema | None = None


class ChatCall(msgspec.Struct):
    """The body, as far as translation reads it; `translation/*/fields.py` say what becomes of every member."""

    messages: list[Message]
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    stop: str | list[str] | None = None
    temperature: float | None = None
    top_p: float | None = None
    tools: list[Tool] | None = None
    tool_choice: str | NamedChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    reasoning_effort: str | None = None
    user: str | None = None
    safety_identifier: str | None = None


def read_chat_call(body: Mapping[str, Any]) -> ChatCall:
    """`BadRequest` when it is none."""
    try:
        return msgspec.convert(body, ChatCall)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadRequest(f"the body is not a chat completions request: {error}") from error
