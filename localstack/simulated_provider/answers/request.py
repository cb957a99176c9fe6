"""A request in the one form that answers are made from, whatever wire it came on."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from simulated_provider.answers.tokens import NO_CACHE, CacheUse

ANY_OBJECT: dict[str, Any] = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
"""The schema of an answer that must be some JSON object."""


class RequestRefused(ValueError):
    """What is wrong with a request; `param` and `code` as OpenAI's errors name them."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.param = param
        self.code = code


@dataclass(frozen=True, slots=True)
class Tool:
    """What a caller can run, and the JSON schema of its arguments."""

    name: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """`body` has model, messages and tools as chat completions name them; `original` is the body as it came.

    `limit` and `thinking_limit` are in tokens of one choice; `must_call` are the tools that have to be called now.
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
    """The tools that a choice makes a model call: the named one, or when one is required each of them once."""
    offered = tuple(tools)
    if named is not None:
        offered = tuple(tool for tool in offered if tool.name == named)
        required = True
    if required and not offered:
        raise RequestRefused("tool_choice: no such tool in tools", param="tool_choice")
    return () if not required else offered[:1] if one_call else offered


@contextmanager
def shaped_like_a_request() -> Iterator[None]:
    """`RequestRefused` where reading trips over members that are not what they should be."""
    try:
        yield
    except (LookupError, TypeError, AttributeError) as error:
        raise RequestRefused("the body has members of another shape than they should be") from error


def check_messages(messages: Any) -> None:
    """`RequestRefused` when they are not objects, or their content is neither a text nor a list of objects."""
    if not isinstance(messages, list) or not messages or not all(isinstance(message, dict) for message in messages):
        raise RequestRefused("messages must be a non-empty list of objects", param="messages")
    for message in messages:
        content = message.get("content") or ""
        if isinstance(content, str) or (isinstance(content, list) and all(isinstance(part, dict) for part in content)):
            continue
        raise RequestRefused("content must be a text or a list of objects", param="messages")


def positive(body: dict[str, Any], *names: str) -> None:
    """`RequestRefused` when one of these members is neither absent nor a positive integer."""
    for name in names:
        value = body.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise RequestRefused(f"{name} must be a positive integer", param=name)


def schema_of(form: Any) -> dict[str, Any] | None:
    """The schema that a text must have; None for plain text. Its members stand in the form or one level below."""
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
