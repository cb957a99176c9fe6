"""Makes an attempt before it is funded: its reservation, and the event that is written if it is never settled."""

import asyncio
from datetime import date, datetime
from uuid import UUID

import msgspec

from foundation.contracts.gateway.budget_policy import BoundKind
from foundation.contracts.gateway.ledger import AttemptReason
from foundation.domain.ids import new_uuid
from llm_gateway.accounting.usage_event import UsageEvent, encode_event
from llm_gateway.budget.limits.counted import CallScopes
from llm_gateway.budget.limits.rates import CallLimits
from llm_gateway.budget.limits.scopes import CalendarWindows
from llm_gateway.budget.redis import keys
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.reserve_script import Headroom
from llm_gateway.routing.routes import Target
from llm_gateway.stages.call import Attempt, ModelCall


class AttemptRequest(msgspec.Struct, frozen=True):
    """An attempt that a call asks to have funded, and where it counts."""

    call: ModelCall
    target: Target
    number: int
    reason: AttemptReason
    counted_in: CallScopes
    waits: bool = True
    """Whether it may wait for room that others hold."""
    gives_way: bool = False
    """Whether it asks for a shorter answer rather than to wait, as it may where its caller has named no length."""

    @property
    def rates(self) -> CallLimits:
        return self.counted_in.limits(self.number)


def make_attempt(
    request: AttemptRequest,
    *,
    windows: CalendarWindows,
    now: datetime,
    reservation_id: UUID | None = None,
    is_local: bool = False,
) -> Attempt:
    """A new attempt, under an id of its own unless one is given; `is_local` when it is admitted without Redis."""
    call = request.call
    tenant_id = call.caller.tenant_id
    bucket = keys.bucket_of(tenant_id)
    lost = _make_lost_event(request, reservation_id or new_uuid(), windows.day.label, now)
    reservation = Reservation(
        reservation_id=lost.event_id,
        tenant_id=tenant_id,
        bound_tokens=call.bound.tokens,
        bound_nano_usd=call.bound.nano_usd,
        day=windows.day.label,
        month=windows.month.label,
        scopes=request.counted_in.scope_keys,
        lost_event=encode_event(lost),
        call_marker=keys.call_marker(bucket, tenant_id, call.identity.call_key) if call.identity else None,
        limited=request.rates.lines,
        is_estimate=call.bound.kind is BoundKind.ESTIMATE,
        is_local=is_local,
    )
    loop_time = asyncio.get_running_loop().time()
    return Attempt(call, request.number, request.target, reservation, lost, Headroom(), now, loop_time)


def _make_lost_event(request: AttemptRequest, identity: UUID, day: str, now: datetime) -> UsageEvent:
    call, target = request.call, request.target
    run = call.caller.run
    return UsageEvent(
        tenant_id=call.caller.tenant_id,
        event_day=date.fromisoformat(day),
        event_id=identity,
        kind="attempt",
        request_id=call.request_id,
        attempt=request.number,
        reason=request.reason,
        dialect=call.request.dialect.value,
        route=call.route.name,
        provider=target.provider.name,
        model=target.model,
        status="lost",
        usage_source="bound",
        input_tokens=call.bound.input_tokens,
        output_tokens=call.bound.output_tokens,
        total_tokens=call.bound.tokens,
        cost_nano_usd=call.bound.nano_usd,
        bound_tokens=call.bound.tokens,
        bound_nano_usd=call.bound.nano_usd,
        bound_kind=call.bound.kind,
        price_version=target.price.version,
        started_at=now,
        user_id=call.caller.user_id,
        api_key_id=call.caller.api_key_id,
        run_id=run.run_id if run else None,
        step_id=run.step_id if run else None,
        generation=run.generation if run else None,
        fence=run.fence if run else None,
        ancestor_run_ids=tuple(ancestor.run_id for ancestor in run.ancestors) if run else (),
        call_key=call.identity.call_key if call.identity else None,
        trace_id=call.trace.trace_id if call.trace else None,
    )
