"""Users' access tokens: RS256 with Cognito's claims, checked against the issuer's keys."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
from cachetools import LRUCache
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, RSAKey

from foundation.contracts.accepted.accepted_json import accept_text
from foundation.domain.errors import DependencyUnavailable, Unauthenticated
from foundation.domain.ids import TenantId
from foundation.http.service_tokens import LEEWAY_SECONDS
from foundation.telemetry.logs import logger

ALGORITHM = "RS256"
TENANT_CLAIM = "custom:tenant_id"
GROUPS_CLAIM = "cognito:groups"
OPERATORS = "operator"
"""The group of the identity provider whose people operate the platform; it is no role of any tenant."""
_KEYS_SECONDS = 300
_MISS_SECONDS = 10
_AGAIN_SECONDS = 1
_STALE_SECONDS = 3600
_REMEMBERED = 10_000

_log = logger(__name__)

LoadKeys = Callable[[], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class UserClaims:
    """Who the token says is calling, for which tenant (None: for none), and whether as an operator.

    An address of e-mail is there where the identity provider has verified it, in small letters.
    """

    subject: str
    tenant_id: TenantId | None
    operates: bool
    verified_email: str | None


class UserTokenVerifier:
    """Verifies tokens of one issuer; an unknown `kid` reloads the keys, at most every ten seconds.

    That a signature is right is remembered for as long as the keys of the issuer are: checking it again would take more
    time than all else that is checked. What a token says of time is compared with the clock at every use.
    """

    def __init__(
        self, load_keys: LoadKeys, *, issuer: str, client_id: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._load_keys = load_keys
        self._now = now
        self._keys: KeySet | None = None
        self._loaded_at = self._tried_at = float("-inf")
        self._loading = asyncio.Lock()
        self._signed: LRUCache[bytes, jwt.Token] = LRUCache(_REMEMBERED)
        """By a digest, so that no token lies in memory for longer than its request."""
        self._registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            client_id={"essential": True, "value": client_id},
            token_use={"essential": True, "value": "access"},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def verify(self, token: str) -> UserClaims:
        """The claims of a valid access token; `Unauthenticated` for every other text."""
        try:
            decoded = await self._decode(token)
            self._registry.validate(decoded.claims)
            return _claims_of(decoded.claims)
        except (JoseError, ValueError) as error:
            reason = getattr(error, "description", "") or "it cannot be verified"
            raise Unauthenticated(f"the token is not valid: {reason}", remedy="get a new token") from error

    async def _decode(self, token: str) -> jwt.Token:
        keys = await self._current(max_age=_KEYS_SECONDS)
        name = sha256(token.encode()).digest()
        if (known := self._signed.get(name)) is not None:
            return known
        try:
            decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
        except InvalidKeyIdError:
            # No key of that `kid`: the issuer may have rotated.
            decoded = jwt.decode(token, await self._current(max_age=_MISS_SECONDS), algorithms=[ALGORITHM])
        self._signed[name] = decoded
        return decoded

    async def _current(self, *, max_age: float) -> KeySet:
        """Keys that are not older than this, if they could be loaded; one load at a time, whoever asks for them."""
        if self._keys is not None and self._age() <= max_age:
            return self._keys
        async with self._loading:
            if self._keys is not None and (self._age() <= max_age or self._since_try() <= _MISS_SECONDS):
                return self._keys
            if self._keys is None and self._since_try() <= _AGAIN_SECONDS:
                raise DependencyUnavailable("the token issuer's keys could not be read", retry_after=_AGAIN_SECONDS)
            return await self._load()

    async def _load(self) -> KeySet:
        """The keys of now; where the issuer is away those of before, for an hour, as it changes them seldom."""
        self._tried_at = self._now()
        try:
            loaded = KeySet.import_key_set(dict(await self._load_keys()))  # type: ignore[arg-type]  # JSON
        except DependencyUnavailable:
            if self._keys is None or self._age() > _STALE_SECONDS:
                raise
            _log.warning("the token issuer's keys cannot be read; those of before are used", exc_info=True)
            return self._keys
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise DependencyUnavailable("what the token issuer publishes are no keys") from error
        self._keys, self._loaded_at = loaded, self._now()
        self._signed.clear()
        return loaded

    def _age(self) -> float:
        return self._now() - self._loaded_at

    def _since_try(self) -> float:
        return self._now() - self._tried_at


def _claims_of(claims: Mapping[str, Any]) -> UserClaims:
    tenant, groups = claims.get(TENANT_CLAIM), claims.get(GROUPS_CLAIM)
    return UserClaims(
        subject=accept_text(str(claims["sub"])),
        tenant_id=None if tenant is None else TenantId(UUID(str(tenant))),
        operates=isinstance(groups, list) and OPERATORS in groups,
        verified_email=_verified_email(claims),
    )


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    """Cognito writes the truth of an attribute as a text."""
    email, verified = claims.get("email"), claims.get("email_verified")
    if not isinstance(email, str) or (verified is not True and verified != "true"):
        return None
    return accept_text(email).lower()


def keys_at(url: str, client: httpx.AsyncClient) -> LoadKeys:
    """Loads a JWKS over HTTP."""

    async def load() -> Mapping[str, Any]:
        try:
            answer = await client.get(url, timeout=5)
            answer.raise_for_status()
            document: Mapping[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise DependencyUnavailable("the token issuer's keys cannot be read") from error
        return document

    return load


class LocalIssuer:
    """Issues tokens with the claims that Cognito would give; for local and test only."""

    def __init__(self, private_jwk: Mapping[str, Any], *, issuer: str, client_id: str) -> None:
        self._key = RSAKey.import_key(dict(private_jwk))
        self._issuer = issuer
        self._client_id = client_id

    def jwks(self) -> dict[str, Any]:
        return {"keys": [self._key.as_dict(private=False)]}

    def issue(
        self,
        *,
        subject: str,
        tenant_id: TenantId | None,
        seconds: int,
        now: int | None = None,
        email: str | None = None,
    ) -> str:
        """A token for a person, with the tenant that it is for and the verified address, where there are any."""
        tenant = {} if tenant_id is None else {TENANT_CLAIM: str(tenant_id)}
        verified = {} if email is None else {"email": email, "email_verified": "true"}
        return self._issue(subject, seconds, now, {**tenant, **verified})

    def issue_to(self, subject: str, *, tenant_id: TenantId | None, email: str, operates: bool, seconds: int) -> str:
        """A token for somebody who has signed in."""
        groups = {GROUPS_CLAIM: [OPERATORS]} if operates else {}
        tenant = {} if tenant_id is None else {TENANT_CLAIM: str(tenant_id)}
        return self._issue(subject, seconds, None, {**groups, **tenant, "email": email, "email_verified": "true"})

    def identify(self, subject: str, *, email: str, nonce: str | None, seconds: int) -> str:
        """An identity token, for the program that asked who somebody is; the API takes none of them."""
        asked = {} if nonce is None else {"nonce": nonce}
        own = {"token_use": "id", "aud": self._client_id, "email": email, "email_verified": True}
        return self._issue(subject, seconds, None, {**own, **asked})

    def issue_operator(self, *, subject: str, seconds: int) -> str:
        """A token for an operator of the platform, who acts in no tenant."""
        return self._issue(subject, seconds, None, {GROUPS_CLAIM: [OPERATORS]})

    def _issue(self, subject: str, seconds: int, now: int | None, more: Mapping[str, Any]) -> str:
        issued = int(time.time()) if now is None else now
        claims = {
            "iss": self._issuer,
            "sub": subject,
            "client_id": self._client_id,
            "token_use": "access",
            "scope": "lockstep/api",
            "username": subject,
            **more,
            "iat": issued,
            "exp": issued + seconds,
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid}, claims, self._key, algorithms=[ALGORITHM])
