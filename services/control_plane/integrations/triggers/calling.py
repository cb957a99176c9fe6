"""What a call of a trigger does: one run for each id of a message, in one transaction that holds the trigger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from control_plane.integrations.triggers.signed_calls import SignedCall, read_call, require_signature
from control_plane.requests.failed_attempts import FailedAttempts
from control_plane.scheduling.starting import StartRefusal, UnattendedStart, start_run
from control_plane.webhook_sending.signatures import WebhookSecrets
from foundation.contracts.accepted.accepted_json import DOCUMENT, NotAccepted, parse_json
from foundation.contracts.forms import data_faults
from foundation.domain.errors import (
    BadRequest,
    Conflict,
    Fault,
    Forbidden,
    IdempotencyConflict,
    KillSwitchEngaged,
    LockstepError,
    QuotaExceeded,
    Unauthenticated,
    UnsupportedMediaType,
)
from foundation.domain.ids import RunId, TenantId, TriggerCallId, TriggerId, new_uuid
from foundation.domain.people.admission import TenantSuspended
from foundation.domain.starts.triggers import CallStatus, RefusalReason
from foundation.http.accepted_requests import check_coding, is_json
from foundation.storage.session.database import Database, Transaction
from foundation.storage.triggers import calls, triggers
from foundation.storage.triggers.calls import TriggerCall
from foundation.storage.triggers.triggers import Trigger

_MINUTE = timedelta(seconds=60)


@dataclass
class TriggerDoor:
    """The door through which calls come that nobody has signed in for."""

    database: Database
    secrets: WebhookSecrets
    max_open_runs: int
    attempts: FailedAttempts

    async def call(
        self,
        tenant_id: TenantId,
        trigger_id: TriggerId,
        *,
        address: str,
        headers: Mapping[str, str],
        body: bytes,
        now: datetime | None = None,
    ) -> tuple[TriggerCall, bool]:
        """The call, and whether it is the first of its id; an error of ours where it starts nothing."""
        # Senders of several tenants share addresses: what one of them does wrong is not held against the others.
        guessed = f"{address} {tenant_id} {trigger_id}"
        self.attempts.require_room(guessed)
        now = now or datetime.now(UTC)
        try:
            signed = read_call(headers, body, now=now)
            async with self.database.tenant(tenant_id) as tx:
                trigger = await self._opened(tx, tenant_id, trigger_id, signed, now)
                called, is_new = await self._decide(tx, tenant_id, trigger, signed, headers, now)
        except Unauthenticated:
            self.attempts.note(guessed)
            raise
        if isinstance(called, TriggerCall):
            return called, is_new
        # Raised behind the commit, so that the refusal is in the list of calls.
        raise called

    async def _opened(
        self, tx: Transaction, tenant_id: TenantId, trigger_id: TriggerId, signed: SignedCall, now: datetime
    ) -> Trigger:
        trigger = await triggers.get(tx, tenant_id, trigger_id, lock=True)
        version = 1 if trigger is None else trigger.secret_version
        until = None if trigger is None else trigger.previous_secret_until
        versions = [version, version - 1] if until is not None and until > now else [version]
        secrets = [self.secrets.of_trigger(tenant_id, trigger_id, one) for one in versions]
        require_signature(signed, secrets, known=trigger is not None)
        if trigger is None:
            raise AssertionError("a trigger that is not there is opened by nothing")
        return trigger

    async def _decide(
        self,
        tx: Transaction,
        tenant_id: TenantId,
        trigger: Trigger,
        signed: SignedCall,
        headers: Mapping[str, str],
        now: datetime,
    ) -> tuple[TriggerCall | LockstepError, bool]:
        trigger_id = trigger.trigger_id
        earlier = await calls.started_by(tx, tenant_id, trigger_id, signed.message_id)
        if earlier is not None:
            if earlier.digest != signed.digest:
                raise IdempotencyConflict(
                    "this webhook-id was used for another body", remedy="use an id for one message"
                )
            return earlier, False
        recent = await calls.since(tx, tenant_id, trigger_id, now - _MINUTE)
        if len(recent) >= trigger.calls_per_minute:
            wait = (recent[-trigger.calls_per_minute] + _MINUTE - now).total_seconds()
            raise QuotaExceeded(
                f"the trigger takes {trigger.calls_per_minute} calls a minute", retry_after=max(1.0, wait)
            )
        outcome = await self._start(tx, tenant_id, trigger, signed, headers)
        refusal = outcome if isinstance(outcome, _Refusal) else None
        call = TriggerCall(
            call_id=TriggerCallId(new_uuid()),
            message_id=signed.message_id,
            digest=signed.digest,
            status=CallStatus.STARTED if refusal is None else CallStatus.REFUSED,
            reason=None if refusal is None else refusal.reason,
            detail=None if refusal is None else refusal.error.detail,
            run_id=None if isinstance(outcome, _Refusal) else outcome,
            received_at=now,
        )
        await calls.insert(tx, tenant_id, trigger_id, call)
        return (call if refusal is None else refusal.error), True

    async def _start(
        self,
        tx: Transaction,
        tenant_id: TenantId,
        trigger: Trigger,
        signed: SignedCall,
        headers: Mapping[str, str],
    ) -> "RunId | _Refusal":
        if trigger.paused:
            return _Refusal(RefusalReason.PAUSED, Conflict("the trigger is paused", remedy="have its owner wake it"))
        payload = _payload(trigger, signed.body, headers)
        if isinstance(payload, _Refusal):
            return payload
        start = UnattendedStart(
            actor=f"trigger:{trigger.trigger_id}",
            runs_as=trigger.runs_as,
            task_id=trigger.task_id,
            task_version=trigger.task_version,
            input={**trigger.input, trigger.payload_as: payload},
        )
        started = await start_run(tx, tenant_id, start, max_open=self.max_open_runs)
        return _refusal_of(started) if isinstance(started, StartRefusal) else started


@dataclass(frozen=True, slots=True)
class _Refusal:
    reason: RefusalReason
    error: LockstepError


def _payload(trigger: Trigger, body: bytes, headers: Mapping[str, str]) -> Any:
    """The body's value, or why it is refused."""
    if not is_json(headers.get("content-type", "")):
        error = UnsupportedMediaType("the body is JSON", remedy="send `content-type: application/json`")
        return _Refusal(RefusalReason.PAYLOAD_REFUSED, error)
    try:
        check_coding(headers.get("content-encoding", ""))
        payload = parse_json(body, limits=DOCUMENT)
    except UnsupportedMediaType as encoded:
        return _Refusal(RefusalReason.PAYLOAD_REFUSED, encoded)
    except NotAccepted as refused:
        fault = Fault(f"/body{refused.pointer}", refused.reason)
        return _Refusal(RefusalReason.PAYLOAD_REFUSED, BadRequest(str(fault), faults=(fault,)))
    faults = data_faults(trigger.payload_form, payload) if trigger.payload_form is not None else []
    if faults:
        placed = tuple(Fault(f"/body{fault.pointer}", fault.detail) for fault in faults)
        return _Refusal(RefusalReason.PAYLOAD_REFUSED, BadRequest(str(placed[0]), faults=placed))
    return payload


def _refusal_of(refused: StartRefusal) -> _Refusal:
    """What the sender may know: that it is refused and whether to try again; the list of calls has the rest."""
    reason = RefusalReason(refused.reason.value)
    if reason in {RefusalReason.OPEN_RUNS, RefusalReason.QUOTA}:
        return _Refusal(reason, QuotaExceeded(refused.detail, retry_after=refused.retry_after))
    if reason is RefusalReason.TENANT_SUSPENDED:
        return _Refusal(reason, TenantSuspended())
    if reason is RefusalReason.KILL_SWITCH:
        return _Refusal(reason, KillSwitchEngaged(refused.detail))
    kind = Conflict if reason in {RefusalReason.TASK_GONE, RefusalReason.TASK_REFUSED} else Forbidden
    return _Refusal(reason, kind(refused.detail, remedy="have the trigger's owner look at its calls"))
