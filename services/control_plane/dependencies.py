"""What routes ask for: the transaction of the request, and the typed caller."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from control_plane.identity.callers import ApiCaller, Operator
from control_plane.requests.etags import IF_MATCH_PATTERN
from control_plane.requests.paging import MAX_CURSOR_LENGTH, PageRequest
from control_plane.requests.queries import IN_DIGITS
from control_plane.resources import AppResources
from foundation.domain.permissions import Permission
from foundation.storage.session.database import Transaction
from foundation.telemetry.logs import bind


def app_resources(request: Request) -> AppResources:
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


def _text_of(credential: HTTPAuthorizationCredentials | None) -> str | None:
    return credential.credentials if credential else None


async def authenticated(app: App, credential: Credential) -> AsyncIterator[ApiCaller]:
    caller = await app.callers.authenticate(_text_of(credential))
    with bind(tenant_id=caller.tenant_id, actor=caller.actor):
        yield caller


AnyCaller = Annotated[ApiCaller, Depends(authenticated)]


def _needs(permission: Permission) -> object:
    async def permitted(caller: AnyCaller) -> ApiCaller:
        caller.require(permission)
        return caller

    return Depends(permitted)


async def operator(app: App, credential: Credential) -> AsyncIterator[Operator]:
    caller = await app.callers.operator(_text_of(credential))
    with bind(actor=caller.actor):
        yield caller


async def overseer(app: App, credential: Credential) -> AsyncIterator[Operator | ApiCaller]:
    caller = await app.callers.operator_or_member(_text_of(credential))
    if isinstance(caller, ApiCaller):
        caller.require(Permission.ADMINISTER)
    with bind(actor=caller.actor):
        yield caller


PlatformOperator = Annotated[Operator, Depends(operator)]
Overseer = Annotated[Operator | ApiCaller, Depends(overseer)]
"""An operator, who sees all, or a tenant's administrator, who sees what concerns the tenant."""

Reader = Annotated[ApiCaller, _needs(Permission.READ)]
Runner = Annotated[ApiCaller, _needs(Permission.RUN)]
Decider = Annotated[ApiCaller, _needs(Permission.DECIDE)]
Definer = Annotated[ApiCaller, _needs(Permission.DEFINE)]
Administrator = Annotated[ApiCaller, _needs(Permission.ADMINISTER)]


async def transaction(app: App, caller: AnyCaller) -> AsyncIterator[Transaction]:
    """One request, one transaction as the caller's tenant, committed before the answer leaves."""
    async with app.database.tenant(caller.tenant_id) as tx:
        yield tx


Tx = Annotated[Transaction, Depends(transaction, scope="function")]
IfMatch = Annotated[
    str | None, Header(description="the ETag that you have seen", json_schema_extra={"pattern": IF_MATCH_PATTERN})
]


def page_request(
    limit: Annotated[int, Query(ge=1, le=200, description="rows a page"), IN_DIGITS] = 50,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR_LENGTH, description="`next_cursor` of the page before")
    ] = None,
) -> PageRequest:
    return PageRequest(limit, cursor)


Paging = Annotated[PageRequest, Depends(page_request)]
