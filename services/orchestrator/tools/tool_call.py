"""One call of a tool as an engine makes it: what it is, whether it can be made, and what tells it from another."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from foundation.contracts.accepted.file_names import names_in_each_others_way
from foundation.contracts.tools.arguments import ProgramArguments, ToolArguments
from foundation.contracts.tools.catalogue import TOOLS
from foundation.domain.failure_codes import FailureCode
from foundation.domain.tools import ToolEffect
from orchestrator.tools.files import StagedFile
from orchestrator.work import TickFailed


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool, its arguments and files, and which call of the step it is."""

    tool: str
    arguments: dict[str, Any]
    inputs: tuple[StagedFile, ...]
    turn: int
    call_id: str
    effect: ToolEffect | None = None
    """What running it twice would mean, where the definition says it; else the tool's own."""


def checked_arguments(call: ToolCall) -> ToolArguments:
    """The arguments as the tool's contract reads them; `TickFailed` with the places where they are wrong."""
    contract = TOOLS[call.tool]
    if faults := contract.faults(call.arguments):
        details = "; ".join(f"/arguments{fault.pointer}: {fault.detail}" for fault in faults[:3])
        raise TickFailed(FailureCode.ARGUMENTS_INVALID, f"{call.tool} cannot be called with these arguments: {details}")
    given = contract.arguments.model_validate(call.arguments)
    taken = given.input_files() if isinstance(given, ProgramArguments) else ()
    if clash := names_in_each_others_way([*taken, *(entry.name for entry in call.inputs)]):
        raise TickFailed(
            FailureCode.ARGUMENTS_INVALID, f"{clash[0]!r} is the name of `inputs`; stage the file under another name"
        )
    return given


def digest_of(call: ToolCall) -> bytes:
    """SHA-256 of what the call does: its tool, its arguments, and the names and digests of its files."""
    content = {"tool": call.tool, "arguments": call.arguments, "inputs": [(i.name, i.sha256) for i in call.inputs]}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()
