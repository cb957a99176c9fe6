"""The names of a tenant's tools: `api.<source>.<operation>` of an HTTP API, `mcp.<source>.<tool>` of an MCP server.

Models know a tool by its name with `_` in the place of each dot, in 64 characters. So that no two names become the same
function, a source's name has no `_`; and of names that people or models could take for each other one source has one.
"""

import difflib
import re
from collections.abc import Collection
from typing import Annotated

from foundation.contracts.accepted.sentences import WrittenAs, first_of

API, MCP = "api", "mcp"
_COMPARED, _SHOWN = 200, 5
MAX_FUNCTION = 64
"""Characters of a function's name that providers take."""
_SOURCE = r"[a-z][a-z0-9]{0,23}"
_OPERATION = r"[a-z][a-z0-9_]{0,57}"
TENANT_TOOL = rf"({API}|{MCP})\.{_SOURCE}\.{_OPERATION}"

_FORM = re.compile(TENANT_TOOL)

_SOURCE_RULE = "a source's name begins with a letter from a to z and has such letters and digits, 24 in all"
SourceName = Annotated[str, WrittenAs(_SOURCE, _SOURCE_RULE)]
SourceKey = Annotated[str, WrittenAs(_SOURCE, _SOURCE_RULE, is_key=True)]
"""The name of a source as that of a member."""


def is_tenant_tool(name: str) -> bool:
    """Whether the name has the form of a tenant's tool; there need be none of that name."""
    return _FORM.fullmatch(name) is not None


def source_of(tool: str) -> str:
    """The name of the source that a tenant's tool comes from."""
    return tool.split(".")[1]


def tool_name(source: str, operation: str, *, of: str = API) -> str:
    return f"{of}.{source}.{operation}"


def fits(source: str, operation: str) -> bool:
    """Whether providers take the name that models know the tool by; that of both kinds has the same length."""
    return len(tool_name(source, operation)) <= MAX_FUNCTION


def operation_name(told: str) -> str:
    """The name of a tool for an `operationId`, a path or a server's own name: `getPetById` is `get_pet_by_id`.

    Small letters and single `_` alone, as clients write names anew that are not so already, and then miss them.
    """
    parted = _CAMEL.sub("_", told)
    return _NOT_IN_NAMES.sub("_", parted.lower()).strip("_")


def look(operation: str) -> str:
    """The same for operations that could be taken for each other: neither `_` nor like signs tell them apart."""
    return operation.replace("_", "").translate(_ALIKE)


_CAMEL = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l"})


def meant_by(name: str, names: Collection[str]) -> str:
    """For whoever names what is not there: what is called nearly so, or else what there is."""
    # Each look at a name takes a while, and a document may have thousands.
    near = difflib.get_close_matches(name, names, n=3) if len(names) <= _COMPARED else []
    if near:
        return f"is {' or '.join(map(repr, near))} meant?"
    return f"there is {first_of(sorted(names), most=_SHOWN)}" if names else "there is none"
