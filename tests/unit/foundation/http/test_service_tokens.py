"""Service tokens: for one audience, for minutes, of one kind; anything else is refused."""

import base64
import time
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from foundation.contracts.gateway.run_token import RunClaims, ScopeCaps
from foundation.domain.errors import Unauthenticated
from foundation.domain.money import BudgetLimit
from foundation.http.service_tokens import ServiceTokenSigner, TokenVerifier

KEY = OKPKey.generate_key("Ed25519", {"kid": "one"})
SIGNER = ServiceTokenSigner(KEY.as_dict(private=True), service="orchestrator")
JWKS = {"keys": [KEY.as_dict(private=False)]}
CLAIMS = RunClaims(
    tenant_id=uuid4(),
    user_id=None,
    run_id=uuid4(),
    step_id=uuid4(),
    generation=2,
    fence=7,
    caps=ScopeCaps(run=BudgetLimit(tokens=10, nano_usd=9 * 10**15)),
)


def test_a_service_is_known_by_its_token() -> None:
    assert TokenVerifier(JWKS, audience="llm_gateway").service(SIGNER.service_token("llm_gateway")) == "orchestrator"


def test_a_run_token_says_what_was_signed() -> None:
    assert TokenVerifier(JWKS, audience="llm_gateway").run(SIGNER.run_token(CLAIMS)) == CLAIMS


def test_a_token_for_another_audience_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        TokenVerifier(JWKS, audience="llm_gateway").service(SIGNER.service_token("tool_runtime"))


def test_the_kinds_are_not_interchangeable() -> None:
    verifier = TokenVerifier(JWKS, audience="llm_gateway")
    with pytest.raises(Unauthenticated):
        verifier.run(SIGNER.service_token("llm_gateway"))
    with pytest.raises(Unauthenticated):
        verifier.service(SIGNER.run_token(CLAIMS))


def test_a_stranger_s_key_of_the_same_name_is_refused() -> None:
    stranger = ServiceTokenSigner(OKPKey.generate_key("Ed25519", {"kid": "one"}).as_dict(private=True), service="x")
    with pytest.raises(Unauthenticated):
        TokenVerifier(JWKS, audience="llm_gateway").service(stranger.service_token("llm_gateway"))


def _signed(**changes: int) -> str:
    now = int(time.time())
    claims = {"iss": "lockstep", "sub": "orchestrator", "aud": "llm_gateway", "iat": now, "exp": now + 600}
    claims |= {name: now + seconds for name, seconds in changes.items()}
    return jwt.encode({"alg": "Ed25519", "kid": KEY.kid}, claims, KEY, algorithms=["Ed25519"])


@pytest.mark.parametrize("changes", [{"iat": 1}, {"iat": 50}, {"nbf": 50}, {"exp": -50}, {"iat": 50, "nbf": 50}])
def test_clocks_that_differ_by_less_than_a_minute_refuse_nobody(changes: dict[str, int]) -> None:
    assert TokenVerifier(JWKS, audience="llm_gateway").service(_signed(**changes)) == "orchestrator"


@pytest.mark.parametrize("changes", [{"iat": 70}, {"nbf": 70}, {"exp": -70}])
def test_a_token_of_another_time_is_refused(changes: dict[str, int]) -> None:
    with pytest.raises(Unauthenticated):
        TokenVerifier(JWKS, audience="llm_gateway").service(_signed(**changes))


def _header(value: str) -> str:
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=") + ".e30.c2ln"


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "a.b.c", "é.ü.ñ", "eyJhbGciOiJub25lIn0.e30."),
        *map(_header, ("[]", "1", "null", '"x"', "NaN", "[" * 5000, '{"alg": 1}', '{"alg": "Ed25519", "kid": {}}')),
    ],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        TokenVerifier(JWKS, audience="llm_gateway").service(text)
