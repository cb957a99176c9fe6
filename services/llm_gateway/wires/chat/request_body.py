"""What a chat completions caller asks."""

from collections.abc import Mapping
from typing import Any

import msgspec

from foundation.domain.errors import BadRequest


class ImageUrl(msgspec.Struct):
    url: str


class File(msgspec.Struct):
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
    id: str
    type: str = "function"
    function: FunctionCall | None = None


class Message(msgspec.Struct):
    role: str
    name: str | None = None
    content: str | list[Part] | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None


class FunctionDefinition(msgspec.Struct):
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(msgspec.Struct):
    type: str
    function: FunctionDefinition | None = None


class FunctionName(msgspec.Struct):
    name: str


class NamedChoice(msgspec.Struct):
    type: str
    function: FunctionName | None = None


class JsonSchema(msgspec.Struct):
    schema: dict[str, Any] | None = None


class ResponseFormat(msgspec.Struct):
    type: str
    json_schema: JsonSchema | None = None


class ChatCall(msgspec.Struct):
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
