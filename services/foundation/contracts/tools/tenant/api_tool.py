"""One operation of an API as a tool: what is stored of it, its contract, and the request that a call becomes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationError

from foundation.contracts.accepted.sentences import sentence_of_error
from foundation.contracts.expressions.evaluation import holds_expression
from foundation.contracts.forms import data_faults
from foundation.contracts.message import Message
from foundation.contracts.tools.arguments import Json, StorableText, ToolArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.http import HTTP, HttpArguments, HttpResult
from foundation.contracts.tools.tenant.names import tool_name
from foundation.domain.errors import Fault
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect
from foundation.domain.words.quoting import quoted

MAX_TOOL_BYTES = 16 * 1024
"""Of one tool's schema and description, which each call of a model carries."""
_PLACE = re.compile(r"\{([^{}]+)\}")
_NO_SEGMENTS = frozenset({"", ".", ".."})

Method = Literal["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"]
Value = StorableText | int | float | bool
Values = dict[StorableText, Value | list[Value]]


class ApiParameter(Message):
    """Where a value goes; `joined` says that a list is one text with commas, and not its name once an item."""

    name: str = Field(max_length=200)
    place: Literal["path", "query", "headers"]
    joined: bool = False


class ApiTool(Message):
    """An operation, as it was read of its document. `schema_` is a form of the arguments without `timeout_seconds`."""

    operation: str
    method: Method
    url: str = Field(max_length=4096, description="with its `{…}`")
    description: str = Field(max_length=4096)
    parameters: list[ApiParameter] = Field(default=[], max_length=100)
    body: Literal["json", "form"] | None = None
    schema_: dict[str, Any] = Field(alias="schema")
    effect: ToolEffect

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").removesuffix(".")


class ApiArguments(ToolArguments):
    """The values of one call, by where they go; what each has to be is said by the operation's own form."""

    path: Values = Field(default_factory=dict, max_length=100)
    query: Values = Field(default_factory=dict, max_length=100)
    headers: Annotated[Values, Field(max_length=50)] = Field(default_factory=dict)
    body: Json = None


@dataclass(frozen=True)
class ApiContract(ToolContract):
    """The contract of a tenant's tool; its calls run as calls of `http`."""

    tool: ApiTool = field(kw_only=True)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        own = ToolArguments.model_json_schema()["properties"]["timeout_seconds"]
        seconds = {name: value for name, value in own.items() if name != "title"}
        return {**self.tool.schema_, "properties": {**self.tool.schema_["properties"], "timeout_seconds": seconds}}

    def faults(self, arguments: Any, *, expressions: bool = False) -> list[Fault]:
        """As of any tool; with `expressions`, a part that has one in it is not judged but for its place."""
        if faults := super().faults(arguments, expressions=expressions):
            return faults
        own = {name: value for name, value in arguments.items() if name != "timeout_seconds"}
        found = data_faults(self.tool.schema_, own) or self._request_faults(arguments, expressions=expressions)
        return [one for one in found if not (expressions and holds_expressions(part_at(own, one.pointer)))]

    def _request_faults(self, arguments: Mapping[str, Any], *, expressions: bool) -> list[Fault]:
        """What no form says: a path that leads to another operation, and what no request can hold."""
        path = arguments.get("path")
        for name, value in path.items() if isinstance(path, dict) else ():
            if _text(value) in _NO_SEGMENTS:
                return [Fault(f"/path/{name}", f"{quoted(value)} leads to another place than the operation's")]
        if expressions and holds_expressions(arguments):
            return []
        if self.tool.body == "form" and not isinstance(arguments.get("body", {}), dict):
            return [Fault("/body", "the fields of a form are an object")]
        try:
            HttpArguments.model_validate(self.request(arguments))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            return [Fault("", f"no such request can be made: {sentence_of_error(first)}")]
        return []

    def request(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of `http` for a call whose arguments are as they have to be."""
        given = ApiArguments.model_validate(arguments)
        values = {"path": given.path, "query": given.query, "headers": given.headers}
        joined = {(one.place, one.name) for one in self.tool.parameters if one.joined}
        texts = {
            place: {
                name: _text(value) if place != "query" or (place, name) in joined else value
                for name, value in of_place.items()
            }
            for place, of_place in values.items()
        }
        url = _PLACE.sub(lambda found: quote(str(texts["path"][found[1]]), safe=""), self.tool.url)
        sent: dict[str, Any] = {"method": self.tool.method, "url": url, "timeout_seconds": given.timeout_seconds}
        sent |= {name: texts[name] for name in ("query", "headers") if texts[name]}
        if "body" in given.model_fields_set and self.tool.body == "json":
            sent["json"] = given.body
        if "body" in given.model_fields_set and self.tool.body == "form":
            sent["form"] = {name: _text(value) for name, value in given.body.items()}
        # A server that redirects leads to another operation than the one that was named, or to another place.
        return {**sent, "max_redirects": 0}


def contract_of(source: str, tool: ApiTool) -> ApiContract:
    return ApiContract(
        name=tool_name(source, tool.operation),
        effect=tool.effect,
        cost=CostClass.LIGHT,
        profile=SandboxProfile.PYTHON,
        description=tool.description,
        arguments=ApiArguments,
        result=HttpResult,
        own_failures=HTTP.own_failures,
        needs_egress=True,
        tool=tool,
    )


def holds_expressions(value: Any) -> bool:
    """Whether a `${…}` stands anywhere in the value."""
    if isinstance(value, dict):
        return any(map(holds_expressions, value.values()))
    if isinstance(value, list):
        return any(map(holds_expressions, value))
    return holds_expression(value)


def part_at(value: Any, pointer: str) -> Any:
    for segment in pointer.split("/")[1:]:
        name = segment.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
