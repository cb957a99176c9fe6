"""A hole in the isolation of tenants would be noticed: each policy is lifted, and what it kept back is seen.

A test that finds nothing of a neighbour proves nothing where the neighbour has nothing, or where it looks in the wrong
way. So each table here has rows of the neighbour, and the same look that finds none finds them without the policy.
"""

from typing import Any

import psycopg
import pytest
from psycopg import sql

from fixtures.gateways.gateway import Tenant
from fixtures.leaving.full_tenants import full_tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.cloud.objects.fake import FakeObjectStore

LOGINS = ("control_plane", "orchestrator", "llm_gateway", "lambdas")
_GUARDED = """
    SELECT p.tablename FROM pg_policies p
    WHERE p.policyname = 'own_tenant' AND %(login)s = ANY (p.roles)
      AND has_column_privilege(%(login)s, p.tablename::regclass, 'tenant_id', 'SELECT') ORDER BY 1
"""


@pytest.fixture(scope="module")
async def neighbour(scratch: ScratchDatabase) -> Tenant:
    """Somebody with a row in every table."""
    return await full_tenant(scratch, FakeObjectStore())


def seen(connection: "psycopg.Connection[Any]", login: str, table: str, of: Tenant, by: Tenant) -> int:
    """How many rows of one tenant a service's login sees while it serves another."""
    query = sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s").format(sql.Identifier(table))
    connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [str(by.tenant_id)])
    connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(login)))
    [(found,)] = connection.execute(query, [of.tenant_id]).fetchall()
    connection.execute("RESET ROLE")
    return int(found)


@pytest.mark.parametrize("login", LOGINS)
def test_each_policy_keeps_back_what_is_seen_without_it(
    scratch: ScratchDatabase, neighbour: Tenant, login: str
) -> None:
    caller = Tenant().create(scratch)
    with scratch.superuser() as connection:
        tables = [str(row[0]) for row in connection.execute(_GUARDED, {"login": login}).fetchall()]
        assert len(tables) >= 3
        closed = {table: _look(connection, login, table, neighbour, caller) for table in tables}
        open_ = {table: _look(connection, login, table, neighbour, caller, lifted=True) for table in tables}
    assert closed == dict.fromkeys(tables, 0)
    assert [table for table, count in open_.items() if not count] == []


def _look(
    connection: "psycopg.Connection[Any]", login: str, table: str, of: Tenant, by: Tenant, *, lifted: bool = False
) -> int:
    with connection.transaction(force_rollback=True):
        if lifted:
            connection.execute(sql.SQL("ALTER POLICY own_tenant ON {} USING (true)").format(sql.Identifier(table)))
        return seen(connection, login, table, of, by)
