"""Calls of tools that cannot succeed as they are written: hosts that the task does not name, no place for files.

What an expression gives is known only when the step runs, and is not judged.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.egress.hosts import allows, is_host
from foundation.contracts.steps.tool import ToolStep
from foundation.contracts.tools.catalogue import TOOLS
from foundation.domain.errors import Fault

_WRITTEN_OUT = re.compile(r"https?://[^/?#$\\\s]+(?=[/?#]|$)", re.IGNORECASE)
"""The beginning of an address up to its path, without an expression in it."""
_NEW = "give the step `workspace: new`, and those after it `workspace: {from: …}`"


def address_warnings(definition: TaskDefinition) -> Iterator[Fault]:
    for at, step in enumerate(definition.steps):
        if isinstance(step, ToolStep) and step.tool in TOOLS:
            yield from _refused(definition, step, at)
            if step.workspace is None:
                yield from _without_workspace(step, at)


def _refused(definition: TaskDefinition, step: ToolStep, at: int) -> Iterator[Fault]:
    for place, address in TOOLS[step.tool].arguments.addresses(step.arguments):
        host = _host(address)
        if host is not None and not allows(definition.egress, host):
            detail = f"the task's egress does not name {host}, so that the request will be refused; add it there"
            yield Fault(pointer_of(("steps", at, "arguments", *place)), detail)


def _host(address: object) -> str | None:
    """The host of an address that is written out; None where it is not, or is no name."""
    found = _WRITTEN_OUT.match(address) if isinstance(address, str) else None
    if found is None:
        return None
    try:
        host = (urlsplit(found[0]).hostname or "").lower().removesuffix(".")
    except ValueError:
        return None
    return host if is_host(host) else None


def _without_workspace(step: ToolStep, at: int) -> Iterator[Fault]:
    """What works on files that no other call has left, or leaves files that no other call finds."""
    pointer = pointer_of(("steps", at, "arguments"))
    action = step.arguments.get("action")
    if step.tool == "git" and action == "clone":
        yield Fault(pointer, f"what is cloned is gone when the call has ended; {_NEW}")
    elif step.tool == "git" and action in {"branch", "diff", "commit", "push"}:
        yield Fault(pointer, f"the step begins without files, so that there is no repository; {_NEW}")
    elif step.tool == "browser" and step.arguments.get("session") is not None:
        yield Fault(f"{pointer}/session", f"a session is kept in a workspace; {_NEW}")
