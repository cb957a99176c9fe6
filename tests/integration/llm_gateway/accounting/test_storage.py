"""The tables of money as their logins see them: one tenant, or only what a login across tenants needs."""

import hashlib
from typing import LiteralString

import pytest
from pydantic import PostgresDsn

from fixtures.gateways.gateway import PEPPERS, Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.errors import DatabaseRefused
from foundation.domain.ids import TenantId, new_uuid
from foundation.domain.people.api_keys import Peppers
from foundation.storage.ledger.llm_replays import SealedAnswer, find_answer, store_answer
from foundation.storage.limits.tenant_limits import read_tenant_limits
from foundation.storage.people.api_keys import find_usable_key
from foundation.storage.session.database import Database, DatabaseSettings


def a_database(database: ScratchDatabase, login: str) -> Database:
    return Database(DatabaseSettings(url=PostgresDsn(database.url(login)), pool_size=1))


def an_answer(text: bytes) -> SealedAnswer:
    digest = hashlib.sha256(text).digest()
    return SealedAnswer("key", digest, new_uuid(), 200, {"content-type": "x"}, text, None, len(text), digest)


async def test_a_stored_answer_is_the_first_one_and_unseen_by_the_neighbour(
    database: ScratchDatabase, tenant: Tenant
) -> None:
    neighbour = Tenant().create(database)
    gateway = a_database(database, "llm_gateway")
    try:
        async with gateway.tenant(TenantId(tenant.tenant_id)) as tx:
            first = an_answer(b"first")
            assert await store_answer(tx, TenantId(tenant.tenant_id), first)
            assert await store_answer(tx, TenantId(tenant.tenant_id), first), "whoever does not know may store it again"
            assert not await store_answer(tx, TenantId(tenant.tenant_id), an_answer(b"second"))
        async with gateway.tenant(TenantId(neighbour.tenant_id)) as tx:
            assert await find_answer(tx, "key") is None
        async with gateway.tenant(TenantId(tenant.tenant_id)) as tx:
            found = await find_answer(tx, "key")
        assert found is not None
        assert found.body == b"first"
        with pytest.raises(DatabaseRefused) as refused:
            async with gateway.tenant(TenantId(neighbour.tenant_id)) as tx:
                await store_answer(tx, TenantId(tenant.tenant_id), an_answer(b"x"))
        assert "row-level security" in str(refused.value.__cause__)
    finally:
        await gateway.close()


async def test_limits_are_those_of_the_tenant_of_the_transaction(database: ScratchDatabase, tenant: Tenant) -> None:
    neighbour = Tenant().create(database)
    neighbour.limit(database, tokens=5)
    gateway = a_database(database, "llm_gateway")
    try:
        async with gateway.tenant(TenantId(tenant.tenant_id)) as tx:
            limits = await read_tenant_limits(tx, alive_seconds=15)
        assert limits is not None
        assert limits.budgets == ()
        async with gateway.tenant(TenantId(new_uuid())) as tx:
            assert await read_tenant_limits(tx, alive_seconds=15) is None
    finally:
        await gateway.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE api_keys SET revoked_at = now() WHERE api_key_id = %s",
        "UPDATE api_keys SET expires_at = now() WHERE api_key_id = %s",
    ],
)
async def test_a_key_that_was_revoked_or_has_expired_is_not_found(
    database: ScratchDatabase, tenant: Tenant, change: LiteralString
) -> None:
    gateway = a_database(database, "llm_gateway")
    peppers = Peppers.parse(PEPPERS)
    try:
        async with gateway.across_tenants(reason="test") as tx:
            found = await find_usable_key(tx, peppers, tenant.api_key)
        assert found is not None
        assert found.tenant_id == tenant.tenant_id
        with database.superuser() as connection:
            connection.execute(change, [tenant.api_key_id])
        async with gateway.across_tenants(reason="test") as tx:
            assert await find_usable_key(tx, peppers, tenant.api_key) is None
    finally:
        await gateway.close()


@pytest.mark.parametrize("login", ["recorder", "reconciler"])
async def test_logins_across_tenants_read_no_stored_answer(database: ScratchDatabase, login: str) -> None:
    across = a_database(database, login)
    try:
        with pytest.raises(DatabaseRefused) as refused:
            async with across.across_tenants(reason="test") as tx:
                await find_answer(tx, "key")
        assert "permission denied" in str(refused.value.__cause__)
    finally:
        await across.close()
