"""Whoever has the login of a service removes nothing of the audit of a tenant that lives, whatever they write first."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest

from control_plane.governance.audit.anchors import AuditAnchors
from control_plane.governance.audit.keeper import AuditKeeper
from control_plane.governance.audit.verifying import verify
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.domain.ids import new_uuid
from foundation.storage.people import audit
from foundation.storage.session.database import Database, DatabaseSettings

ASKED = """INSERT INTO tenant_deletions (tenant_id, deletion_id, requested_by, requested_at, not_before)
           VALUES (%s, %s, 'x', now(), now() + %s::interval)"""
BEGUN = "UPDATE tenant_deletions SET status = 'running', phase = 'stopping', leased_until = now() + interval '1 minute'"
SUSPENDED = "UPDATE tenants SET suspended_at = now()"
PHASES = ("objects", "caches", "rows", "verifying")
REFUSED = (psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)
GONE = "the platform's audit says that rows of the tenant were removed, and it lives"

Login = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def login(scratch: ScratchDatabase, tenant: Tenant) -> Iterator[Login]:
    """That of the control plane, in the tenant."""
    with psycopg.connect(scratch.url("control_plane"), autocommit=True) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, false)", [str(tenant.tenant_id)])
        yield connection


@pytest.fixture
async def database(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(url=scratch.url("control_plane"), pool_size=4), application="test")
    yield database
    await database.close()


def asked(login: Login, tenant: Tenant, *, grace: str = "0 s") -> None:
    login.execute(ASKED, [tenant.tenant_id, new_uuid(), grace])


def come_to(login: Login, phase: str) -> None:
    for one in PHASES[: PHASES.index(phase) + 1]:
        login.execute("UPDATE tenant_deletions SET phase = %s", [one])


def erased(login: Login, table: str) -> int:
    row = login.execute("SELECT erase_rows(%s, 1000)", [table]).fetchone()
    assert row is not None
    return int(row[0])


def refused(login: Login, statement: str, *values: Any) -> None:
    with pytest.raises(REFUSED):
        login.execute(statement.encode(), values)


def marks(scratch: ScratchDatabase, tenant: Tenant) -> int:
    with scratch.superuser() as connection:
        query = "SELECT audit_id FROM platform_audit WHERE action = 'tenant.erase' AND target = %s"
        return len(connection.execute(query, [str(tenant.tenant_id)]).fetchall())


def test_a_deletion_is_asked_for_and_nothing_else_is_written_first(login: Login, tenant: Tenant) -> None:
    columns = {"status": "running", "phase": "rows", "leased_until": "2100-01-01", "certificate": "c"}
    for column, value in columns.items():
        refused(
            login,
            f"INSERT INTO tenant_deletions (tenant_id, deletion_id, requested_by, not_before, {column})"  # noqa: S608
            " VALUES (%s, %s, 'x', now(), %s)",
            tenant.tenant_id,
            new_uuid(),
            value,
        )
    asked(login, tenant)
    refused(login, "DELETE FROM tenant_deletions")
    refused(login, "UPDATE tenant_deletions SET tenant_id = gen_random_uuid()")


def test_nothing_begins_before_its_time_nor_of_a_tenant_that_is_not_suspended(login: Login, tenant: Tenant) -> None:
    asked(login, tenant, grace="1 day")
    refused(login, BEGUN)
    refused(login, "UPDATE tenant_deletions SET not_before = now()")
    login.execute("UPDATE tenant_deletions SET status = 'cancelled'")
    login.execute(
        "UPDATE tenant_deletions SET status = 'scheduled', deletion_id = gen_random_uuid(), not_before = now()"
    )
    refused(login, BEGUN.replace("'stopping'", "'rows'"))
    login.execute(BEGUN)
    refused(login, "UPDATE tenant_deletions SET phase = 'objects'")
    refused(login, "UPDATE tenant_deletions SET leased_until = now() + interval '1 year'")
    login.execute(SUSPENDED)
    login.execute("UPDATE tenant_deletions SET phase = 'objects'")


@pytest.mark.parametrize("phase", ["stopping", *PHASES])
def test_what_has_begun_has_no_way_back(login: Login, tenant: Tenant, phase: str) -> None:
    asked(login, tenant)
    login.execute(BEGUN)
    login.execute(SUSPENDED)
    if phase != "stopping":
        come_to(login, phase)
    for back in (
        "UPDATE tenant_deletions SET status = 'cancelled', phase = NULL, leased_until = NULL",
        "UPDATE tenant_deletions SET status = 'scheduled', phase = NULL, leased_until = NULL",
        "UPDATE tenant_deletions SET status = 'deleted', phase = NULL, certificate = 'c'",
        "UPDATE tenant_deletions SET deletion_id = gen_random_uuid()",
        "UPDATE tenants SET suspended_at = NULL",
    ):
        refused(login, back)
    if phase != "stopping":
        refused(login, "UPDATE tenant_deletions SET phase = 'stopping'")
    assert erased(login, "memberships") == int(phase in {"rows", "verifying"})


def test_rows_go_in_their_phase_alone_and_leave_a_mark(login: Login, scratch: ScratchDatabase, tenant: Tenant) -> None:
    asked(login, tenant)
    login.execute(BEGUN)
    login.execute(SUSPENDED)
    come_to(login, "caches")
    assert (erased(login, "memberships"), marks(scratch, tenant)) == (0, 0)
    login.execute("UPDATE tenant_deletions SET phase = 'rows'")
    assert (erased(login, "memberships"), marks(scratch, tenant)) == (1, 1)
    for statement in ("DELETE FROM platform_audit", "UPDATE platform_audit SET action = 'x'"):
        refused(login, statement)


def test_a_tenant_that_is_gone_is_not_made_again(login: Login, scratch: ScratchDatabase, tenant: Tenant) -> None:
    asked(login, tenant)
    login.execute(BEGUN)
    login.execute(SUSPENDED)
    come_to(login, "rows")
    for table in ("memberships", "tenants"):
        assert erased(login, table) == 1
    again = "INSERT INTO tenants (tenant_id, name) VALUES (%s, 'again')"
    refused(login, again, tenant.tenant_id)
    login.execute("UPDATE tenant_deletions SET phase = 'verifying'")
    login.execute(
        "UPDATE tenant_deletions SET status = 'deleted', phase = NULL, leased_until = NULL, certificate = 'c'"
    )
    refused(login, again, tenant.tenant_id)
    refused(login, "UPDATE tenant_deletions SET status = 'cancelled', certificate = NULL")
    refused(login, "UPDATE tenant_deletions SET certificate = 'another'")


async def test_who_has_the_database_itself_is_found_by_the_mark(
    login: Login, scratch: ScratchDatabase, tenant: Tenant, database: Database
) -> None:
    anchors = AuditAnchors(database, FakeObjectStore())
    keeper = AuditKeeper(database, anchors)
    async with database.tenant(tenant.tenant_id) as tx:
        await audit.record(tx, tenant.tenant_id, actor="user:a", action="a", target="t")
    await keeper.seal()
    asked(login, tenant)
    login.execute(BEGUN)
    login.execute(SUSPENDED)
    assert (await verify(database, anchors, tenant.tenant_id)).rows == 1
    come_to(login, "rows")
    for table in ("audit_chain", "audit_log"):
        assert erased(login, table) == 1
    assert (await verify(database, anchors, tenant.tenant_id)).faults == [], "its audit goes with it"
    with scratch.superuser() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE tenant_deletions SET status = 'cancelled', phase = NULL WHERE tenant_id = %s", [tenant.tenant_id]
        )
    [fault] = (await verify(database, anchors, tenant.tenant_id)).faults
    assert GONE in fault


async def test_an_anchor_that_was_only_said_to_be_written_is_found(
    login: Login, tenant: Tenant, database: Database
) -> None:
    """Else no head of the chain would ever be written again, as there is a later one."""
    anchors = AuditAnchors(database, FakeObjectStore())
    async with database.tenant(tenant.tenant_id) as tx:
        await audit.record(tx, tenant.tenant_id, actor="user:a", action="a", target="t")
    await AuditKeeper(database, anchors).seal()
    assert await anchors.anchor(tenant.tenant_id)
    assert (await verify(database, anchors, tenant.tenant_id)).is_sound
    login.execute("INSERT INTO audit_anchors (tenant_id, number, position) VALUES (%s, 2, 999)", [tenant.tenant_id])
    [fault] = (await verify(database, anchors, tenant.tenant_id)).faults
    assert "anchor 2: the database says that it was written" in fault


def test_an_access_that_has_ended_never_begins_again(login: Login, tenant: Tenant) -> None:
    login.execute(
        "INSERT INTO break_glass_accesses (tenant_id, access_id, operator, reason, expires_at)"
        " VALUES (%s, gen_random_uuid(), 'operator:o', 'a test', now() + interval '1 hour')",
        [tenant.tenant_id],
    )
    login.execute("UPDATE break_glass_accesses SET ended_at = now(), ended_by = 'operator:o'")
    refused(login, "UPDATE break_glass_accesses SET ended_at = NULL, ended_by = NULL")
