"""What can be done with dead letters: redrive their runs, or discard them with a reason; each once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from control_plane.execution.dead_letters.schemas import MAX_REDRIVEN, DeadLetterView, RedriveMany, Redriven
from control_plane.execution.reruns.retry import RetryRequest, retry
from control_plane.identity.callers import ApiCaller, Operator
from control_plane.requests.answers.readable import shown_members
from control_plane.resources import AppResources
from foundation.contracts.accepted.shown_text import hidden_in_lines
from foundation.contracts.moments import told
from foundation.contracts.steps.base import Budget
from foundation.domain.errors import BadRequest, Conflict, DeadLetterClosed, Fault, LockstepError, NotFound
from foundation.domain.ids import DeadLetterId, MessageId, RunId
from foundation.domain.states import DeadLetterStatus
from foundation.storage.execution import tool_events
from foundation.storage.execution.dead import dead_letters, of_tenants, unreadable_messages
from foundation.storage.execution.dead.dead_letters import DeadLetter
from foundation.storage.execution.dead.of_tenants import TenantsDeadLetter
from foundation.storage.execution.dead.unreadable_messages import UnreadableMessage
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.workflow.reruns import reopening


async def get(tx: Transaction, caller: ApiCaller, dead_letter_id: DeadLetterId) -> DeadLetter:
    letter = await dead_letters.get(tx, caller.tenant_id, dead_letter_id)
    if letter is None:
        raise _no_such_letter()
    return letter


async def get_of_a_tenant(app: AppResources, dead_letter_id: DeadLetterId) -> TenantsDeadLetter:
    async with app.database.across_tenants(reason="an operator reads a dead letter") as tx:
        letter = await of_tenants.get(tx, dead_letter_id)
    if letter is None:
        raise NotFound("no tenant has such a dead letter", remedy="GET /api/v1/operations/dead-letters lists them")
    return letter


async def redrive(
    tx: Transaction, caller: ApiCaller, letters: Sequence[DeadLetter], *, max_open: int
) -> list[DeadLetter]:
    """Retries the one run of these letters from their steps; returns them as they are then.

    `DeadLetterClosed` for one that has ended, `Conflict` where the run cannot be retried, or a tool of such a step may
    have taken effect unseen: nobody has named that step, so that it is not repeated.
    """
    run_id = letters[0].run_id
    # Whoever retries the run locks its steps and its row first, and ends its letters; whoever discards a letter locks
    # that alone. With all of them locked, in this order, it is known which letters are open and stay so.
    await reopening.lock(tx, caller.tenant_id, run_id)
    await dead_letters.lock_open(tx, caller.tenant_id, run_id)
    for letter in letters:
        _require_open(await get(tx, caller, letter.dead_letter_id), caller)
    names = tuple(dict.fromkeys(letter.step_of_plan for letter in letters))
    unknown = await tool_events.steps_with_unknown_outcome(tx, caller.tenant_id, run_id) & set(names)
    if unknown:
        raise Conflict(
            f"a tool of step {', '.join(sorted(unknown))} was started and its outcome is unknown",
            remedy="find out what it did; to run the step again all the same, retry its run and name it in `from`",
        )
    await retry(tx, caller, run_id, RetryRequest(names, Budget()), expected=None, max_open=max_open)
    redriven = [await get(tx, caller, letter.dead_letter_id) for letter in letters]
    for letter in redriven:
        if letter.status is not DeadLetterStatus.REDRIVEN:
            raise _closed(letter, caller)
        await _record(tx, caller, letter, "dead_letter.redrive", {})
    return redriven


async def redrive_many(app: AppResources, caller: ApiCaller, wanted: RedriveMany) -> tuple[list[Redriven], bool]:
    """What became of each, and whether the cause has more. A run has one transaction for all its letters."""
    async with app.database.tenant(caller.tenant_id) as tx:
        ids = list(dict.fromkeys(wanted.ids or []))
        if wanted.cause is not None:
            ids = await dead_letters.oldest_open(tx, caller.tenant_id, cause=wanted.cause, limit=MAX_REDRIVEN + 1)
        chosen = ids[:MAX_REDRIVEN]
        found = {one: await dead_letters.get(tx, caller.tenant_id, one) for one in chosen}
    by_run: dict[RunId, list[DeadLetter]] = defaultdict(list)
    outcomes: dict[DeadLetterId, Redriven] = {}
    for one, letter in found.items():
        if letter is None:
            outcomes[one] = _refused(one, None, _no_such_letter())
        elif letter.status is not DeadLetterStatus.OPEN:
            outcomes[one] = _refused(one, letter.run_id, _closed(letter, caller))
        else:
            by_run[letter.run_id].append(letter)
    for letters in by_run.values():
        outcomes |= await _redrive_run(app, caller, letters)
    return [outcomes[one] for one in chosen], len(ids) > len(chosen)


async def _redrive_run(
    app: AppResources, caller: ApiCaller, letters: Sequence[DeadLetter]
) -> Mapping[DeadLetterId, Redriven]:
    try:
        async with app.database.tenant(caller.tenant_id) as tx:
            await redrive(tx, caller, letters, max_open=app.settings.max_open_runs)
    except LockstepError as error:
        return {one.dead_letter_id: _refused(one.dead_letter_id, one.run_id, error) for one in letters}
    return {
        one.dead_letter_id: Redriven(id=one.dead_letter_id, outcome="redriven", run_id=one.run_id) for one in letters
    }


async def discard(tx: Transaction, caller: ApiCaller, dead_letter_id: DeadLetterId, *, reason: str) -> DeadLetter:
    """The letter as it ended; its run stays as it is."""
    _require_plain(reason)
    letter = await get(tx, caller, dead_letter_id)
    if not await dead_letters.discard(tx, caller.tenant_id, dead_letter_id, by=caller.actor, reason=reason):
        raise _closed(await get(tx, caller, dead_letter_id), caller)
    await _record(tx, caller, letter, "dead_letter.discard", {"reason": reason})
    return await get(tx, caller, dead_letter_id)


async def discard_unreadable(
    app: AppResources, caller: Operator, message_id: MessageId, *, reason: str
) -> UnreadableMessage:
    """The message as it ended; `Conflict` when somebody has discarded it before."""
    _require_plain(reason)
    async with app.database.across_tenants(reason="the message belongs to no tenant") as tx:
        done = await unreadable_messages.discard(tx, message_id, by=caller.actor, reason=reason)
        message = await unreadable_messages.get(tx, message_id)
        if message is None:
            raise NotFound("there is no such message")
        if not done:
            detail = f"the message was discarded by {message.discarded_by} already"
            raise Conflict(detail, remedy="nothing is left to do")
        await audit.record_operator(
            tx, actor=caller.actor, action="message.discard", target=str(message_id), detail={"reason": reason}
        )
        return message


async def _record(tx: Transaction, caller: ApiCaller, letter: DeadLetter, action: str, more: dict[str, str]) -> None:
    await audit.record(
        tx,
        caller.tenant_id,
        actor=caller.actor,
        action=action,
        target=str(letter.dead_letter_id),
        detail={"run_id": str(letter.run_id), "step": letter.step, "cause": letter.cause, **more},
    )


def _require_open(letter: DeadLetter, caller: ApiCaller) -> None:
    if letter.status is not DeadLetterStatus.OPEN:
        raise _closed(letter, caller)


def _require_plain(reason: str) -> None:
    if (why := hidden_in_lines(reason)) is not None:
        raise BadRequest(f"the reason cannot be taken: {why}", faults=(Fault("/body/reason", why),))


def _no_such_letter() -> NotFound:
    return NotFound("there is no such dead letter", remedy="GET /api/v1/dead-letters lists those of your tenant")


def _closed(letter: DeadLetter, caller: ApiCaller) -> DeadLetterClosed:
    outcome = {
        "id": str(letter.dead_letter_id),
        "status": letter.status.value,
        "ended_at": None if letter.ended_at is None else told(letter.ended_at),
        "ended_by": letter.ended_by,
        "reason": letter.reason,
    }
    shown = shown_members(DeadLetterView, caller, outcome)
    return DeadLetterClosed(f"the dead letter was {letter.status} by {letter.ended_by} already", dead_letter=shown)


def _refused(dead_letter_id: DeadLetterId, run_id: RunId | None, error: LockstepError) -> Redriven:
    return Redriven(
        id=dead_letter_id, outcome="refused", run_id=run_id, code=error.code, detail=error.detail, remedy=error.remedy
    )
