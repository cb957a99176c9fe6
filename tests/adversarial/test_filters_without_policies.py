"""The second lock of isolation alone: with every policy of PostgreSQL lifted, the API's filters keep tenants apart."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import pytest
from psycopg import sql

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.api.operations import Operation, operations_of
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.leaving.full_tenants import full_tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from foundation.cloud.objects.fake import FakeObjectStore

READS = [one for one in operations_of(unopened_api()) if one.method == "GET" and one.path.startswith("/api/")]
GIVEN = {
    "name": "a", "turn": "0", "secret_name": "key", "source_name": "pets", "scope": "user", "period": "month",
    "month": "2026-01", "provider": "simulated", "model": "default", "tool": "pets",
    "trace_id": "a" * 32, "version": "1",
}  # fmt: skip
"""What in a path is no id. The neighbour has a thing of each of these names."""
OWN_NAMES = {"service_account_id": "user_id", "scope_id": "user_id", "other_id": "run_id", "message_id": "run_id"}
ACTOR = "user:a"
"""Who did what the neighbour's audit tells of; its rows have no id of a thing."""
QUERIES = {"/api/v1/usage": {"group_by": "run"}, "/api/v1/operations/usage": {"group_by": "tenant"}}


@pytest.fixture(scope="module")
def unguarded() -> Iterator[ScratchDatabase]:
    """A database whose policies let every tenant see and change everything."""
    for database in scratch_database():
        with database.superuser() as connection:
            tables = connection.execute("SELECT tablename FROM pg_policies WHERE policyname = 'own_tenant'").fetchall()
            for (table,) in tables:
                lifted = sql.SQL("ALTER POLICY own_tenant ON {} USING (true) WITH CHECK (true)")
                connection.execute(lifted.format(sql.Identifier(str(table))))
        yield database


@pytest.fixture(scope="module")
async def neighbour(unguarded: ScratchDatabase) -> Tenant:
    return await full_tenant(unguarded, FakeObjectStore())


@pytest.fixture(scope="module")
def ids(unguarded: ScratchDatabase, neighbour: Tenant) -> dict[str, str]:
    """By the name of its column, an id of each kind of thing that the neighbour has."""
    found: dict[str, str] = {}
    with unguarded.superuser() as connection:
        columns = connection.execute(
            """SELECT c.table_name, c.column_name FROM information_schema.columns c
               JOIN information_schema.columns t ON t.table_name = c.table_name AND t.column_name = 'tenant_id'
               WHERE c.table_schema = 'public' AND c.data_type = 'uuid'"""
        ).fetchall()
        for table, column in columns:
            query = sql.SQL("SELECT {} FROM {} WHERE tenant_id = %s AND {} IS NOT NULL LIMIT 1").format(
                *map(sql.Identifier, (str(column), str(table), str(column)))
            )
            for (value,) in connection.execute(query, [neighbour.tenant_id]).fetchall():
                found.setdefault(str(column), str(value))
    return found


@pytest.fixture(scope="module")
async def api(unguarded: ScratchDatabase, signing: Signing) -> AsyncIterator[ApiInProcess]:
    async with api_in_process(unguarded, gateway_url=f"http://127.0.0.1:{free_port()}", signing=signing) as running:
        yield running


@pytest.fixture(scope="module")
def signing() -> Signing:
    return Signing()


@pytest.mark.parametrize("operation", READS, ids=lambda one: one.name)
async def test_a_filter_keeps_back_what_no_policy_does(
    api: ApiInProcess, unguarded: ScratchDatabase, neighbour: Tenant, ids: dict[str, str], operation: Operation
) -> None:
    names = re.findall(r"{(\w+)}", operation.path)
    path = operation.path.format_map({name: GIVEN.get(name) or ids[OWN_NAMES.get(name, name)] for name in names})
    async with api.caller(Tenant().create(unguarded)) as caller:
        answer = await caller.get(f"http://test{path}", params=QUERIES.get(operation.path, {}))

    asked = {value for value in ids.values() if value in path}
    assert [value for value in ids.values() if value in answer.text and value not in asked] == []
    assert ACTOR not in answer.text
    if asked or "trace_id" in names:
        assert answer.status_code in {403, 404}, answer.text


async def test_the_neighbour_itself_sees_what_the_filters_keep_back(
    api: ApiInProcess, neighbour: Tenant, ids: dict[str, str]
) -> None:
    async with api.caller(neighbour) as owner:
        found: dict[str, Any] = {
            path: (await owner.get(path)).text for path in ("/runs", "/tasks", "/webhooks", "/approvals")
        }
        audit = (await owner.get("/audit")).text
    assert [path for path, text in found.items() if not any(str(UUID(value)) in text for value in ids.values())] == []
    assert ACTOR in audit
