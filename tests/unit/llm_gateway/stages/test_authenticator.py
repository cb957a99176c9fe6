"""A credential is believed for as long as it was confirmed, and what cannot be checked is not called wrong."""

import asyncio
import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from fixtures.money.canned_rows import CannedDatabase
from foundation.contracts.gateway.run_token import RunClaims
from foundation.domain.errors import BadRequest, DependencyUnavailable, Forbidden, Unauthenticated
from foundation.domain.ids import new_uuid
from foundation.domain.people.admission import TenantSuspended
from foundation.domain.people.api_keys import Peppers
from llm_gateway.stages.authenticator import KEY_SECONDS, Authenticator, read_credential


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeVerifier:
    """Verifies every token as the same run's."""

    def __init__(self) -> None:
        self.verified = 0
        self.claims = RunClaims(
            tenant_id=new_uuid(), user_id=None, run_id=new_uuid(), step_id=new_uuid(), generation=1, fence=1
        )

    def run(self, _token: str) -> RunClaims:
        self.verified += 1
        return self.claims


PEPPERS = Peppers("p1", {"p1": bytes(32)})


def a_key(text: str = "key", **changes: Any) -> dict[str, Any]:
    """The row of a member's key of this text."""
    row = {
        "tenant_id": new_uuid(),
        "api_key_id": new_uuid(),
        "user_id": new_uuid(),
        "scopes": ["gateway"],
        "hash": PEPPERS.digest(text).hash,
        "live": True,
        "suspended_at": None,
        "suspended_reason": None,
        "usable_until": None,
        "usable_seconds": None,
        "key_permissions": None,
        "role": "member",
        "role_id": None,
        "role_name": None,
        "permissions": None,
    }
    return {**row, **changes}


WRITTEN_DOWN: list[dict[str, Any]] = [{}]
"""What the database answers when it is told that a key was used."""


def keys(*rows: dict[str, Any]) -> CannedDatabase:
    return CannedDatabase(rows, WRITTEN_DOWN)


def authenticator(database: CannedDatabase, verifier: FakeVerifier | None = None) -> tuple[Authenticator, Clock]:
    clock, stored, verifying = Clock(), database, verifier or FakeVerifier()
    rows: Any = stored
    tokens: Any = verifying
    return Authenticator(tokens, rows, PEPPERS, clock=clock), clock


def a_token(*, seconds_left: float) -> str:
    payload = base64.urlsafe_b64encode(json.dumps({"exp": time.time() + seconds_left}).encode()).decode().rstrip("=")
    return f"Bearer eyJhead.{payload}.signature"


def test_a_vendors_own_header_is_read_where_there_is_no_authorization() -> None:
    assert read_credential({"authorization": "Bearer a", "x-api-key": "a"}) == "Bearer a"
    assert read_credential({"x-api-key": "b"}) == "Bearer b"
    assert read_credential({}) is None


@pytest.mark.parametrize("authorization", ["Bearer a", "Basic b", "b", ""])
def test_a_request_with_two_credentials_is_refused_as_it_is_nobodys(authorization: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_credential({"authorization": authorization, "x-api-key": "c"})
    assert [fault.pointer for fault in refused.value.faults] == ["/headers/x-api-key"]


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic abc"])
async def test_what_is_no_bearer_token_proves_nothing(authorization: str | None) -> None:
    database = keys(a_key())
    with pytest.raises(Unauthenticated):
        await authenticator(database)[0].identify(authorization)
    assert database.transactions == 0


async def test_a_key_is_asked_for_once_a_minute_however_many_calls_come() -> None:
    key = a_key()
    database = keys(key)
    identifying, clock = authenticator(database)
    callers = await asyncio.gather(*(identifying.identify("Bearer key") for _ in range(10)))
    assert {(caller.tenant_id, caller.api_key_id) for caller in callers} == {(key["tenant_id"], key["api_key_id"])}
    clock.now += KEY_SECONDS - 1
    await identifying.identify("Bearer key")
    assert database.transactions == 1
    clock.now += 2
    await identifying.identify("Bearer key")
    assert database.transactions == 2


async def test_a_revoked_key_works_no_longer_than_a_minute() -> None:
    database = keys(a_key())
    identifying, clock = authenticator(database)
    await identifying.identify("Bearer key")
    database.results = [[]]
    await identifying.identify("Bearer key")
    clock.now += KEY_SECONDS + 1
    with pytest.raises(Unauthenticated):
        await identifying.identify("Bearer key")


async def test_an_unknown_key_is_asked_for_again_after_seconds() -> None:
    database = keys()
    identifying, clock = authenticator(database)
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await identifying.identify("Bearer key")
    assert database.transactions == 1
    database.results = [[a_key()], WRITTEN_DOWN]
    clock.now += 6
    assert await identifying.identify("Bearer key")


async def test_a_key_for_other_doors_is_forbidden() -> None:
    with pytest.raises(Forbidden) as refused:
        await authenticator(keys(a_key(scopes=["api"])))[0].identify("Bearer key")
    assert refused.value.remedy == "use a key that has the scope `gateway`"


@pytest.mark.parametrize(
    "changes", [{"role": "viewer"}, {"key_permissions": ["runs:read"]}, {"role": None, "permissions": ["runs:write"]}]
)
async def test_a_key_whose_member_may_call_no_models_is_forbidden(changes: dict[str, Any]) -> None:
    row = a_key(**{"role_id": new_uuid() if "permissions" in changes else None, "role_name": "own", **changes})
    with pytest.raises(Forbidden, match="does not have the permission models:call"):
        await authenticator(keys(row))[0].identify("Bearer key")


async def test_a_key_is_remembered_no_longer_than_it_is_valid() -> None:
    database = keys(a_key(usable_seconds=5.0))
    identifying, clock = authenticator(database)
    await identifying.identify("Bearer key")
    clock.now += 4
    await identifying.identify("Bearer key")
    assert database.transactions == 1
    clock.now += 2
    await identifying.identify("Bearer key")
    assert database.transactions == 2


async def test_a_key_that_cannot_be_used_any_more_is_as_an_unknown_one() -> None:
    with pytest.raises(Unauthenticated):
        await authenticator(keys(a_key(live=False)))[0].identify("Bearer key")


class RefusingVerifier(FakeVerifier):
    """Refuses every token."""

    def run(self, _token: str) -> RunClaims:
        raise Unauthenticated("the token is not valid, or has expired", remedy="a remedy for services")


async def test_who_sends_another_token_reads_which_credentials_the_gateway_takes() -> None:
    identifying, _ = authenticator(keys(), RefusingVerifier())
    with pytest.raises(Unauthenticated, match="not valid, or has expired") as refused:
        await identifying.identify(a_token(seconds_left=60))
    assert refused.value.remedy == "send a valid run token, or an API key that has the scope `gateway`"


async def test_while_postgresql_is_away_a_known_key_goes_on_and_an_unknown_one_is_not_called_wrong() -> None:
    database = keys(a_key("known"))
    identifying, _ = authenticator(database)
    await identifying.identify("Bearer known")
    database.is_away = True
    await identifying.identify("Bearer known")
    with pytest.raises(DependencyUnavailable):
        await identifying.identify("Bearer unknown")


async def test_a_run_token_is_verified_without_the_database_and_no_longer_than_it_is_valid() -> None:
    verifier, database = FakeVerifier(), CannedDatabase()
    identifying, clock = authenticator(database, verifier)
    token = a_token(seconds_left=10)
    caller = await identifying.identify(token)
    assert caller.run == verifier.claims
    clock.now += 9
    await identifying.identify(token)
    assert verifier.verified == 1
    clock.now += 2
    await identifying.identify(token)
    assert (verifier.verified, database.transactions) == (2, 0)


async def test_whoever_holds_a_key_of_a_suspended_tenant_is_told_so() -> None:
    suspended = a_key(suspended_at=datetime(2026, 11, 1, tzinfo=UTC), suspended_reason="unpaid")
    with pytest.raises(TenantSuspended, match="the tenant is suspended: unpaid"):
        await authenticator(keys(suspended))[0].identify("Bearer key")
