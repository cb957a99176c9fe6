"""A request in the form from which answers are made, which is the same for every wire."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from simulated_provider.answers.tokens import NO_CACHE, CacheUse

ANY_OBJECT: dict[str, Any] = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
"""The schema of an answer that must be some JSON object."""


class RequestRefused(ValueError):
    """The vendor would refuse this request; `param` and `code` are the members of OpenAI's errors."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.param = param
        self.code = code


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the caller can run; `schema` is the JSON schema of its arguments."""

    name: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """`body` has model, messages and tools in the form of chat completions; `original` is the body that was sent.

    `limit` and `thinking_limit` are tokens of one choice; `must_call` are the tools that this answer has to call.
    """

    body: dict[str, Any]
    original: dict[str, Any] = field(default_factory=dict)
    streamed: bool = False
    include_usage: bool = True
    limit: int | None = None
    choices: int = 1
    stop: tuple[str, ...] = ()
    must_call: tuple[Tool, ...] = ()
    one_call: bool = False
    schema: dict[str, Any] | None = None
    thinks: bool = False
    thinking_limit: int | None = None
    cache: CacheUse = NO_CACHE
    searches: int = 0
    """How often the provider is to search before it answers."""

    @property
    def model(self) -> str:
        return str(self.body["model"])

    @property
    def messages(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.body["messages"]
        return messages


def chosen(
    tools: Iterable[Tool], *, required: bool = False, named: str | None = None, one_call: bool = False
) -> tuple[Tool, ...]:
    """The tools that `tool_choice` forces a model to call: the one it names, or all of them if it requires any."""
    offered = tuple(tools)
    if named is not None:
        offered = tuple(tool for tool in offered if tool.name == named)
        required = True
    if required and not offered:
        raise RequestRefused("tool_choice: no such tool in tools", param="tool_choice")
    return () if not required else offered[:1] if one_call else offered


@contextmanager
def shaped_like_a_request() -> Iterator[None]:
    """Raises `RequestRefused` in place of the error that a member of the wrong type causes while it is read."""
    try:
        yield
    except (LookupError, TypeError, AttributeError) as error:
        raise RequestRefused("the body has members of another shape than they should be") from error


def check_messages(messages: Any) -> None:
    """Raise `RequestRefused` if a message is no object, or its content is neither a text nor a list of objects."""
    if not isinstance(messages, list) or not messages or not all(isinstance(message, dict) for message in messages):
        raise RequestRefused("messages must be a non-empty list of objects", param="messages")
    for message in messages:
        content = message.get("content") or ""
        if isinstance(content, str) or (isinstance(content, list) and all(isinstance(part, dict) for part in content)):
            continue
        raise RequestRefused("content must be a text or a list of objects", param="messages")


def positive(body: dict[str, Any], *names: str) -> None:
    """Raise `RequestRefused` if one of these members is there and is no positive integer."""
    for name in names:
        value = body.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise RequestRefused(f"{name} must be a positive integer", param=name)


def schema_of(form: Any) -> dict[str, Any] | None:
    """The JSON schema that an answer must have; None for plain text. `form` holds it directly or in `json_schema`."""
    if not isinstance(form, dict):
        return None
    match form.get("type"):
        case "json_object":
            return ANY_OBJECT
        case "json_schema":
            schema = form.get("json_schema", form).get("schema")
            if not isinstance(schema, dict):
                raise RequestRefused("the schema of the answer must be an object")
            return schema
    return None
