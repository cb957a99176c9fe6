"""From a credential to a caller: a token or key, its membership, and what its role permits."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from cachetools import TLRUCache

from control_plane.identity.tokens import UserClaims, UserTokenVerifier
from foundation.domain.errors import Forbidden, Unauthenticated
from foundation.domain.ids import ApiKeyId, BreakGlassId, TenantId, UserId
from foundation.domain.people.admission import NoCredential, NotAMember, RightsChanged, TenantSuspended
from foundation.domain.people.api_keys import KEY_PREFIX, Peppers
from foundation.domain.permissions import BREAK_GLASS, ApiKeyScope, Grant, Permission, holders_of
from foundation.storage.audit import break_glass
from foundation.storage.audit.break_glass import BreakGlassAccess
from foundation.storage.people import api_keys, tenancy, tenants
from foundation.storage.people.audit import SUBJECT
from foundation.storage.session.database import Database, Transaction

_REMEMBERED = 10_000
_DEAD_KEY = "the key is unknown, revoked or expired"
_OPEN = "POST /api/v1/operations/break-glass-accesses opens one, and the tenant sees it"


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """Who calls, in which tenant, and what they may do there."""

    tenant_id: TenantId
    user_id: UserId
    grant: Grant
    """Of the membership, narrowed to what the key is for where one is used."""
    actor: str
    """How the audit trail names the caller: `user:<id>` or `key:<id>`."""
    scopes: frozenset[ApiKeyScope] = frozenset(ApiKeyScope)
    """What a key that this caller makes may be for: of a key its own, of a person all."""
    api_key_id: ApiKeyId | None = None
    """Of the key that calls; None: a person."""
    key_hashes: tuple[bytes, ...] = ()
    """By which the text of that key is known, today's and those of earlier peppers."""
    until: datetime | None = None
    """When the key that calls ends, and with it the latest of those that it makes; None: it does not, or a person."""
    access: BreakGlassAccess | None = None
    """By which an operator reads what is the tenant's; None: a member of the tenant."""

    def require(self, permission: Permission) -> None:
        if permission not in self.grant.permissions:
            raise Forbidden(
                f"{self.grant.name} does not have the permission {permission}",
                remedy=f"ask {holders_of(permission)}",
            )

    def require_all(self, permissions: Collection[Permission], *, to: str) -> None:
        """`Forbidden`, with the first few that are missing, unless the caller holds each of these permissions."""
        missing = sorted(set(permissions) - self.grant.permissions)
        if missing:
            listed = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")  # noqa: PLR2004
            raise Forbidden(f"to {to} you need what you do not hold yourself: {listed}", remedy="ask an owner")


@dataclass(frozen=True, slots=True)
class Operator:
    """Who operates the platform; known by the identity provider's group, and a member of no tenant."""

    actor: str
    """How the platform's audit trail names them: `operator:<subject>`."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, whichever tenants they belong to; `tenant_id` is the one that their token names."""

    subject: str
    verified_email: str | None
    tenant_id: TenantId | None

    @property
    def actor(self) -> str:
        """How the platform's audit trail names them."""
        return f"{SUBJECT}{self.subject}"


@dataclass(frozen=True, slots=True)
class _Found:
    """A caller, and for how many seconds the credential is valid; None: for longer than it is remembered."""

    caller: ApiCaller
    seconds: float | None = None


class Callers:
    """Authenticates callers. A membership is remembered for a while, so a removed member may act that much longer."""

    def __init__(
        self, database: Database, verifier: UserTokenVerifier, peppers: Peppers, *, remember_seconds: float
    ) -> None:
        self._database = database
        self._verifier = verifier
        self._peppers = peppers

        def until(_name: str, found: _Found, now: float) -> float:
            return now + (remember_seconds if found.seconds is None else min(remember_seconds, found.seconds))

        self._remembered: TLRUCache[str, _Found] = TLRUCache(_REMEMBERED, ttu=until)
        self._changes = 0

    async def authenticate(self, credential: str | None, *, while_suspended: bool = False) -> ApiCaller:
        """The caller behind a bearer credential; `Unauthenticated` when there is none.

        `NotAMember` and `TenantSuspended` where the credential is genuine and opens nothing. What people may do
        `while_suspended` opens to members of a suspended tenant, and never to its keys.
        """
        credential = _required(credential)
        if credential.startswith(KEY_PREFIX):
            return await self._by_key(credential)
        return await self._member(await self._verifier.verify(credential), while_suspended=while_suspended)

    async def person(self, credential: str | None) -> Person:
        """The person behind a token; `Forbidden` for keys, which are no people."""
        credential = _required(credential)
        if credential.startswith(KEY_PREFIX):
            raise Forbidden("a key is nobody who signs in", remedy="send an access token of the identity provider")
        claims = await self._verifier.verify(credential)
        return Person(claims.subject, claims.verified_email, claims.tenant_id)

    async def operator(self, credential: str | None) -> Operator:
        """The operator behind a token; `Forbidden` for everybody else."""
        caller = await self.operator_or_member(credential)
        if not isinstance(caller, Operator):
            raise Forbidden("only an operator of the platform may do this", remedy="ask who operates the platform")
        return caller

    async def reader(self, operator: Operator, access_id: BreakGlassId) -> ApiCaller:
        """The operator as a reader of the tenant that the access opens; nothing of it is remembered between calls."""
        async with self._database.across_tenants(reason="an access is named before its tenant is known") as tx:
            access = await break_glass.find(tx, access_id)
        if access is None or access.operator != operator.actor:
            raise Forbidden("you have opened no such access", remedy=_OPEN)
        if access.ended_at is not None:
            raise Forbidden(f"the access ended at {access.ended_at.isoformat()}", remedy=_OPEN)
        # It reads as nobody of the tenant: no user has the id of an access.
        user_id, grant = UserId(access.access_id), Grant(None, None, "an access by break-glass", BREAK_GLASS)
        return ApiCaller(access.tenant_id, user_id, grant, operator.actor, frozenset(), access=access)

    async def operator_or_member(self, credential: str | None) -> Operator | ApiCaller:
        credential = _required(credential)
        if credential.startswith(KEY_PREFIX):
            return await self._by_key(credential)
        claims = await self._verifier.verify(credential)
        return Operator(f"operator:{claims.subject}") if claims.operates else await self._member(claims)

    async def _member(self, claims: UserClaims, *, while_suspended: bool = False) -> ApiCaller:
        tenant_id, subject = claims.tenant_id, claims.subject
        if tenant_id is None and claims.operates:
            detail = "an operator's token opens nothing of a tenant"
            raise Forbidden(detail, remedy="sign in as a member of the tenant")
        if tenant_id is None:
            raise Unauthenticated("the token names no tenant", remedy="sign in again with an active tenant")
        if while_suspended:
            # Asked for so seldom that nothing of it is remembered, least of all for doors that are closed meanwhile.
            return (await self._by_subject(tenant_id, subject, even_suspended=True)).caller
        return await self._remember(f"user {tenant_id} {subject}", lambda: self._by_subject(tenant_id, subject))

    async def _by_subject(self, tenant_id: TenantId, subject: str, *, even_suspended: bool = False) -> _Found:
        async with self._database.tenant(tenant_id) as tx:
            member = await tenancy.member_by_subject(tx, tenant_id, subject, even_suspended=even_suspended)
            if member is None and (suspended := await tenancy.suspended_for(tx, tenant_id, subject)) is not None:
                raise TenantSuspended(suspended)
        if member is None:
            raise NotAMember
        return _Found(ApiCaller(tenant_id, member.user_id, member.grant, f"user:{member.user_id}"))

    async def _by_key(self, credential: str) -> ApiCaller:
        name = f"key {self._peppers.digest(credential).hash.hex()}"
        return await self._remember(name, lambda: self._by_text(credential))

    async def _by_text(self, credential: str) -> _Found:
        key = await api_keys.usable_key(self._database, self._peppers, credential)
        if key is None:
            raise Unauthenticated(_DEAD_KEY, remedy="use a live key")
        if ApiKeyScope.API not in key.scopes:
            raise Forbidden("this key is for the model gateway only", remedy="use a key that has the scope `api`")
        actor, key_id = f"key:{key.api_key_id}", key.api_key_id
        hashes = tuple(one.hash for one in self._peppers.candidates(credential))
        caller = ApiCaller(key.tenant_id, key.user_id, key.grant, actor, key.scopes, key_id, hashes, key.usable_until)
        return _Found(caller, key.usable_seconds)

    async def _remember(self, name: str, find: Callable[[], Awaitable[_Found]]) -> ApiCaller:
        found = self._remembered.get(name)
        if found is None:
            changes = self._changes
            found = await find()
            # Of a lookup during which something was forgotten nobody knows on which side of the change it read.
            if changes == self._changes:
                self._remembered[name] = found
        return found.caller

    async def hold(self, tx: Transaction, caller: ApiCaller, *, even_suspended: bool = False) -> None:
        """That the caller may do now what they were remembered for, until the transaction ends.

        To be called first in every transaction that leaves something which lasts: whoever changes memberships, keys or
        roles holds the tenant too, so that nothing is left behind by somebody who is gone. `NotAMember`,
        `TenantSuspended` or `Unauthenticated` for those; `RightsChanged` for who may do less than they could.
        """
        tenant = await tenants.held(tx, caller.tenant_id)
        if tenant.suspended and not even_suspended:
            self.forget(caller.tenant_id)
            raise TenantSuspended(tenant.reason)
        key = None if caller.api_key_id is None else (caller.api_key_id, caller.key_hashes)
        granted = await tenancy.grant_now(tx, caller.tenant_id, caller.user_id, key=key)
        if granted is not None and caller.grant.permissions <= granted.permissions:
            return
        self.forget(caller.tenant_id)
        if granted is not None:
            raise RightsChanged
        raise NotAMember if key is None else Unauthenticated(_DEAD_KEY, remedy="use a live key")

    def forget(self, tenant_id: TenantId) -> None:
        """To be called after a transaction has changed who may do what in a tenant: this process knows at once."""
        self._changes += 1
        for name in [name for name, found in self._remembered.items() if found.caller.tenant_id == tenant_id]:
            self._remembered.pop(name, None)


def _required(credential: str | None) -> str:
    if not credential:
        remedy = "send `Authorization: Bearer <token or key>`"
        raise NoCredential("no bearer credential was sent", remedy=remedy)
    return credential
