"""What can be done with tasks."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from control_plane.definitions.analysis.look_alikes import name_faults
from control_plane.definitions.tasks.approvers import approver_faults
from control_plane.definitions.tasks.egress_faults import egress_faults
from control_plane.definitions.tasks.model_faults import model_findings
from control_plane.definitions.tasks.reading import ReadDefinition, read_whole
from control_plane.definitions.tasks.resource_faults import resource_faults
from control_plane.definitions.tasks.secret_faults import secret_faults
from control_plane.definitions.tasks.sub_tasks import sub_task_faults
from control_plane.definitions.tasks.tool_faults import with_tool_versions
from control_plane.identity.callers import ApiCaller
from control_plane.requests.answers.in_use import SHOWN_USES, require_unused
from control_plane.requests.etags import require_version, stale
from control_plane.resources import AppResources
from foundation.contracts.definition import TaskDefinition
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import TaskId, new_uuid
from foundation.domain.plan import turns_per_dispatch
from foundation.domain.words.quoting import quoted
from foundation.storage import tasks
from foundation.storage import uses as uses_of
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected, SeenTags
from foundation.storage.tasks import Task

T = TypeVar("T")

_ODD = 8
"""Characters that are told of two names which differ in them."""


async def create(
    app: AppResources,
    caller: ApiCaller,
    document: Any,
    *,
    claim: Callable[[Transaction], Awaitable[None]],
    keep: Callable[[Transaction, Task, ReadDefinition], Awaitable[T]],
) -> T:
    """What `keep` makes of the new task and its definition as it was read, within their transaction.

    The gateway is asked before the transaction begins, and `claim` first in it.
    """
    task_id, read = TaskId(new_uuid()), await _read(app, caller, document)
    async with app.database.tenant(caller.tenant_id) as tx:
        await app.callers.hold(tx, caller)
        await claim(tx)
        definition = await _checked(tx, caller, read, own=task_id)
        if (taken := await tasks.insert(tx, caller.tenant_id, task_id, name=definition.name)) is not None:
            remedy = "choose another name, or PATCH that task for a new version"
            raise _named_alike(definition.name, taken, remedy=remedy)
        await _write_version(tx, caller, task_id, definition, version=1)
        return await keep(tx, await get(tx, caller, task_id), replace(read, definition=definition))


async def add_version(
    app: AppResources, caller: ApiCaller, task_id: TaskId, document: Any, *, expected: SeenTags
) -> tuple[Task, ReadDefinition]:
    """The task at its new version, and the definition as it was read."""
    read = await _read(app, caller, document)
    async with app.database.tenant(caller.tenant_id) as tx:
        await app.callers.hold(tx, caller)
        definition = await _checked(tx, caller, read, own=task_id)
        await _raise_version(tx, caller, task_id, definition, expected=expected)
        return await get(tx, caller, task_id), replace(read, definition=definition)


async def _raise_version(
    tx: Transaction, caller: ApiCaller, task_id: TaskId, definition: TaskDefinition, *, expected: SeenTags
) -> None:
    if (taken := await tasks.other_of_name(tx, caller.tenant_id, task_id, name=definition.name)) is not None:
        raise _named_alike(definition.name, taken, remedy="choose another name")
    version = await tasks.raise_version(tx, caller.tenant_id, task_id, expected=expected, name=definition.name)
    if version is None:
        current = await get(tx, caller, task_id)
        if current.archived_at is not None:
            raise archived_error()
        raise stale("task", current.version, expected)
    await _write_version(tx, caller, task_id, definition, version=version)


async def get(tx: Transaction, caller: ApiCaller, task_id: TaskId, *, version: int | None = None) -> Task:
    task = await tasks.get(tx, caller.tenant_id, task_id, version=version)
    if task is None:
        detail = "there is no such task" if version is None else "there is no such version of the task"
        raise NotFound(detail, remedy="GET /api/v1/tasks lists the tasks of your tenant")
    return task


def _named_alike(name: str, taken: str, *, remedy: str) -> Conflict:
    """The refusal of a name that another live task has, or that reads as another's."""
    if name == taken:
        return Conflict(f"a task is named {quoted(name)} already", remedy=remedy)
    odd = ", ".join(f"U+{ord(character):04X}" for character in sorted(set(taken) ^ set(name))[:_ODD]) or "blanks"
    return Conflict(
        f"a task is named {quoted(taken)} already, which reads the same; they differ in {odd}", remedy=remedy
    )


def archived_error() -> Conflict:
    """The refusal of a new version or a new run of an archived task."""
    return Conflict("the task is archived", remedy="create a new task; it may take the same name")


async def archive(tx: Transaction, caller: ApiCaller, task_id: TaskId, *, expected: Expected, while_used: bool) -> None:
    """`InUse` where something starts it, unless that may fail: then the audit has what it is."""
    uses = await uses_of.of_task(tx, caller.tenant_id, task_id, most=SHOWN_USES + 1)
    if not while_used:
        require_unused("task", uses)
    if not await tasks.archive(tx, caller.tenant_id, task_id, expected=expected):
        task = await get(tx, caller, task_id)
        require_version("task", task.version, expected)
        return
    target, detail = str(task_id), {"used_by": [use.document() for use in uses]} if uses else {}
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="task.archive", target=target, detail=detail)


async def _read(app: AppResources, caller: ApiCaller, document: Any) -> ReadDefinition:
    """What was sent, with the faults that need no transaction."""
    read = read_whole(document)
    if read.definition is None:
        return read
    found = await model_findings(app, caller, read.definition)
    return read.with_more(found.faults).with_warnings(found.warnings)


async def _checked(tx: Transaction, caller: ApiCaller, read: ReadDefinition, *, own: TaskId) -> TaskDefinition:
    """The definition, checked also by what its tenant has; `InvalidDefinition` lists every fault with its place."""
    if (definition := read.definition) is not None:
        faults = name_faults(definition) + await approver_faults(tx, caller, definition)
        faults += await sub_task_faults(tx, caller, definition, own=own)
        faults += await egress_faults(tx, caller, definition)
        faults += await secret_faults(tx, caller, definition)
        faults += await resource_faults(tx, caller, definition)
        pinned, more = await with_tool_versions(tx, caller, definition)
        read.with_more(faults + more).require()
        return pinned
    return read.require()


async def _write_version(
    tx: Transaction, caller: ApiCaller, task_id: TaskId, definition: TaskDefinition, *, version: int
) -> None:
    await tasks.insert_version(
        tx,
        caller.tenant_id,
        task_id,
        version=version,
        definition=definition.model_dump(mode="json", exclude_unset=False),
        turns_per_dispatch=turns_per_dispatch(definition.nodes()) or 1,
        created_by=caller.user_id,
    )
    detail = {"version": version}
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action="task.version", target=str(task_id), detail=detail
    )
