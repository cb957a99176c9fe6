"""What routes ask for: the transaction of the request, and the typed caller."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from control_plane.identity.callers import ApiCaller, Operator, Person
from control_plane.requests.break_glass import documented, named_access, refuse_access, require_reading
from control_plane.requests.calls.known_callers import by_access, count, tell_audit, tell_nobody
from control_plane.requests.etags import IF_MATCH_PATTERN, Conditions
from control_plane.requests.lists.asked import pages_of
from control_plane.requests.lists.paging import PageRequest
from control_plane.resources import AppResources
from foundation.domain.errors import Forbidden
from foundation.domain.people.acting import as_member_of
from foundation.domain.permissions import OPERATE, PASSING, SIGNED_IN, Permission
from foundation.storage.session.database import Transaction
from foundation.telemetry.logs import bind


async def app_resources(request: Request) -> AppResources:
    return _resources(request)


def _resources(request: Request) -> AppResources:
    """For what is asked for by nearly every route: each dependency below another costs as much as reading a row."""
    opened: AppResources = request.app.state.resources
    return opened


App = Annotated[AppResources, Depends(app_resources)]
"""What the app holds open, for routes whose work is more than one transaction."""


_bearer = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="JWT or API key",
    description="an access token of the identity provider, or a key that is meant for the API",
    auto_error=False,
)


Credential = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def text_of(credential: HTTPAuthorizationCredentials | None) -> str | None:
    return credential.credentials if credential else None


WHILE_SUSPENDED = frozenset({"export_tenant", "list_tenant_exports", "get_tenant_export"})
"""What people may do in a tenant that is suspended: whoever may take everything along, may do so then, too."""


@contextmanager
def _acting(request: Request, caller: ApiCaller, *, while_suspended: bool = False) -> Iterator[None]:
    """What the caller does; of whom a transaction finds that their tenant is gone, nobody remembers anything."""
    try:
        with as_member_of(caller.tenant_id, while_suspended=while_suspended) as acting:
            yield
    finally:
        if acting.refused:
            _resources(request).callers.forget(caller.tenant_id)
            tell_nobody()


async def authenticated(request: Request, credential: Credential) -> AsyncIterator[ApiCaller]:
    while_suspended = True  # as operators may read of a tenant that is going what there is still
    if (access_id := named_access(request)) is not None:
        caller = await by_access(request, text_of(credential), access_id)
    else:
        operation = getattr(request.scope.get("route"), "operation_id", None)
        while_suspended = operation in WHILE_SUSPENDED
        caller = await _resources(request).callers.authenticate(text_of(credential), while_suspended=while_suspended)
        await count(request, caller)
    tell_audit(request, caller, None)
    require_reading(request, caller)
    with (
        bind(tenant_id=caller.tenant_id, actor=caller.actor),
        _acting(request, caller, while_suspended=while_suspended),
    ):
        yield caller


AnyCaller = Annotated[ApiCaller, Depends(authenticated)]


class Permitted:
    """The caller of a route that asks for this permission."""

    def __init__(self, permission: Permission) -> None:
        self.permission: str = permission
        self._needed = permission
        self.__signature__ = documented(self.__call__, permission)

    async def __call__(self, request: Request, caller: AnyCaller, **_documented: object) -> ApiCaller:
        tell_audit(request, caller, self.permission)
        caller.require(self._needed)
        return caller


class Overseen:
    """An operator, who sees all, or a member of a tenant with this permission, who sees what concerns the tenant."""

    def __init__(self, permission: Permission) -> None:
        self.permission: str = permission
        self._needed = permission
        self.__signature__ = documented(self.__call__, permission)

    async def __call__(
        self, request: Request, credential: Credential, **_documented: object
    ) -> AsyncIterator[Operator | ApiCaller]:
        caller: Operator | ApiCaller
        if (access_id := named_access(request)) is not None:
            caller = await by_access(request, text_of(credential), access_id)
        else:
            caller = await _resources(request).callers.operator_or_member(text_of(credential))
            await count(request, caller)
        tell_audit(request, caller, self.permission)
        if not isinstance(caller, ApiCaller):
            with bind(actor=caller.actor):
                yield caller
            return
        require_reading(request, caller)
        caller.require(self._needed)
        with (
            bind(actor=caller.actor),
            _acting(request, caller, while_suspended=caller.access is not None),
        ):
            yield caller


class SignedIn:
    """A person with a token, whichever tenants they belong to, and whatever they may do there."""

    permission: str = SIGNED_IN

    async def __call__(self, request: Request, credential: Credential) -> AsyncIterator[Person]:
        refuse_access(request)
        person = await _resources(request).callers.person(text_of(credential))
        await count(request, person)
        tell_audit(request, person, self.permission)
        with bind(actor=person.actor):
            yield person


class Operated:
    """An operator of the platform; a member of a tenant is refused, whatever role they have there."""

    permission: str = OPERATE

    async def __call__(self, request: Request, credential: Credential) -> AsyncIterator[Operator]:
        refuse_access(request)
        caller = await _resources(request).callers.operator_or_member(text_of(credential))
        await count(request, caller)
        tell_audit(request, caller, self.permission)
        if not isinstance(caller, Operator):
            raise Forbidden("only an operator of the platform may do this", remedy="ask who operates the platform")
        with bind(actor=caller.actor):
            yield caller


TaskReader = Annotated[ApiCaller, Depends(Permitted(Permission.TASKS_READ))]
TaskWriter = Annotated[ApiCaller, Depends(Permitted(Permission.TASKS_WRITE))]
RunReader = Annotated[ApiCaller, Depends(Permitted(Permission.RUNS_READ))]
RunWriter = Annotated[ApiCaller, Depends(Permitted(Permission.RUNS_WRITE))]
CheckpointDeleter = Annotated[ApiCaller, Depends(Permitted(Permission.CHECKPOINTS_DELETE))]
ArtifactReader = Annotated[ApiCaller, Depends(Permitted(Permission.ARTIFACTS_READ))]
ArtifactWriter = Annotated[ApiCaller, Depends(Permitted(Permission.ARTIFACTS_WRITE))]
ApprovalReader = Annotated[ApiCaller, Depends(Permitted(Permission.APPROVALS_READ))]
ApprovalDecider = Annotated[ApiCaller, Depends(Permitted(Permission.APPROVALS_DECIDE))]
BudgetReader = Annotated[ApiCaller, Depends(Permitted(Permission.BUDGETS_READ))]
BudgetWriter = Annotated[ApiCaller, Depends(Permitted(Permission.BUDGETS_WRITE))]
LimitReader = Annotated[ApiCaller, Depends(Permitted(Permission.LIMITS_READ))]
LimitWriter = Annotated[ApiCaller, Depends(Permitted(Permission.LIMITS_WRITE))]
EgressReader = Annotated[ApiCaller, Depends(Permitted(Permission.EGRESS_READ))]
EgressWriter = Annotated[ApiCaller, Depends(Permitted(Permission.EGRESS_WRITE))]
ToolSourceReader = Annotated[ApiCaller, Depends(Permitted(Permission.TOOL_SOURCES_READ))]
ToolSourceWriter = Annotated[ApiCaller, Depends(Permitted(Permission.TOOL_SOURCES_WRITE))]
SecretReader = Annotated[ApiCaller, Depends(Permitted(Permission.SECRETS_READ))]
SecretWriter = Annotated[ApiCaller, Depends(Permitted(Permission.SECRETS_WRITE))]
WebhookReader = Annotated[ApiCaller, Depends(Permitted(Permission.WEBHOOKS_READ))]
WebhookWriter = Annotated[ApiCaller, Depends(Permitted(Permission.WEBHOOKS_WRITE))]
ScheduleReader = Annotated[ApiCaller, Depends(Permitted(Permission.SCHEDULES_READ))]
ScheduleWriter = Annotated[ApiCaller, Depends(Permitted(Permission.SCHEDULES_WRITE))]
TriggerReader = Annotated[ApiCaller, Depends(Permitted(Permission.TRIGGERS_READ))]
TriggerWriter = Annotated[ApiCaller, Depends(Permitted(Permission.TRIGGERS_WRITE))]
KillSwitchReader = Annotated[ApiCaller, Depends(Permitted(Permission.KILL_SWITCH_READ))]
KillSwitchWriter = Annotated[ApiCaller, Depends(Permitted(Permission.KILL_SWITCH_WRITE))]
UsageReader = Annotated[ApiCaller, Depends(Permitted(Permission.USAGE_READ))]
TenantWriter = Annotated[ApiCaller, Depends(Permitted(Permission.TENANT_WRITE))]
MemberWriter = Annotated[ApiCaller, Depends(Permitted(Permission.MEMBERS_WRITE))]
MemberReader = Annotated[ApiCaller, Depends(Permitted(Permission.MEMBERS_READ))]
KeyReader = Annotated[ApiCaller, Depends(Permitted(Permission.API_KEYS_READ))]
KeyWriter = Annotated[ApiCaller, Depends(Permitted(Permission.API_KEYS_WRITE))]
ServiceAccountWriter = Annotated[ApiCaller, Depends(Permitted(Permission.SERVICE_ACCOUNTS_WRITE))]
AuditReader = Annotated[ApiCaller, Depends(Permitted(Permission.AUDIT_READ))]
RoleWriter = Annotated[ApiCaller, Depends(Permitted(Permission.ROLES_WRITE))]

Overseer = Annotated[Operator | ApiCaller, Depends(Overseen(Permission.OPERATIONS_READ))]
TenantOwnerOrOperator = Annotated[Operator | ApiCaller, Depends(Overseen(Permission.TENANT_WRITE))]
TenantReader = Annotated[Operator | ApiCaller, Depends(Overseen(Permission.TENANT_READ))]
TraceReader = Annotated[Operator | ApiCaller, Depends(Overseen(Permission.RUNS_READ))]
SomebodySignedIn = Annotated[Person, Depends(SignedIn())]
PlatformOperator = Annotated[Operator, Depends(Operated())]


async def transaction(request: Request, caller: AnyCaller) -> AsyncIterator[Transaction]:
    """One request, one transaction as the caller's tenant, committed before the answer leaves.

    One by which an operator reads can write nothing, whatever the route does. One that leaves something which lasts
    begins with what the caller may do now: see `Callers.hold`.
    """
    read_only, resources = caller.access is not None, _resources(request)
    async with resources.database.tenant(caller.tenant_id, read_only=read_only, planned_once=True) as tx:
        if request.method not in _READS and leaves_what_lasts(request.scope["route"]):
            operation = request.scope["route"].operation_id
            await resources.callers.hold(tx, caller, even_suspended=operation in WHILE_SUSPENDED)
        yield tx


_READS = frozenset({"GET", "HEAD"})


def leaves_what_lasts(route: APIRoute) -> bool:
    """Whether the route asks for a permission by which something is done that does not end by itself."""
    asked = {getattr(one.call, "permission", None) for one in route.dependant.dependencies} - {None}
    return not asked <= PASSING


async def start_turn(request: Request, caller: AnyCaller) -> AsyncIterator[None]:
    """For routes that start a run: their turn, which comes before the transaction and ends after it."""
    async with _resources(request).start_turns.one(caller.tenant_id):
        yield


StartTurn = Depends(start_turn, scope="function")
"""A dependency of the route itself, because those are met before what its parameters ask for."""
Tx = Annotated[Transaction, Depends(transaction, scope="function")]


async def if_match(
    request: Request,
    if_match: Annotated[  # noqa: ARG001  # for the document; a list of tags may come in several lines
        str | None,
        Header(
            description="the ETag that you have seen, or several; * for whatever there is",
            json_schema_extra={"pattern": IF_MATCH_PATTERN},
        ),
    ] = None,
) -> Conditions:
    return Conditions(_lines(request, "if-match"))


async def put_conditions(
    request: Request,
    matched: Annotated[Conditions, Depends(if_match)],
    if_none_match: Annotated[  # noqa: ARG001  # for the document, as above
        str | None,
        Header(description="* for only where there is nothing yet", json_schema_extra={"pattern": r"^\*$"}),
    ] = None,
) -> Conditions:
    return Conditions(matched.if_match, _lines(request, "if-none-match"))


def _lines(request: Request, header: str) -> str | None:
    lines = request.headers.getlist(header)
    return ", ".join(lines) if lines else None


IfMatch = Annotated[Conditions, Depends(if_match)]
PutConditions = Annotated[Conditions, Depends(put_conditions)]
"""Of a PUT, which makes what is not there."""


Paging = Annotated[PageRequest, Depends(pages_of())]
