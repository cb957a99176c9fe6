"""Rows of calls that come together are committed together, each before its own call is answered."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.errors import DatabaseUnavailable, ValueNotStorable
from foundation.storage.people.audit import CallRow, call_row
from foundation.storage.people.call_rows import CallRows
from foundation.storage.session.database import Database, DatabaseSettings


class Counting:
    """A database with a note of what is sent to it."""

    def __init__(self, url: Any) -> None:
        self.sent: Counter[str] = Counter()
        self.database = Database(DatabaseSettings(url=url, pool_size=4), application="test", observe=self._note)

    def _note(self, statement: str, _values: Mapping[str, Any]) -> None:
        self.sent[statement.split(maxsplit=1)[0].rstrip(";")] += 1


@pytest.fixture
async def counting(scratch: ScratchDatabase) -> AsyncIterator[Counting]:
    made = Counting(scratch.url("control_plane"))
    yield made
    await made.database.close()


def a_row(target: str) -> CallRow:
    return call_row(
        actor="user:ann", action="call.list_audit", target=target, detail={"é": 1}, outcome="done", status=200
    )


def targets(scratch: ScratchDatabase, tenant: Tenant) -> list[str]:
    with scratch.superuser() as connection:
        rows = connection.execute(
            "SELECT target FROM audit_log WHERE tenant_id = %s AND action = 'call.list_audit' ORDER BY xact, audit_id",
            [tenant.tenant_id],
        )
        return [str(target) for (target,) in rows.fetchall()]


async def test_rows_that_come_while_others_are_committed_go_together_and_in_their_order(
    counting: Counting, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    rows, whose = CallRows(counting.database), tenant.tenant_id
    names = [f"/audit/{place}" for place in range(250)]
    await asyncio.gather(*(rows.write(whose, a_row(name), books=[whose]) for name in names))
    assert targets(scratch, tenant) == names
    # At most 100 in a transaction.
    assert counting.sent["INSERT"] == counting.sent["BEGIN"] == 3


async def test_a_call_goes_on_only_when_its_row_can_be_seen(
    counting: Counting, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    rows, whose = CallRows(counting.database), tenant.tenant_id

    async def call(name: str) -> bool:
        await rows.write(whose, a_row(name), books=[whose])
        return name in await asyncio.to_thread(targets, scratch, tenant)

    assert all(await asyncio.gather(*(call(f"/audit/{place}") for place in range(20))))


async def test_a_row_that_cannot_be_stored_fails_no_other(
    counting: Counting, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    rows, whose = CallRows(counting.database), tenant.tenant_id
    names = ["/one", "/two", "/nul\0", "/three"]
    ended = await asyncio.gather(
        *(rows.write(whose, a_row(name), books=[whose]) for name in names), return_exceptions=True
    )
    assert [type(one) for one in ended] == [type(None), type(None), ValueNotStorable, type(None)]
    assert targets(scratch, tenant) == ["/one", "/two", "/three"]


async def test_a_row_of_two_audits_stands_in_both(counting: Counting, scratch: ScratchDatabase, tenant: Tenant) -> None:
    whose = tenant.tenant_id
    await CallRows(counting.database).write(whose, a_row(f"/of {whose}"), books=[whose, None])
    assert targets(scratch, tenant) == [f"/of {whose}"]
    with scratch.superuser() as connection:
        found = connection.execute("SELECT count(*) FROM platform_audit WHERE target = %s", [f"/of {whose}"]).fetchone()
    assert found == (1,)


async def test_who_goes_away_takes_no_other_row_along(
    counting: Counting, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    rows, whose = CallRows(counting.database), tenant.tenant_id
    gone, stays = (asyncio.create_task(rows.write(whose, a_row(name), books=[whose])) for name in ("/gone", "/stays"))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert targets(scratch, tenant) == ["/gone", "/stays"]


async def test_without_a_database_each_is_told_so_at_once(tenant: Tenant) -> None:
    away = Database(DatabaseSettings(url="postgresql://nobody:none@127.0.0.1:1/none"), application="test")
    rows, whose = CallRows(away), tenant.tenant_id
    ended = await asyncio.gather(
        *(rows.write(whose, a_row("/audit"), books=[whose]) for _ in range(5)), return_exceptions=True
    )
    assert all(isinstance(one, DatabaseUnavailable) for one in ended)
    await away.close()
