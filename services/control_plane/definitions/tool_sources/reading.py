"""What becomes tools of a source: the operations of a document, or what a step has read of an MCP server."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from control_plane.definitions.tool_sources.schemas import NewToolSource, ReadByStep
from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.sentences import first_of, sentence_of_error
from foundation.contracts.expressions.evaluation import expressions_in
from foundation.contracts.tools.calls.staged_files import read_files
from foundation.contracts.tools.mcp.listing import MCP_LIST, McpListing
from foundation.contracts.tools.mcp.servers import McpServer
from foundation.contracts.tools.tenant.mcp_tool import McpSource, Package, ReadBy
from foundation.contracts.tools.tenant.mcp_tools import ToolWishes, read_listing
from foundation.contracts.tools.tenant.openapi import Wishes, read_openapi
from foundation.domain.errors import Fault, InvalidDefinition, NotFound
from foundation.domain.ids import ArtifactId
from foundation.domain.permissions import Permission
from foundation.domain.policy.retention import ContentExpired, ContentKind
from foundation.domain.states import StepStatus
from foundation.domain.words.quoting import quoted
from foundation.storage import artifacts, tasks
from foundation.storage.execution import runs, steps
from foundation.storage.execution.runs import Run
from foundation.storage.session.database import Transaction

_STEP = "/body/read_by/step"


@dataclass(frozen=True, slots=True)
class ReadTools:
    """What is stored of a source's version."""

    tools: Mapping[str, dict[str, Any]]
    """The definitions, by the tools' own names."""
    left_out: list[dict[str, str]]
    hosts: list[str]
    """Those that calls ask."""
    digest: bytes
    server: dict[str, Any] | None = None


def of_document(name: str, wanted: NewToolSource) -> ReadTools:
    """What becomes of the document; `InvalidDefinition` with the places that cannot be taken."""
    found = read_openapi(name, wanted.document, Wishes(wanted.server, wanted.operations, wanted.effects))
    if found.faults:
        faults = tuple(Fault(_in_body(fault.pointer, "document"), fault.detail) for fault in found.faults)
        why = first_of([fault.detail for fault in faults], most=1)
        raise InvalidDefinition(f"the document cannot become tools: {why}", faults=faults)
    hosts = sorted({tool.host for tool in found.tools})
    tools = {tool.operation: _stored(tool) for tool in found.tools}
    return ReadTools(
        tools, _told(found.left_out), hosts, _digest(wanted.model_dump(mode="json", exclude={"kind", "read_by"}))
    )


async def of_server(
    tx: Transaction, caller: ApiCaller, name: str, wanted: NewToolSource, read_by: ReadByStep
) -> ReadTools:
    """What becomes of what the step has read. `NotFound` for no such run, `InvalidDefinition` for no such tools.

    The tools show what the run gave and the server that its task names, so that the caller has to read both.
    """
    caller.require(Permission.RUNS_READ)
    caller.require(Permission.TASKS_READ)
    run = await runs.get(tx, caller.tenant_id, read_by.run_id)
    if run is None:
        raise NotFound("there is no such run", remedy="GET /api/v1/runs lists the runs of your tenant")
    if run.artifacts_expired_at is not None:
        raise ContentExpired(f"what run {run.run_id} has read", ContentKind.ARTIFACTS, run.artifacts_expired_at)
    given = await _arguments(tx, caller, run, read_by.step)
    listing = _listing(await _output(tx, caller, run, read_by.step))
    listed = listing.tools or []
    found = read_listing(name, listed, ToolWishes(wanted.operations, wanted.effects))
    if found.faults:
        faults = tuple(Fault(_in_body(fault.pointer, "listed"), fault.detail) for fault in found.faults)
        why = first_of([fault.detail for fault in faults], most=1)
        raise InvalidDefinition(f"what the server shows cannot become tools: {why}", faults=faults)
    server = McpServer.model_validate(given["server"])
    source = McpSource(
        server=server,
        files=await _packages(tx, caller, given.get("files")),
        pins={tool.name: tool.pin() for tool in listed},
        read_by=ReadBy(run_id=run.run_id, step=read_by.step),
    )
    tools = {tool.operation: _stored(tool) for tool in found.tools}
    shared = source.model_dump(mode="json")
    told = {**{key: value for key, value in shared.items() if key != "read_by"}, "tools": tools}
    hosts = [] if server.host is None else [server.host]
    no_tools = [Fault("", f"{one.name}: {one.reason}") for one in listing.left_out or []]
    return ReadTools(tools, _told([*no_tools, *found.left_out]), hosts, _digest(told), shared)


async def _arguments(tx: Transaction, caller: ApiCaller, run: Run, name: str) -> dict[str, Any]:
    """Those of the step as its task says them, which is in the tenant's own words and not in the server's."""
    task = await tasks.get(tx, caller.tenant_id, run.task_id, version=run.task_version)
    planned = [step for step in (task.definition["steps"] if task else []) if step["name"] == name]
    if not planned or planned[0].get("tool") != MCP_LIST.name:
        raise _not_read(f"the run has no step {quoted(name)} that calls {MCP_LIST.name}")
    if planned[0].get("foreach") is not None or name in run.overrides:
        raise _not_read("a step that runs for items, or whose definition a fork has changed, reads no server")
    arguments: dict[str, Any] = planned[0]["arguments"]
    if any(True for _ in expressions_in(arguments, ())):
        raise _not_read("the arguments of the step have expressions; write out the server and its files")
    return arguments


async def _output(tx: Transaction, caller: ApiCaller, run: Run, name: str) -> Any:
    step = await steps.named(tx, caller.tenant_id, run.run_id, name)
    if step is None or step.status is not StepStatus.SUCCESS:
        state = "has not begun" if step is None else f"is {step.status}"
        raise _not_read(f"step {quoted(name)} {state}; it has to end with SUCCESS before its server is registered")
    return step.output["result"] if isinstance(step.output, dict) else None


def _listing(result: Any) -> McpListing:
    try:
        listing = McpListing.model_validate(result)
    except ValidationError as error:
        words = sentence_of_error(error.errors(include_url=False)[0])
        raise _not_read(f"what the step gave is no list of tools: {words}") from error
    if listing.error is not None:
        raise _not_read(f"what the step gave is an error, and no list of tools: {listing.error.detail}")
    return listing


async def _packages(tx: Transaction, caller: ApiCaller, files: Any) -> list[Package]:
    """The files of the step, each with the name that it is staged under."""
    packages = []
    for reference in read_files(files)[0]:
        artifact = await artifacts.get(tx, caller.tenant_id, ArtifactId(UUID(reference.artifact)))
        if artifact is None or not artifact.ready:
            raise _not_read(f"the artifact {reference.artifact}, a file of the step, is not there any more")
        packages.append(Package(artifact=reference.artifact, name=reference.name or artifact.name))
    return packages


def _not_read(detail: str) -> InvalidDefinition:
    return InvalidDefinition(f"the server was not read: {detail}", faults=(Fault(_STEP, detail),))


def _stored(tool: BaseModel) -> dict[str, Any]:
    return tool.model_dump(mode="json", by_alias=True)


def _told(faults: list[Fault]) -> list[dict[str, str]]:
    return [{"pointer": fault.pointer, "detail": fault.detail} for fault in faults]


def _in_body(pointer: str, member: str) -> str:
    """A place of what was read, or of what stands beside it in the body."""
    return pointer.replace("/..", "/body", 1) if pointer.startswith("/../") else f"/body/{member}{pointer}"


def _digest(told: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).digest()
