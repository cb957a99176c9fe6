"""What routes ask for: the transaction of the request, and the typed caller."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from control_plane.gateway_client.operations import GatewayOperations
from control_plane.identity.callers import Caller, Callers, Operator
from control_plane.requests.etags import IF_MATCH_PATTERN
from control_plane.settings import ControlPlaneSettings
from foundation.cloud.objects.base import ObjectStore
from foundation.domain.permissions import Permission
from foundation.storage.session.database import Database, Transaction
from foundation.telemetry.logs import bind


@dataclass(frozen=True, slots=True)
class Resources:
    """What the app holds open while it runs."""

    settings: ControlPlaneSettings
    database: Database
    objects: ObjectStore
    callers: Callers
    gateway: GatewayOperations


def resources(request: Request) -> Resources:
    held: Resources = request.app.state.resources
    return held


Held = Annotated[Resources, Depends(resources)]


_bearer = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="JWT or API key",
    description="an access token of the identity provider, or a key that is meant for the API",
    auto_error=False,
)


Credential = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def _text_of(credential: HTTPAuthorizationCredentials | None) -> str | None:
    return credential.credentials if credential else None


async def caller(held: Held, credential: Credential) -> AsyncIterator[Caller]:
    known = await held.callers.authenticate(_text_of(credential))
    with bind(tenant_id=known.tenant_id, actor=known.actor):
        yield known


AnyCaller = Annotated[Caller, Depends(caller)]


def _needs(permission: Permission) -> object:
    async def permitted(known: AnyCaller) -> Caller:
        known.require(permission)
        return known

    return Depends(permitted)


async def operator(held: Held, credential: Credential) -> AsyncIterator[Operator]:
    known = await held.callers.operator(_text_of(credential))
    with bind(actor=known.actor):
        yield known


async def overseer(held: Held, credential: Credential) -> AsyncIterator[Operator | Caller]:
    known = await held.callers.operator_or_member(_text_of(credential))
    if isinstance(known, Caller):
        known.require(Permission.ADMINISTER)
    with bind(actor=known.actor):
        yield known


PlatformOperator = Annotated[Operator, Depends(operator)]
Overseer = Annotated[Operator | Caller, Depends(overseer)]
"""An operator, who sees all, or a tenant's administrator, who sees what concerns the tenant."""

Reader = Annotated[Caller, _needs(Permission.READ)]
Runner = Annotated[Caller, _needs(Permission.RUN)]
Definer = Annotated[Caller, _needs(Permission.DEFINE)]
Administrator = Annotated[Caller, _needs(Permission.ADMINISTER)]


async def transaction(held: Held, known: AnyCaller) -> AsyncIterator[Transaction]:
    """One request, one transaction as the caller's tenant, committed before the answer leaves."""
    async with held.database.tenant(known.tenant_id) as tx:
        yield tx


Tx = Annotated[Transaction, Depends(transaction, scope="function")]
IfMatch = Annotated[
    str | None, Header(description="the ETag that you have seen", json_schema_extra={"pattern": IF_MATCH_PATTERN})
]
