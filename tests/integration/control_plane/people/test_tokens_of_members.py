"""What Cognito's tokens get from us: the active tenant of somebody's memberships, looked up for each token anew."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.storage.session.database import Database, DatabaseSettings
from lambdas.pre_token_generation import TENANT_CLAIM, TokenEvent, pre_token_generation


def an_event(subject: str, **attributes: str) -> dict[str, Any]:
    """As Cognito sends it for a sign-in at its hosted page, in version 2."""
    return {
        "version": "2",
        "triggerSource": "TokenGeneration_HostedAuth",
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_EXAMPLE",
        "userName": subject,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "1example23456789"},
        "request": {
            "userAttributes": {"sub": subject, "cognito:user_status": "CONFIRMED", **attributes},
            "groupConfiguration": {
                "groupsToOverride": ["operator"],
                "iamRolesToOverride": [],
                "preferredRole": None,
            },
            "scopes": ["openid", "email"],
        },
        "response": {"claimsAndScopeOverrideDetails": None},
    }


@pytest.fixture
async def database(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    opened = Database(DatabaseSettings(url=scratch.url("lambdas"), pool_size=1), application="test")
    yield opened
    await opened.close()


async def tokens(database: Database, event: dict[str, Any]) -> dict[str, Any]:
    answer = await pre_token_generation(database, TokenEvent.model_validate(event))
    assert {name: answer[name] for name in event if name != "response"} == {
        name: value for name, value in event.items() if name != "response"
    }
    return dict(answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"])


async def test_a_member_s_token_names_their_tenant_and_their_verified_address(
    database: Database, tenant: Tenant
) -> None:
    event = an_event(f"u-{tenant.user_id}", email="Ann@example.com", email_verified="true")
    assert await tokens(database, event) == {
        "claimsToAddOrOverride": {
            TENANT_CLAIM: str(tenant.tenant_id),
            "email": "Ann@example.com",
            "email_verified": "true",
        },
        "claimsToSuppress": [],
    }


async def test_who_belongs_nowhere_gets_no_tenant_and_no_address_that_is_not_verified(database: Database) -> None:
    found = await tokens(database, an_event("nobody", email="ann@example.com", email_verified="false"))
    assert found == {"claimsToAddOrOverride": {}, "claimsToSuppress": [TENANT_CLAIM, "email", "email_verified"]}


async def test_of_several_tenants_the_chosen_one_is_named_and_a_suspended_one_where_there_is_no_other(
    database: Database, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    other = Tenant().create(scratch)
    subject = f"u-{tenant.user_id}"

    async def named() -> str | None:
        claims = (await tokens(database, an_event(subject)))["claimsToAddOrOverride"]
        return None if TENANT_CLAIM not in claims else str(claims[TENANT_CLAIM])

    with scratch.superuser() as connection:
        ids = [other.tenant_id, tenant.user_id]
        connection.execute("INSERT INTO memberships (tenant_id, user_id, role) VALUES (%s, %s, 'viewer')", ids)
        assert await named() == str(tenant.tenant_id)
        connection.execute("UPDATE users SET active_tenant_id = %s WHERE user_id = %s", ids)
        assert await named() == str(other.tenant_id)
        connection.execute("UPDATE tenants SET suspended_at = now() WHERE tenant_id = %s", [other.tenant_id])
        assert await named() == str(tenant.tenant_id)
        connection.execute("DELETE FROM memberships WHERE tenant_id = %s", [tenant.tenant_id])
        assert await named() == str(other.tenant_id), "its doors tell why it is suspended"
        connection.execute("DELETE FROM memberships WHERE tenant_id = %s", [other.tenant_id])
        assert await named() is None
