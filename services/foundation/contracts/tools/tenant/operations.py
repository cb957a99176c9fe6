"""One operation of an OpenAPI document: its name, where it is asked, what it takes, and the tool that comes of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.accepted.shown_text import hidden_in, without_hidden
from foundation.contracts.egress.urls import web_address
from foundation.contracts.forms import form_faults
from foundation.contracts.tools.http import HEADER_NAME, OURS
from foundation.contracts.tools.tenant.api_tool import MAX_TOOL_BYTES, ApiParameter, ApiTool
from foundation.contracts.tools.tenant.names import fits, operation_name
from foundation.contracts.tools.tenant.references import Components, DocumentFault
from foundation.contracts.tools.tenant.schemas import Forms
from foundation.domain.errors import Fault
from foundation.domain.tools import ToolEffect
from foundation.domain.words.quoting import quoted

MAX_DESCRIPTION = 1000
MAX_PARAMETERS = 100
_WRITABLE = re.compile(r"[!-~]+")
_PLACE = re.compile(r"\{([^{}]*)\}")
_PLACES = {"path": "path", "query": "query", "header": "headers"}
_UNSENT = frozenset({"accept", "content-type", "authorization"})
"""Headers that OpenAPI takes out of parameters: of them the body and the security schemes speak."""
_METHODS = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
"""Headers by which servers take a request for one of another method, and so for another tool than was approved."""
_STYLES = {"path": "simple", "query": "form", "header": "simple"}
_READING = frozenset({"get", "head"})
FORM_TYPE = "application/x-www-form-urlencoded"

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """Where it stands, and the name by which it is a tool."""

    name: str
    path: str
    method: str
    item: Mapping[str, Any]

    @property
    def at(self) -> Place:
        return ("paths", self.path, self.method)


def name_of(path: str, method: str, item: Mapping[str, Any]) -> Operation:
    """By its `operationId`, or else by its method and path. Raises `DocumentFault`."""
    at = ("paths", path, method)
    operation = item[method]
    if not isinstance(operation, Mapping):
        raise DocumentFault(at, "an operation is an object")
    told = operation.get("operationId", f"{method}{path}")
    if not isinstance(told, str) or not told.isascii():
        raise DocumentFault((*at, "operationId"), "an operationId is a text of ASCII letters, digits and signs")
    name = operation_name(told)
    if not name[:1].isalpha():
        raise DocumentFault((*at, "operationId"), "an operationId begins with a letter")
    return Operation(name, path, method, item)


def _is_ours(header: str) -> bool:
    """Whether a header is none that a document may have calls send."""
    return header in OURS | _METHODS or header.startswith("proxy-")


class ReadOperation:
    """Reads one operation."""

    def __init__(
        self,
        source: str,
        document: Mapping[str, Any],
        components: Components,
        operation: Operation,
        *,
        server: str | None,
    ) -> None:
        self._source = source
        self._document = document
        self._components = components
        self._operation = operation
        self._told: Mapping[str, Any] = operation.item[operation.method]
        self._server = server
        self._forms = Forms(components)
        self._needs_body = False
        self.left_out: list[Fault] = []
        """What the tool is without though the operation has it, as calls can do without it."""

    def tool(self, effect: ToolEffect | None) -> ApiTool:
        """Raises `DocumentFault`."""
        one = self._operation
        if not fits(self._source, one.name):
            raise DocumentFault(one.at, f"the name api_{self._source}_{one.name} is longer than 64 characters")
        url = self._url()
        parameters, members = self._parameters()
        body = self._body(members)
        form = self._form(members)
        made = ApiTool.model_validate(
            {
                "operation": one.name,
                "method": one.method.upper(),
                "url": url,
                "description": self._description(),
                "parameters": parameters,
                "body": body,
                "schema": form,
                "effect": effect or (ToolEffect.PURE if one.method in _READING else ToolEffect.ONCE),
            }
        )
        if (size := len(made.model_dump_json())) > MAX_TOOL_BYTES:
            raise DocumentFault(
                one.at, f"its schema and description have {size} bytes; at most {MAX_TOOL_BYTES} are taken"
            )
        return made

    def _url(self) -> str:
        at, base = self._base()
        if reason := _why_not_asked(base):
            raise DocumentFault(at, f"the server {quoted(base[:200])} is not asked: {reason}", whole=True)
        if not _WRITABLE.fullmatch(self._operation.path) or "?" in self._operation.path or "#" in self._operation.path:
            raise DocumentFault(self._operation.at, "the path has characters that stand in no path")
        if {".", ".."} & set(unquote(self._operation.path).split("/")):
            raise DocumentFault(self._operation.at, "a path has no part . or .., which would lead to another one")
        return base.rstrip("/") + self._operation.path

    def _base(self) -> tuple[Place, str]:
        """The first server of the operation, its path or the document; what is said beside it comes before."""
        if self._server is not None:
            return ("..", "server"), self._server
        holders: tuple[tuple[Place, Mapping[str, Any]], ...] = (
            (self._operation.at, self._told),
            (self._operation.at[:2], self._operation.item),
            ((), self._document),
        )
        for at, holder in holders:
            if "servers" not in holder:
                continue
            servers = holder["servers"]
            if isinstance(servers, list) and servers and isinstance(servers[0], Mapping):
                url = servers[0].get("url")
                if isinstance(url, str):
                    return (*at, "servers", 0, "url"), url
            raise DocumentFault((*at, "servers"), "servers is a list of objects with a url", whole=True)
        raise DocumentFault(("servers",), "the document names no server; say `server` beside it", whole=True)

    def _description(self) -> str:
        texts = [self._told.get(name) for name in ("summary", "description")]
        told = " ".join(without_hidden(text) for text in texts if isinstance(text, str) and text.strip())
        head = f"{self._operation.method.upper()} {self._operation.path}"
        return f"{head} of {self._source}. {told}"[:MAX_DESCRIPTION].strip()

    def _parameters(self) -> tuple[list[ApiParameter], dict[str, dict[str, Any]]]:
        """The parameters, and the schema of each place that has some."""
        found: dict[tuple[str, str], tuple[Place, Mapping[str, Any]]] = {}
        for at, holder in ((self._operation.at[:2], self._operation.item), (self._operation.at, self._told)):
            listed = holder.get("parameters", [])
            if not isinstance(listed, list) or len(listed) > MAX_PARAMETERS:
                raise DocumentFault((*at, "parameters"), f"parameters is a list of at most {MAX_PARAMETERS}")
            for place, given in enumerate(listed):
                where = (*at, "parameters", place)
                one = self._components.resolved(given, where)
                name, kind = one.get("name"), one.get("in")
                if not isinstance(name, str) or not isinstance(kind, str) or not 0 < len(name) <= 200:  # noqa: PLR2004
                    raise DocumentFault(where, "a parameter has a name and says where it is")
                found[kind, name] = (where, one)
        parameters: list[ApiParameter] = []
        members: dict[str, dict[str, Any]] = {}
        for (kind, name), (where, one) in found.items():
            self._parameter(kind, name, where, one, parameters, members)
        self._check_path([one.name for one in parameters if one.place == "path"])
        return parameters, members

    def _parameter(
        self,
        kind: str,
        name: str,
        where: Place,
        one: Mapping[str, Any],
        parameters: list[ApiParameter],
        members: dict[str, dict[str, Any]],
    ) -> None:
        needed = one.get("required") is True
        if kind == "header" and name.lower() in _UNSENT:
            return
        if kind not in _PLACES or (kind == "header" and _is_ours(name.lower())):
            if needed:
                raise DocumentFault(where, f"calls do not send this parameter, which is in {kind[:20]}")
            self._leave_out(where, f"calls do not send this parameter, which is in {kind[:20]}; the tool is without it")
            return
        if kind == "header" and not HEADER_NAME.fullmatch(name):
            if needed:
                raise DocumentFault(where, "no request can have a header of this name")
            self._leave_out(where, "no request can have a header of this name; the tool is without it")
            return
        if reason := hidden_in(name):
            raise DocumentFault((*where, "name"), reason)
        style = one.get("style", _STYLES[kind])
        if style != _STYLES[kind] or "content" in one or one.get("allowReserved") is True:
            raise DocumentFault(where, f"a parameter in {kind} is written in the style {_STYLES[kind]} alone")
        schema = self._forms.of(one.get("schema", True), (*where, "schema"))
        if isinstance(described := one.get("description"), str) and isinstance(schema, dict) and "$ref" not in schema:
            schema = {**schema, "description": without_hidden(described)[:500]}
        place = _PLACES[kind]
        member = members.setdefault(
            place, {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
        )
        member["properties"][name] = schema
        if needed or kind == "path":
            member["required"].append(name)
        joined = kind != "query" or one.get("explode", True) is False
        parameters.append(ApiParameter.model_validate({"name": name, "place": place, "joined": joined}))

    def _check_path(self, known: list[str]) -> None:
        written = _PLACE.findall(self._operation.path)
        if len(set(written)) != len(written) or set(written) != set(known):
            raise DocumentFault(self._operation.at, "the parameters in the path are not those that the path names")

    def _body(self, members: dict[str, dict[str, Any]]) -> str | None:
        if "requestBody" not in self._told:
            return None
        where = (*self._operation.at, "requestBody")
        body = self._components.resolved(self._told["requestBody"], where)
        content = body.get("content")
        if not isinstance(content, Mapping):
            raise DocumentFault((*where, "content"), "an object with the types of the body is needed here")
        for kind, value in content.items():
            plain = str(kind).partition(";")[0].strip().lower()
            sent = "json" if plain == "application/json" else "form" if plain == FORM_TYPE else None
            if sent is not None:
                media = self._components.resolved(value, (*where, "content", kind))
                schema = self._forms.of(media.get("schema", True), (*where, "content", kind, "schema"))
                members["body"] = schema
                self._needs_body = body.get("required") is True
                return sent
        if body.get("required") is True:
            raise DocumentFault((*where, "content"), f"the body has to be application/json or {FORM_TYPE}")
        self._leave_out(
            (*where, "content"),
            f"the body is sent as application/json or {FORM_TYPE} alone; as it is optional, the tool is without it",
        )
        return None

    def _leave_out(self, at: Place, reason: str) -> None:
        self.left_out.append(Fault(pointer_of(at), reason))

    def _form(self, members: dict[str, Any]) -> dict[str, Any]:
        """The form of the arguments; raises `DocumentFault` where the check of forms finds a fault."""
        needed = [name for name in _PLACES.values() if name in members and members[name]["required"]]
        if self._needs_body:
            needed.append("body")
        form: dict[str, Any] = {
            "type": "object",
            "properties": members,
            "required": needed,
            "additionalProperties": False,
        }
        if self._forms.definitions:
            form["$defs"] = self._forms.definitions
        if faults := form_faults(form):
            raise DocumentFault(self._operation.at, f"its arguments cannot be checked: {first_of(faults, most=3)}")
        return form


def _why_not_asked(server: str) -> str | None:
    """Why no call goes to the server; None where calls may, if their task's egress says so."""
    try:
        web_address(server)
    except ValueError as error:
        return str(error)
    if any(sign in server for sign in "?#{"):
        return "a server has no query, no fragment and no variables; say `server` beside the document"
    return None
