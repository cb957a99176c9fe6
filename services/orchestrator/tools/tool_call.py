"""One call of a tool as an engine makes it: what it is, whether it can be made, what it takes, and its digest."""

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

from foundation.contracts.accepted.file_names import names_in_each_others_way
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.tool_job import JobLimits, ToolResult
from foundation.contracts.tools.arguments import MAX_SECONDS, ProgramArguments, ToolArguments
from foundation.contracts.tools.calls.profile_limits import PROFILE_LIMITS
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.failures import FailureCode
from foundation.domain.tools import ToolEffect
from orchestrator.tools.files import StagedFile
from orchestrator.work import TickFailed, Work


@dataclass(frozen=True, slots=True)
class WorkspaceUse:
    """What a call finds below `/work`: what another one left, or nothing; what it leaves is kept."""

    taken: StagedFile | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool, its arguments and files, and which call of the step it is."""

    tool: str
    arguments: dict[str, Any]
    inputs: tuple[StagedFile, ...]
    turn: int
    call_id: str
    workspace: WorkspaceUse | None = None
    """None for a call whose files below `/work` are gone with it."""
    effect: ToolEffect | None = None
    """What running it twice would mean, where the definition says it; else the tool's own."""


def checked_arguments(call: ToolCall, contract: ToolContract) -> ToolArguments:
    """The arguments as the tool's contract reads them; `TickFailed` with the places where they are wrong."""
    if faults := contract.faults(call.arguments):
        details = first_of([f"/arguments{fault.pointer}: {fault.detail}" for fault in faults], most=3)
        raise TickFailed(FailureCode.ARGUMENTS_INVALID, f"{call.tool} cannot be called with these arguments: {details}")
    given = contract.arguments.model_validate(call.arguments)
    if isinstance(given, ProgramArguments):
        taken, whose = list(given.input_files()), "of `inputs`"
    else:
        taken, whose = list(given.names_taken(call.arguments)), f"that {call.tool} needs itself"
    if clash := names_in_each_others_way([*taken, *(entry.name for entry in call.inputs)]):
        raise TickFailed(
            FailureCode.ARGUMENTS_INVALID, f"{clash[0]!r} is the name {whose}; stage the file under another name"
        )
    staged = {entry.name for entry in call.inputs}
    if missing := [name for name in given.files_needed() if name not in staged]:
        raise TickFailed(
            FailureCode.ARGUMENTS_INVALID, f"{call.tool} needs {missing[0]!r}, and no file of that name is staged"
        )
    return given


def digest_of(call: ToolCall) -> bytes:
    """SHA-256 of what the call does: its tool, its arguments, and the names and digests of its files."""
    inputs = [(entry.name, entry.sha256) for entry in call.inputs]
    content: dict[str, Any] = {"tool": call.tool, "arguments": call.arguments, "inputs": inputs}
    if call.workspace is not None:
        content["workspace"] = call.workspace.taken and call.workspace.taken.sha256
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()


def seconds_of(work: Work, given: ToolArguments) -> int:
    """How long its job may take by the clock: what the call asks for, and not beyond what its step has left."""
    return max(1, min(math.ceil(work.clock.seconds_left), given.timeout_seconds))


def seconds_taken(result: ToolResult) -> int:
    """How long its job took, rounded up."""
    return max(1, math.ceil(result.usage.wall_ms / 1000))


def limits_of(contract: ToolContract, seconds: int, *, artifacts: int) -> JobLimits:
    """What its job may take of a machine, and leave."""
    held = PROFILE_LIMITS[contract.profile]
    return JobLimits(
        wall_seconds=seconds,
        cpu_seconds=min(seconds * held.processors, MAX_SECONDS),
        memory_mb=held.memory_mb,
        processes=held.processes,
        artifact_count=artifacts,
    )
