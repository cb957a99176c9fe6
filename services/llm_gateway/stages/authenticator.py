"""Identifies callers: run tokens are verified offline, API keys are found by their hash and remembered for a minute."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cachetools import TLRUCache

from foundation.contracts.gateway.run_token import RunClaims
from foundation.domain.errors import BadRequest, Fault, Forbidden, Unauthenticated
from foundation.domain.people.admission import NoCredential
from foundation.domain.people.api_keys import Peppers
from foundation.domain.permissions import ApiKeyScope, Permission, holders_of
from foundation.http.service_tokens import TokenVerifier
from foundation.storage.people.api_keys import usable_key
from foundation.storage.session.database import Database
from llm_gateway.exchange.caller import Caller
from llm_gateway.single_flight import SingleFlight

KEY_SECONDS = 60.0
"""How long a key is accepted after PostgreSQL confirmed it, and so the longest that a revoked one still works."""
_UNKNOWN_KEY_SECONDS = 5.0
_MOST_REMEMBERED = 10_000
_TOKEN_PREFIX = "eyJ"  # noqa: S105  # how every JWT begins
_CREDENTIAL_REMEDY = "send a valid run token, or an API key that has the scope `gateway`"


@dataclass(frozen=True, slots=True)
class _Identity:
    """The caller that a credential belongs to, None for an unknown one, and until when that is remembered."""

    caller: Caller | None
    until: float


def read_credential(headers: Mapping[str, str]) -> str | None:
    """What a request proves itself with: `authorization`, or `x-api-key`, where Anthropic's clients put a key.

    `BadRequest` where they differ, as the call would be charged to whichever is read first.
    """
    authorization, key = headers.get("authorization"), headers.get("x-api-key")
    if key is None:
        return authorization
    if authorization is not None and authorization.partition(" ")[2].strip() != key.strip():
        fault = Fault("/headers/x-api-key", "it is not what `authorization` has")
        remedy = "send one of the two headers, or the same in both"
        raise BadRequest("the request has two credentials", faults=(fault,), remedy=remedy)
    return f"Bearer {key}" if authorization is None else authorization


class Authenticator:
    """Finds the caller of a credential, and remembers it for `KEY_SECONDS` at most."""

    def __init__(
        self,
        verifier: TokenVerifier,
        database: Database,
        peppers: Peppers,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._verifier = verifier
        self._database = database
        self._peppers = peppers
        self._clock = clock
        self._identities: TLRUCache[bytes, _Identity] = TLRUCache(
            _MOST_REMEMBERED, ttu=lambda _, identity, __: identity.until, timer=clock
        )
        self._lookups: SingleFlight[bytes, _Identity] = SingleFlight()

    async def identify(self, authorization: str | None) -> Caller:
        """The caller of a Bearer token; `Unauthenticated` when it proves nothing."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NoCredential("send a run token or an API key as a Bearer token")
        digest = self._peppers.digest(token).hash
        identity = self._identities.get(digest)
        if identity is None:
            identity = self._identities[digest] = await self._lookups.join(digest, lambda: self._look_up(token))
        if identity.caller is None:
            raise Unauthenticated("the API key is not known, or no longer valid", remedy="create a new one")
        return identity.caller

    async def _look_up(self, token: str) -> _Identity:
        if token.startswith(_TOKEN_PREFIX) and token.count(".") == 2:  # noqa: PLR2004
            claims = self._claims_of(token)
            return _Identity(_run_caller(claims), self._clock() + min(KEY_SECONDS, _seconds_left(token)))
        key = await usable_key(self._database, self._peppers, token)
        if key is None:
            # an unknown key is remembered too, so that a client that repeats one does not ask PostgreSQL each time
            return _Identity(None, self._clock() + _UNKNOWN_KEY_SECONDS)
        if ApiKeyScope.GATEWAY not in key.scopes:
            raise Forbidden("the API key is not meant for the gateway", remedy="use a key that has the scope `gateway`")
        if Permission.MODELS_CALL not in key.grant.permissions:
            detail = f"{key.grant.name} does not have the permission {Permission.MODELS_CALL}"
            raise Forbidden(detail, remedy=f"ask {holders_of(Permission.MODELS_CALL)}")
        caller = Caller(key.tenant_id, user_id=key.user_id, api_key_id=key.api_key_id)
        usable = KEY_SECONDS if key.usable_seconds is None else min(KEY_SECONDS, key.usable_seconds)
        return _Identity(caller, self._clock() + usable)

    def _claims_of(self, token: str) -> RunClaims:
        """Users send their sign-in tokens here by mistake, so the refusal says what the gateway takes."""
        try:
            return self._verifier.run(token)
        except Unauthenticated as error:
            raise Unauthenticated(error.detail, remedy=_CREDENTIAL_REMEDY) from error


def _seconds_left(token: str) -> float:
    """Until a verified token expires."""
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return float(claims["exp"]) - time.time()


def _run_caller(claims: RunClaims) -> Caller:
    return Caller(claims.tenant_id, user_id=claims.user_id, api_key_id=claims.api_key_id, run=claims)
