"""From a credential to a caller: a token or key, its membership, and what its role permits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cachetools import TTLCache

from control_plane.identity.tokens import UserClaims, UserTokenVerifier
from foundation.domain.errors import Forbidden, Unauthenticated
from foundation.domain.ids import TenantId, UserId
from foundation.domain.permissions import ApiKeyScope, Permission, Role, permits
from foundation.storage.people import api_keys, tenancy
from foundation.storage.people.api_keys import digest_of_key
from foundation.storage.people.tenancy import Member
from foundation.storage.session.database import Database

KEY_PREFIX = "lsk_"
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """Who calls, in which tenant and role."""

    tenant_id: TenantId
    user_id: UserId
    role: Role
    actor: str
    """How the audit trail names the caller: `user:<id>` or `key:<id>`."""

    def require(self, permission: Permission) -> None:
        if not permits(self.role, permission):
            raise Forbidden(
                f"the role {self.role} does not permit to {permission}", remedy="ask an administrator of the tenant"
            )


@dataclass(frozen=True, slots=True)
class Operator:
    """Who operates the platform; known by the identity provider's group, and a member of no tenant."""

    actor: str
    """How the platform's audit trail names them: `operator:<subject>`."""


class Callers:
    """Authenticates callers. A membership is remembered for a while, so a removed member may act that much longer."""

    def __init__(self, database: Database, verifier: UserTokenVerifier, *, remember_seconds: float) -> None:
        self._database = database
        self._verifier = verifier
        self._remembered: TTLCache[str, ApiCaller] = TTLCache(_REMEMBERED, ttl=remember_seconds)

    async def authenticate(self, credential: str | None) -> ApiCaller:
        """The caller behind a bearer credential; `Unauthenticated` when there is none."""
        credential = _required(credential)
        if credential.startswith(KEY_PREFIX):
            return await self._by_key(credential)
        return await self._member(await self._verifier.verify(credential))

    async def operator(self, credential: str | None) -> Operator:
        """The operator behind a bearer credential; `Forbidden` for everybody else who is known."""
        caller = await self.operator_or_member(credential)
        if not isinstance(caller, Operator):
            raise Forbidden("only an operator of the platform may do this", remedy="ask who operates the platform")
        return caller

    async def operator_or_member(self, credential: str | None) -> Operator | ApiCaller:
        credential = _required(credential)
        if credential.startswith(KEY_PREFIX):
            return await self._by_key(credential)
        claims = await self._verifier.verify(credential)
        return Operator(f"operator:{claims.subject}") if claims.operates else await self._member(claims)

    async def _member(self, claims: UserClaims) -> ApiCaller:
        tenant_id, subject = claims.tenant_id, claims.subject
        if tenant_id is None:
            raise Unauthenticated("the token names no tenant", remedy="sign in again with an active tenant")
        return await self._remember(f"user {tenant_id} {subject}", lambda: self._by_subject(tenant_id, subject))

    async def _by_subject(self, tenant_id: TenantId, subject: str) -> ApiCaller:
        async with self._database.tenant(tenant_id) as tx:
            member = await tenancy.member_by_subject(tx, tenant_id, subject)
        return _caller(member, lambda m: f"user:{m.user_id}")

    async def _by_key(self, credential: str) -> ApiCaller:
        digest = digest_of_key(credential)
        return await self._remember(f"key {digest.hex()}", lambda: self._by_digest(digest))

    async def _by_digest(self, digest: bytes) -> ApiCaller:
        async with self._database.across_tenants(reason="a key's tenant is not known before it is found") as tx:
            key = await api_keys.find_usable_key(tx, digest)
        if key is None:
            raise Unauthenticated("the key is unknown, revoked or expired", remedy="use a live key")
        if ApiKeyScope.API not in key.scopes:
            raise Forbidden("this key is for the model gateway only", remedy="use a key that has the scope `api`")
        async with self._database.tenant(key.tenant_id) as tx:
            member = await tenancy.member_by_id(tx, key.tenant_id, key.user_id)
        return _caller(member, lambda _: f"key:{key.api_key_id}")

    async def _remember(self, name: str, find: Callable[[], Awaitable[ApiCaller]]) -> ApiCaller:
        caller = self._remembered.get(name)
        if caller is None:
            caller = self._remembered[name] = await find()
        return caller


def _required(credential: str | None) -> str:
    if not credential:
        remedy = "send `Authorization: Bearer <token or key>`"
        raise Unauthenticated("no bearer credential was sent", remedy=remedy)
    return credential


def _caller(member: Member | None, actor: Callable[[Member], str]) -> ApiCaller:
    if member is None:
        raise Unauthenticated("this identity is no member of the tenant", remedy="choose a tenant that you belong to")
    return ApiCaller(member.tenant_id, member.user_id, member.role, actor(member))
