"""What can be done with tasks."""

import json
from typing import Any

from pydantic import ValidationError

from control_plane.identity.callers import ApiCaller
from control_plane.tasks.approvers import approver_faults
from control_plane.tasks.egress_faults import egress_faults
from control_plane.tasks.resource_faults import resource_faults
from control_plane.tasks.shape_faults import definition_shape_faults
from control_plane.tasks.sub_tasks import sub_task_faults
from foundation.contracts.accepted.shown_text import hidden_in
from foundation.contracts.definition import TaskDefinition, definition_faults
from foundation.domain.errors import Conflict, Fault, InvalidDefinition, NotFound, VersionMismatch
from foundation.domain.ids import TaskId, new_uuid
from foundation.domain.plan import turns_per_dispatch
from foundation.storage import tasks
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.tasks import Task


def read_definition(document: Any) -> TaskDefinition:
    """The definition, checked whole; `InvalidDefinition` lists every fault with its place."""
    if not isinstance(document, dict):
        raise InvalidDefinition("a task definition is an object", faults=(Fault("", "not an object"),))
    try:
        # Strict as JSON is: a text is no number, and only an enum's or an id's own text stands for it.
        definition = TaskDefinition.model_validate_json(json.dumps(document), strict=True)
    except ValidationError as error:
        raise _invalid(definition_shape_faults(document, error)) from error
    named = [Fault("/name", why)] if (why := hidden_in(definition.name)) else []
    if faults := [*named, *definition_faults(definition)]:
        raise _invalid(tuple(faults))
    return definition


def _invalid(faults: tuple[Fault, ...]) -> InvalidDefinition:
    first = "; ".join(str(fault) for fault in faults[:3])
    return InvalidDefinition(f"the definition cannot run: {first}", faults=faults)


async def create(tx: Transaction, caller: ApiCaller, document: Any) -> Task:
    definition = read_definition(document)
    task_id = TaskId(new_uuid())
    if not await tasks.insert(tx, caller.tenant_id, task_id, name=definition.name):
        remedy = "choose another name, or PATCH that task for a new version"
        raise Conflict(f"a task is named {definition.name!r} already", remedy=remedy)
    await _write_version(tx, caller, task_id, definition, version=1)
    return await get(tx, caller, task_id)


async def add_version(tx: Transaction, caller: ApiCaller, task_id: TaskId, document: Any, *, expected: int) -> Task:
    definition = read_definition(document)
    if not await tasks.raise_version(tx, caller.tenant_id, task_id, expected=expected, name=definition.name):
        current = await get(tx, caller, task_id)
        if current.archived_at is not None:
            raise archived_error()
        remedy = "read the task again and repeat your change"
        raise VersionMismatch(f"the task is at version {current.version}, not {expected}", remedy=remedy)
    await _write_version(tx, caller, task_id, definition, version=expected + 1)
    return await get(tx, caller, task_id)


async def get(tx: Transaction, caller: ApiCaller, task_id: TaskId, *, version: int | None = None) -> Task:
    task = await tasks.get(tx, caller.tenant_id, task_id, version=version)
    if task is None:
        detail = "there is no such task" if version is None else "there is no such version of the task"
        raise NotFound(detail, remedy="GET /api/v1/tasks lists the tasks of your tenant")
    return task


def archived_error() -> Conflict:
    """The refusal of a new version or a new run of an archived task."""
    return Conflict("the task is archived", remedy="create a new task; it may take the same name")


async def archive(tx: Transaction, caller: ApiCaller, task_id: TaskId) -> None:
    if not await tasks.archive(tx, caller.tenant_id, task_id):
        await get(tx, caller, task_id)
        return
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="task.archive", target=str(task_id))


async def _write_version(
    tx: Transaction, caller: ApiCaller, task_id: TaskId, definition: TaskDefinition, *, version: int
) -> None:
    faults = await approver_faults(tx, caller, definition)
    faults += await sub_task_faults(tx, caller, definition, own=task_id)
    faults += await egress_faults(tx, caller, definition)
    faults += await resource_faults(tx, caller, definition)
    if faults:
        raise _invalid(tuple(faults))
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
