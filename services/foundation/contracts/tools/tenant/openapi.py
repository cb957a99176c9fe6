"""Reads an OpenAPI document (3.0 or 3.1) as tools. Whoever wrote it is not trusted, and it may be as bad as it can.

What makes the document as a whole unsafe or ambiguous is refused with its place: references to the outside, servers
that are no host on the web, operations that could be taken for each other. An operation that says something which calls
cannot do is left out, with its place and the reason.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.tools.tenant.api_tool import ApiTool
from foundation.contracts.tools.tenant.names import look, meant_by, operation_name
from foundation.contracts.tools.tenant.operations import Operation, ReadOperation, name_of
from foundation.contracts.tools.tenant.references import Components, DocumentFault
from foundation.domain.errors import Fault
from foundation.domain.tools import ToolEffect
from foundation.domain.words.quoting import quoted

MOST_OPERATIONS = 2000
"""Of a document, those included that are not taken."""
MOST_TOOLS = 100
MOST_BYTES = 256 * 1024
"""Of the tools of one source together, as they are stored."""
MOST_FAULTS = 20
MOST_LEFT_OUT = 100
_METHODS = ("get", "head", "options", "put", "delete", "post", "patch")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What whoever registers a document says besides it."""

    server: str | None = None
    operations: Collection[str] | None = None
    """The operations to take, by the names of their tools or by their `operationId`; None for all."""
    effects: Mapping[str, ToolEffect] = field(default_factory=dict)

    def by_name(self) -> "Wishes":
        """With operations as tools are named, where the document's own `operationId` was written."""
        operations = None if self.operations is None else [operation_name(one) for one in self.operations]
        return Wishes(self.server, operations, {operation_name(one): effect for one, effect in self.effects.items()})


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """The tools, by name; what was left out; and the faults, with one of which there are no tools."""

    tools: list[ApiTool] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_openapi(source: str, document: Any, wishes: Wishes) -> ReadDocument:
    """The places of faults are below the document, those of wishes begin with `/..`, the member beside it."""
    wishes = wishes.by_name()
    try:
        operations = _operations(document)
        faults = _alike(operations) + _unknown(operations, wishes)
        if faults:
            return ReadDocument(faults=faults[:MOST_FAULTS])
        wanted = [one for one in operations if wishes.operations is None or one.name in wishes.operations]
        return _read(source, document, wanted, wishes)
    except DocumentFault as fault:
        return ReadDocument(faults=[Fault(fault.pointer, fault.reason)])


def _read(source: str, document: Mapping[str, Any], wanted: list[Operation], wishes: Wishes) -> ReadDocument:
    if len(wanted) > MOST_TOOLS:
        reason = f"{len(wanted)} operations would be tools; name at most {MOST_TOOLS} of them in `operations`"
        raise DocumentFault(("paths",), reason)
    components = Components(document)
    tools, left_out = [], []
    for one in wanted:
        read = ReadOperation(source, document, components, one, server=wishes.server)
        try:
            tools.append(read.tool(wishes.effects.get(one.name)))
            left_out += read.left_out
        except DocumentFault as fault:
            if fault.whole:
                raise
            left_out.append(Fault(fault.pointer, fault.reason))
    if not tools:
        first = f"; {left_out[0].pointer}: {left_out[0].detail}" if left_out else ""
        raise DocumentFault(("paths",), f"no operation of the document can be a tool{first}")
    size = sum(len(tool.model_dump_json()) for tool in tools)
    if size > MOST_BYTES:
        raise DocumentFault(
            ("paths",), f"the tools have {size} bytes together; at most {MOST_BYTES} are kept: name fewer"
        )
    return ReadDocument(sorted(tools, key=lambda tool: tool.operation), left_out[:MOST_LEFT_OUT])


def _operations(document: Any) -> list[Operation]:
    """Every operation with its name; raises `DocumentFault`."""
    if not isinstance(document, Mapping):
        raise DocumentFault((), "an OpenAPI document is an object")
    version = document.get("openapi")
    if not isinstance(version, str) or not version.startswith(("3.0.", "3.1.")):
        raise DocumentFault(("openapi",), 'write a document of OpenAPI 3.0 or 3.1, such as "openapi": "3.1.0"')
    paths = document.get("paths")
    if not isinstance(paths, Mapping):
        raise DocumentFault(("paths",), "an object with the paths is needed here")
    found: list[Operation] = []
    for path, item in paths.items():
        at = ("paths", path)
        if not path.startswith("/"):
            raise DocumentFault(at, "a path begins with /")
        if not isinstance(item, Mapping):
            raise DocumentFault(at, "an object is needed here")
        if "$ref" in item:
            raise DocumentFault((*at, "$ref"), "the operations of a path stand in the document itself")
        for method in _METHODS:
            if method in item:
                if len(found) == MOST_OPERATIONS:
                    raise DocumentFault(at, f"the document has more than {MOST_OPERATIONS} operations; cut it down")
                found.append(name_of(path, method, item))
    return found


def _alike(operations: list[Operation]) -> list[Fault]:
    """Operations that people or models could take for each other."""
    seen: dict[str, Operation] = {}
    faults = []
    for one in operations:
        other = seen.setdefault(look(one.name), one)
        if other is not one:
            words = f"{quoted(one.name)} looks like {quoted(other.name)} at {pointer_of(other.at)}"
            faults.append(Fault(pointer_of(one.at), f"{words}; give it another operationId"))
    return faults


def _unknown(operations: list[Operation], wishes: Wishes) -> list[Fault]:
    """Names among the wishes that the document does not have."""
    names = {one.name for one in operations}
    taken = names if wishes.operations is None else names & set(wishes.operations)
    faults = [
        Fault(f"/../operations/{place}", f"the document has no operation {quoted(name)}; {meant_by(name, names)}")
        for place, name in enumerate(wishes.operations or ())
        if name not in names
    ]
    return faults + [
        Fault(f"/..{pointer_of(('effects', name))}", f"no operation {quoted(name)} is taken of the document")
        for name in wishes.effects
        if name not in taken
    ]
