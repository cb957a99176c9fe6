"""Short-lived tokens between services, signed with the platform's private key, checked offline with its public ones."""

import time
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import ValidationError

from foundation.contracts.gateway.run_token import RunClaims
from foundation.domain.errors import Unauthenticated

ISSUER = "lockstep"
LIFETIME_SECONDS = 600
LEEWAY_SECONDS = 60
"""By how much two machines' clocks may differ, for `iat`, `nbf` and `exp`."""
_ALGORITHM = "Ed25519"  # the fully specified name of EdDSA on this curve (RFC 9864)
_RUN = "run"


class ServiceTokenSigner:
    """Signs for one service; `private_jwk` is an Ed25519 key with a `kid`."""

    def __init__(self, private_jwk: Mapping[str, Any], *, service: str) -> None:
        self._key = OKPKey.import_key(dict(private_jwk))
        self._service = service

    def service_token(self, audience: str) -> str:
        return self._sign({"sub": self._service, "aud": audience})

    def run_token(self, claims: RunClaims) -> str:
        # Claims that say nothing are left out, so that a gateway which does not know them yet refuses no other token.
        run = claims.model_dump(mode="json", exclude_defaults=True)
        return self._sign({"sub": _RUN, "aud": "llm_gateway", "run": run})

    def _sign(self, claims: dict[str, Any]) -> str:
        now = int(time.time())
        header = {"alg": _ALGORITHM, "kid": self._key.kid}
        body = {"iss": ISSUER, "iat": now, "exp": now + LIFETIME_SECONDS, **claims}
        return jwt.encode(header, body, self._key, algorithms=[_ALGORITHM])


class TokenVerifier:
    """Checks tokens meant for `audience` against a JWKS of public keys."""

    def __init__(self, jwks: Mapping[str, Any], *, audience: str) -> None:
        self._keys = KeySet.import_key_set(dict(jwks))  # type: ignore[arg-type]  # a parsed JSON document
        self._registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    def service(self, token: str) -> str:
        """The name of the calling service; `Unauthenticated` otherwise (also for a run token)."""
        claims = self._claims(token)
        if claims["sub"] == _RUN:
            raise Unauthenticated("a run token is not a service's token")
        return str(claims["sub"])

    def run(self, token: str) -> RunClaims:
        """The run claims of a run token; `Unauthenticated` otherwise."""
        claims = self._claims(token)
        if claims["sub"] != _RUN:
            raise Unauthenticated("a service's token is not a run token")
        try:
            return RunClaims.model_validate(claims["run"])
        except (KeyError, ValidationError) as error:
            raise Unauthenticated("the run token's claims are malformed") from error

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            decoded = jwt.decode(token, self._keys, algorithms=[_ALGORITHM])
            self._registry.validate(decoded.claims)
        except (JoseError, ValueError) as error:
            remedy = f"send a token that a service of the platform signed within the last {LIFETIME_SECONDS} seconds"
            raise Unauthenticated("the token is not valid, or has expired", remedy=remedy) from error
        return decoded.claims
