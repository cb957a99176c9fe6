"""Who is calling: run tokens are verified offline, API keys are known by their hash and remembered for a minute."""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from foundation.contracts.gateway.run_token import RunClaims
from foundation.domain.errors import Forbidden, Unauthenticated
from foundation.http.service_tokens import TokenVerifier
from foundation.storage.limits.tenant_limits import find_usable_key
from foundation.storage.session.database import Database
from llm_gateway.exchange.caller import Caller

KEY_SECONDS = 60.0
"""How long a key is believed after PostgreSQL confirmed it; a revoked one works no longer than this."""
_UNKNOWN_KEY_SECONDS = 5.0
_MOST_REMEMBERED = 10_000
_TOKEN_PREFIX = "eyJ"  # noqa: S105  # how every JWT begins
_KEY_SCOPE = "gateway"


@dataclass(frozen=True, slots=True)
class _Remembered:
    caller: Caller | None
    until: float


def read_credential(headers: Mapping[str, str]) -> str | None:
    """What a request proves itself with: `authorization`, else `x-api-key`, where Anthropic's clients put a key."""
    if "authorization" in headers or "x-api-key" not in headers:
        return headers.get("authorization")
    return f"Bearer {headers['x-api-key']}"


class Authenticator:
    def __init__(
        self, verifier: TokenVerifier, database: Database, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._verifier = verifier
        self._database = database
        self._clock = clock
        self._known: dict[bytes, _Remembered] = {}
        self._asking: dict[bytes, asyncio.Task[_Remembered]] = {}

    async def __call__(self, authorization: str | None) -> Caller:
        """The caller of a Bearer token; `Unauthenticated` when it proves nothing."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("send a run token or an API key as a Bearer token")
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is None or known.until < self._clock():
            known = await self._asked_once(token, digest)
        if known.caller is None:
            raise Unauthenticated("the API key is not known, or no longer valid")
        return known.caller

    async def _asked_once(self, token: str, digest: bytes) -> _Remembered:
        """A thousand calls that come at once with one new key are one question."""
        asking = self._asking.get(digest)
        if asking is None:
            asking = self._asking[digest] = asyncio.ensure_future(self._look_up(token, digest))
            asking.add_done_callback(lambda _: self._asking.pop(digest, None))
        return self._remember(digest, await asyncio.shield(asking))

    async def _look_up(self, token: str, digest: bytes) -> _Remembered:
        if token.startswith(_TOKEN_PREFIX) and token.count(".") == 2:  # noqa: PLR2004
            claims = self._verifier.run(token)
            return _Remembered(_run_caller(claims), self._clock() + min(KEY_SECONDS, _seconds_left(token)))
        async with self._database.across_tenants(reason="find an API key by its hash") as tx:
            key = await find_usable_key(tx, digest)
        if key is None:
            return _Remembered(None, self._clock() + _UNKNOWN_KEY_SECONDS)
        if _KEY_SCOPE not in key.scopes:
            raise Forbidden("the API key is not meant for the gateway")
        caller = Caller(key.tenant_id, user_id=key.user_id, api_key_id=key.api_key_id)
        return _Remembered(caller, self._clock() + KEY_SECONDS)

    def _remember(self, digest: bytes, found: _Remembered) -> _Remembered:
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[digest] = found
        return found


def _seconds_left(token: str) -> float:
    """Until a verified token expires."""
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return float(claims["exp"]) - time.time()


def _run_caller(claims: RunClaims) -> Caller:
    return Caller(claims.tenant_id, user_id=claims.user_id, run=claims)
