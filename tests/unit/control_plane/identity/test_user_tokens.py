"""Users' access tokens: who they name, and every way in which one is refused."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from control_plane.identity.callers import ApiCaller
from control_plane.identity.tokens import LocalIssuer, UserTokenVerifier
from foundation.domain.errors import DependencyUnavailable, Forbidden, Unauthenticated
from foundation.domain.ids import TenantId, UserId
from foundation.domain.permissions import Grant, Permission, Role

ISSUER, CLIENT, TENANT = "https://issuer.test", "client", UUID(int=7)
KEY = RSAKey.generate_key(2048, parameters={"kid": "first"})
LOCAL = LocalIssuer(KEY.as_dict(private=True), issuer=ISSUER, client_id=CLIENT)


class Keys:
    """The issuer's published keys, and how often they were asked for."""

    def __init__(self, *keys: RSAKey) -> None:
        self.keys = keys
        self.loads = 0

    async def load(self) -> Mapping[str, Any]:
        self.loads += 1
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


def verifier(keys: Keys) -> UserTokenVerifier:
    return UserTokenVerifier(keys.load, issuer=ISSUER, client_id=CLIENT)


def a_token(key: RSAKey = KEY, **claims: Any) -> str:
    now = int(time.time())
    values = {"iss": ISSUER, "sub": "ada", "client_id": CLIENT, "token_use": "access", "iat": now, "exp": now + 60}
    merged = {name: value for name, value in {**values, **claims}.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": key.kid}, merged, key, algorithms=["RS256"])


async def test_a_member_and_an_operator_are_told_apart() -> None:
    check = verifier(Keys(KEY))
    member = await check.verify(LOCAL.issue(subject="ada", tenant_id=TenantId(TENANT), seconds=60))
    assert (member.subject, member.tenant_id, member.operates) == ("ada", TENANT, False)
    operator = await check.verify(LOCAL.issue_operator(subject="root", seconds=60))
    assert (operator.subject, operator.tenant_id, operator.operates) == ("root", None, True)


@pytest.mark.parametrize("groups", [None, "operator", ["operators"], {"operator": True}, []])
async def test_only_the_group_itself_makes_an_operator(groups: Any) -> None:
    claims = await verifier(Keys(KEY)).verify(a_token(**{"cognito:groups": groups}))
    assert not claims.operates


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.test"},
        {"iss": None},
        {"client_id": "other"},
        {"client_id": None},
        {"token_use": "id"},
        {"token_use": None},
        {"sub": None},
        {"exp": None},
        {"exp": 1_000_000_000},
        {"custom:tenant_id": "no id"},
        {"sub": "a\0b"},
    ],
    ids=str,
)
async def test_a_token_with_a_wrong_claim_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await verifier(Keys(KEY)).verify(a_token(**claims))
    assert refused.value.remedy == "get a new token"


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "\ud800"])
async def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        await verifier(Keys(KEY)).verify(text)


async def test_a_token_signed_by_a_key_that_is_not_published_is_refused() -> None:
    stranger = RSAKey.generate_key(2048, parameters={"kid": "first"})
    with pytest.raises(Unauthenticated):
        await verifier(Keys(KEY)).verify(a_token(stranger))


async def test_an_unknown_key_id_asks_for_the_keys_again_but_not_for_every_token() -> None:
    second = RSAKey.generate_key(2048, parameters={"kid": "second"})
    keys = Keys(KEY)
    check = verifier(keys)
    await check.verify(a_token())
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await check.verify(a_token(second))
    assert keys.loads == 1, "asked again within ten seconds of the last time"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class AwayKeys(Keys):
    """The issuer's keys, which cannot always be read; each load lets others run."""

    is_away = False

    async def load(self) -> Mapping[str, Any]:
        found = await super().load()
        await asyncio.sleep(0)
        if self.is_away:
            raise DependencyUnavailable("away")
        return found


async def test_a_flood_of_tokens_loads_the_keys_once() -> None:
    keys, clock = AwayKeys(KEY), Clock()
    check = UserTokenVerifier(keys.load, issuer=ISSUER, client_id=CLIENT, now=clock)
    await asyncio.gather(*(check.verify(a_token()) for _ in range(50)))
    assert keys.loads == 1
    clock.now += 11
    unknown = RSAKey.generate_key(2048, parameters={"kid": "unknown"})
    flood = await asyncio.gather(*(check.verify(a_token(unknown)) for _ in range(50)), return_exceptions=True)
    assert {type(one) for one in flood} == {Unauthenticated}
    assert keys.loads == 2


async def test_a_key_that_the_issuer_has_rotated_to_is_found_after_seconds() -> None:
    second = RSAKey.generate_key(2048, parameters={"kid": "second"})
    keys, clock = AwayKeys(KEY), Clock()
    check = UserTokenVerifier(keys.load, issuer=ISSUER, client_id=CLIENT, now=clock)
    await check.verify(a_token())
    keys.keys = (KEY, second)
    clock.now += 9
    with pytest.raises(Unauthenticated):
        await check.verify(a_token(second))
    clock.now += 2
    assert (await check.verify(a_token(second))).subject == "ada"


async def test_a_signature_is_checked_once_and_again_when_keys_are_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    checked, decode = [], jwt.decode

    def told(token: str, *given: Any, **more: Any) -> jwt.Token:
        checked.append(token)
        return decode(token, *given, **more)

    monkeypatch.setattr(jwt, "decode", told)
    keys, clock, token = AwayKeys(KEY), Clock(), a_token()
    check = UserTokenVerifier(keys.load, issuer=ISSUER, client_id=CLIENT, now=clock)
    assert [(await check.verify(token)).subject for _ in range(5)] == ["ada"] * 5
    assert checked == [token]
    clock.now += 301
    await check.verify(token)
    assert checked == [token, token]


async def test_a_token_that_is_known_ends_with_its_key_and_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, clock, token = AwayKeys(KEY), Clock(), a_token()
    check = UserTokenVerifier(keys.load, issuer=ISSUER, client_id=CLIENT, now=clock)
    await check.verify(token)
    with monkeypatch.context() as later:
        now = time.time()
        later.setattr(time, "time", lambda: now + 3600)
        with pytest.raises(Unauthenticated, match="expired"):
            await check.verify(token)
    keys.keys = (RSAKey.generate_key(2048, parameters={"kid": "second"}),)
    clock.now += 301
    with pytest.raises(Unauthenticated):
        await check.verify(token)


async def test_another_text_is_never_taken_for_a_known_token() -> None:
    check, token = verifier(Keys(KEY)), a_token()
    await check.verify(token)
    for other in (token[:-1], token + "A", token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), token.upper()):
        with pytest.raises(Unauthenticated):
            await check.verify(other)


async def test_while_the_issuer_is_away_its_keys_of_before_hold_for_an_hour() -> None:
    keys, clock = AwayKeys(KEY), Clock()
    check = UserTokenVerifier(keys.load, issuer=ISSUER, client_id=CLIENT, now=clock)
    await check.verify(a_token())
    keys.is_away = True
    clock.now += 3599
    await asyncio.gather(*(check.verify(a_token()) for _ in range(20)))
    assert keys.loads == 2, "asked once more, and not for each token"
    clock.now += 11
    with pytest.raises(DependencyUnavailable):
        await check.verify(a_token())
    keys.is_away = False
    clock.now += 11
    await check.verify(a_token())


async def test_who_never_had_keys_asks_for_them_once_a_second() -> None:
    keys, clock = AwayKeys(KEY), Clock()
    keys.is_away = True
    check = UserTokenVerifier(keys.load, issuer=ISSUER, client_id=CLIENT, now=clock)
    refused = await asyncio.gather(*(check.verify(a_token()) for _ in range(20)), return_exceptions=True)
    assert {type(one) for one in refused} == {DependencyUnavailable}
    assert keys.loads == 1
    keys.is_away = False
    clock.now += 2
    await check.verify(a_token())


@pytest.mark.parametrize("document", [{}, {"keys": 7}, {"keys": [{"kty": "RSA"}]}, {"keys": ["x"]}])
async def test_what_the_issuer_publishes_instead_of_keys_is_its_fault(document: Any) -> None:
    async def load() -> Mapping[str, Any]:
        return dict(document)

    with pytest.raises(DependencyUnavailable):
        await UserTokenVerifier(load, issuer=ISSUER, client_id=CLIENT).verify(a_token())


def test_a_caller_without_the_permission_is_forbidden_and_told_whom_to_ask() -> None:
    viewer = ApiCaller(TenantId(TENANT), UserId(UUID(int=1)), Grant.built_in(Role.VIEWER), "user:1")
    viewer.require(Permission.RUNS_READ)
    with pytest.raises(Forbidden) as refused:
        viewer.require(Permission.RUNS_WRITE)
    assert "viewer" in refused.value.detail
    assert refused.value.remedy == "ask an administrator or an owner of the tenant"
    admin = ApiCaller(TenantId(TENANT), UserId(UUID(int=1)), Grant.built_in(Role.ADMIN), "user:1")
    with pytest.raises(Forbidden) as refused:
        admin.require(Permission.TENANT_WRITE)
    assert refused.value.remedy == "ask an owner of the tenant"
