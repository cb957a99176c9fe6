"""What can be done with triggers. Whoever makes or changes one vouches for it: its runs start with their rights."""

from typing import Any

from control_plane.execution.runs.submit import RunRequest, runnable_task
from control_plane.identity.callers import ApiCaller
from control_plane.integrations.triggers.schemas import NewTrigger, TriggerChange
from control_plane.requests.etags import require_version
from control_plane.requests.rotations import Rotation, require_no_overlap
from foundation.contracts.steps.base import Budget
from foundation.domain.errors import BadRequest, Conflict, Fault, NotFound
from foundation.domain.ids import TriggerId, new_uuid
from foundation.domain.permissions import Permission
from foundation.storage import tasks
from foundation.storage.people import audit
from foundation.storage.people import members as memberships
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected
from foundation.storage.triggers import triggers
from foundation.storage.triggers.triggers import Trigger, TriggerTerms

MAX_TRIGGERS = 50
"""Of one tenant."""
_NULLABLE = {"task_version", "payload_form"}


async def create(tx: Transaction, caller: ApiCaller, wanted: NewTrigger) -> Trigger:
    terms = await _terms(tx, caller, wanted.model_dump(), checks_task=True)
    if await triggers.count(tx, caller.tenant_id) >= MAX_TRIGGERS:
        raise Conflict(f"the tenant has {MAX_TRIGGERS} triggers", remedy="delete one")
    made = await triggers.insert(tx, caller.tenant_id, TriggerId(new_uuid()), terms, by_key=caller.api_key_id)
    await _record(tx, caller, "trigger.create", made, {"after": _shown(made)})
    return made


async def get(tx: Transaction, caller: ApiCaller, trigger_id: TriggerId, *, lock: bool = False) -> Trigger:
    trigger = await triggers.get(tx, caller.tenant_id, trigger_id, lock=lock)
    if trigger is None:
        raise NotFound("there is no such trigger", remedy="GET /api/v1/triggers lists those of your tenant")
    return trigger


async def change(
    tx: Transaction, caller: ApiCaller, trigger_id: TriggerId, wanted: TriggerChange, *, expected: Expected
) -> Trigger:
    """From now on its runs start as the caller."""
    before = await _locked(tx, caller, trigger_id, expected)
    sent = wanted.model_dump(exclude_unset=True)
    if empty := sorted(name for name, value in sent.items() if value is None and name not in _NULLABLE):
        raise BadRequest(f"{', '.join(empty)} cannot be null", remedy="leave out what stays as it is")
    if not sent:
        return before
    members = {name: getattr(before, name) for name in TriggerChange.model_fields} | sent
    terms = await _terms(tx, caller, members, checks_task=bool(sent.keys() & {"task_id", "task_version"}))
    after = await triggers.change(tx, caller.tenant_id, trigger_id, terms)
    await _record(tx, caller, "trigger.change", after, {"before": _shown(before), "after": _shown(after)})
    return after


async def rotate(
    tx: Transaction, caller: ApiCaller, trigger_id: TriggerId, wanted: Rotation, *, expected: Expected
) -> Trigger:
    """The next secret, with which whoever gets it starts runs: from now on as this caller, who must have the right."""
    await _vouch(tx, caller)
    before = await _locked(tx, caller, trigger_id, expected)
    require_no_overlap(before.previous_secret_until, wanted)
    after = await triggers.rotate(
        tx,
        caller.tenant_id,
        trigger_id,
        overlap_seconds=wanted.overlap_seconds,
        runs_as=caller.user_id,
        by_key=caller.api_key_id,
    )
    await _record(tx, caller, "trigger.rotate_secret", after, {"overlap_seconds": wanted.overlap_seconds})
    return after


async def delete(tx: Transaction, caller: ApiCaller, trigger_id: TriggerId, *, expected: Expected) -> None:
    trigger = await _locked(tx, caller, trigger_id, expected)
    await triggers.delete(tx, caller.tenant_id, trigger_id)
    await _record(tx, caller, "trigger.delete", trigger, {"before": _shown(trigger)})


async def _locked(tx: Transaction, caller: ApiCaller, trigger_id: TriggerId, expected: Expected) -> Trigger:
    trigger = await get(tx, caller, trigger_id, lock=True)
    require_version("trigger", trigger.version, expected)
    return trigger


async def _terms(tx: Transaction, caller: ApiCaller, members: dict[str, Any], *, checks_task: bool) -> TriggerTerms:
    await _vouch(tx, caller)
    terms = TriggerTerms(**members, runs_as=caller.user_id)
    if terms.payload_as in terms.input:
        reason = f"the input has a member {terms.payload_as} already, which the call's body would replace"
        raise BadRequest(reason, faults=(Fault("/body/payload_as", reason),))
    if checks_task:
        await tasks.keep(tx, caller.tenant_id, terms.task_id)
        await runnable_task(tx, caller, RunRequest(terms.task_id, terms.task_version, terms.input, Budget()))
    return terms


async def _vouch(tx: Transaction, caller: ApiCaller) -> None:
    """Runs will start as the caller, who may start them, and stays a member meanwhile."""
    caller.require(Permission.RUNS_WRITE)
    await memberships.keep(tx, caller.tenant_id, caller.user_id)


def _shown(trigger: Trigger) -> dict[str, Any]:
    """As the audit keeps it: without its input, which may be private."""
    names = ("name", "task_version", "payload_as", "calls_per_minute", "paused")
    return {
        **{name: getattr(trigger, name) for name in names},
        "task_id": str(trigger.task_id),
        "runs_as": str(trigger.runs_as),
    }


async def _record(tx: Transaction, caller: ApiCaller, action: str, trigger: Trigger, detail: dict[str, Any]) -> None:
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action=action, target=str(trigger.trigger_id), detail=detail
    )
