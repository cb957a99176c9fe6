"""What follows once it is known who calls: the request is counted against them, and the audit knows whose it is."""

from fastapi import Request

from control_plane.identity.callers import ApiCaller, Callers, Operator, Person
from control_plane.requests.rates.edge import COUNTED
from control_plane.requests.rates.limits import Counted, RequestLimits
from foundation.domain.ids import BreakGlassId
from foundation.storage.audit.calls import current_call
from foundation.telemetry.spans.record import SpanAttribute
from foundation.telemetry.traces import annotate


async def count(request: Request, caller: ApiCaller | Operator | Person) -> None:
    """Counts the request against who calls; before the audit knows of it, so that a flood does not fill the audit."""
    counted: Counted | None = request.scope.get(COUNTED)
    if counted is not None:
        rates: RequestLimits = request.app.state.resources.rates
        await rates.admit(counted, caller)


def tell_audit(request: Request, caller: ApiCaller | Operator | Person, permission: str | None) -> None:
    """Who calls what; in the name of whom a refusal is written."""
    if isinstance(caller, ApiCaller):
        annotate({SpanAttribute.TENANT_ID: str(caller.tenant_id)})
    call = current_call()
    if call is None:
        return
    call.operation = getattr(request.scope.get("route"), "operation_id", None)
    call.actor, call.permission = caller.actor, permission
    call.values = {name: str(value) for name, value in request.path_params.items()}
    access = caller.access if isinstance(caller, ApiCaller) else None
    call.operates = isinstance(caller, Operator) or access is not None
    call.tenant_id = caller.tenant_id if isinstance(caller, ApiCaller) else None
    call.access = {"access_id": str(access.access_id), "reason": access.reason} if access else {}


def tell_nobody() -> None:
    """Takes back who calls: their tenant is gone, and with it the audit that would tell of the call."""
    call = current_call()
    if call is not None:
        call.actor = call.tenant_id = None


async def by_access(request: Request, credential: str | None, access_id: BreakGlassId) -> ApiCaller:
    """An operator who reads what is a tenant's. What is refused before its access is known, is told of the operator."""
    callers: Callers = request.app.state.resources.callers
    operator = await callers.operator(credential)
    await count(request, operator)
    tell_audit(request, operator, None)
    return await callers.reader(operator, access_id)
