"""The chain of an audit: sealed in order by whoever is first, and broken visibly by whatever is changed afterwards."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from control_plane.governance.audit.anchors import AuditAnchors, key_of
from control_plane.governance.audit.keeper import AuditKeeper
from control_plane.governance.audit.verifying import AuditVerdict, verify
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.storage.people import audit
from foundation.storage.session.database import Database, DatabaseSettings


class Kept:
    """A tenant's audit with all that keeps it."""

    def __init__(self, database: Database, scratch: ScratchDatabase, tenant: Tenant) -> None:
        self.objects = FakeObjectStore()
        self.anchors = AuditAnchors(database, self.objects)
        self.keepers = [AuditKeeper(database, self.anchors) for _ in range(3)]
        self.database, self._scratch, self.tenant = database, scratch, tenant

    async def write(self, *actions: str) -> None:
        for action in actions:
            async with self.database.tenant(self.tenant.tenant_id) as tx:
                await audit.record(
                    tx, self.tenant.tenant_id, actor="user:ann", action=action, target="t", detail={"é": [1, 2.5]}
                )

    async def seal(self) -> None:
        await asyncio.gather(*(keeper.seal() for keeper in self.keepers))

    async def verified(self) -> AuditVerdict:
        return await verify(self.database, self.anchors, self.tenant.tenant_id)

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """As somebody who may do everything in the database."""
        with self._scratch.superuser() as connection:
            done = connection.execute(statement.encode(), [self.tenant.tenant_id, *values])
            return done.fetchall() if done.description else []


@pytest.fixture
async def kept(scratch: ScratchDatabase, tenant: Tenant) -> AsyncIterator[Kept]:
    database = Database(DatabaseSettings(url=scratch.url("control_plane"), pool_size=4), application="test")
    yield Kept(database, scratch, tenant)
    await database.close()


async def test_rows_are_sealed_once_in_order_by_however_many_keepers(kept: Kept) -> None:
    await kept.write(*"abc")
    await kept.seal()
    await asyncio.gather(*(kept.write(action) for action in "defgh"), kept.seal())
    await kept.seal()
    verdict = await kept.verified()
    assert (verdict.rows, verdict.faults) == (8, [])
    places = kept.sql("SELECT position, audit_id FROM audit_chain WHERE tenant_id = %s ORDER BY position")
    assert [position for position, _ in places] == list(range(1, 9))


async def test_a_row_of_a_transaction_that_is_still_open_is_sealed_later_and_not_lost(
    kept: Kept, scratch: ScratchDatabase
) -> None:
    with psycopg.connect(scratch.superuser_url) as late:
        late.execute(
            "INSERT INTO audit_log (tenant_id, actor, action, target) VALUES (%s, 'user:ann', 'late', 't')",
            [kept.tenant.tenant_id],
        )
        await kept.write("early")
        await kept.seal()
        assert (await kept.verified()).rows == 0, "what is older may still come"
        late.commit()
    await kept.seal()
    verdict = await kept.verified()
    assert (verdict.rows, verdict.faults) == (2, [])


CHANGES = {
    "a row is changed": (
        "UPDATE audit_log SET actor = 'user:bob' WHERE tenant_id = %s AND action = 'b'",
        "place 2: its row",
    ),
    "a detail is changed": (
        "UPDATE audit_log SET detail = '{}' WHERE tenant_id = %s AND action = 'c'",
        "place 3: its row",
    ),
    "a row is removed": ("DELETE FROM audit_log WHERE tenant_id = %s AND action = 'b'", "is gone"),
    "a place is removed": ("DELETE FROM audit_chain WHERE tenant_id = %s AND position = 2", "place 2: it is missing"),
    "the end is removed": ("DELETE FROM audit_chain WHERE tenant_id = %s AND position >= 4", "place 4: anchor 1"),
    "a hash is changed": (
        "UPDATE audit_chain SET hash = sha256('x') WHERE tenant_id = %s AND position = 1",
        "place 1: its row",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_whatever_is_changed_is_named_at_its_first_place(kept: Kept, change: str) -> None:
    await kept.write(*"abcd")
    await kept.seal()
    assert await kept.keepers[0].anchor() >= 1
    assert (await kept.verified()).is_sound
    statement, said = CHANGES[change]
    kept.sql(statement)
    verdict = await kept.verified()
    assert said in verdict.faults[0]


async def test_a_chain_that_is_written_anew_is_found_by_its_anchor(kept: Kept) -> None:
    """Who may do everything in the database can make a chain that fits; what stands outside does not fit it."""
    await kept.write(*"ab")
    await kept.seal()
    await kept.anchors.anchor(kept.tenant.tenant_id)
    kept.sql("UPDATE audit_log SET actor = 'user:bob' WHERE tenant_id = %s AND action = 'a'")
    kept.sql("DELETE FROM audit_chain WHERE tenant_id = %s")
    await kept.seal()
    [keeper, *_] = kept.keepers
    keeper._since = 0
    await keeper.seal()
    verdict = await kept.verified()
    assert verdict.faults == ["place 2: it is not what anchor 1 says"]


async def test_a_target_of_any_length_can_be_told(kept: Kept) -> None:
    """Of what a tool asked for, say: an index over whole targets would refuse the row, and with it what was done."""
    tenant_id = kept.tenant.tenant_id
    async with kept.database.tenant(tenant_id) as tx:
        await audit.record(tx, tenant_id, actor="user:ann", action="long", target="\u00e9" * 100_000)
    await kept.seal()
    assert (await kept.verified()).rows == 1


async def test_a_row_that_nobody_sealed_is_named_when_it_is_old(kept: Kept) -> None:
    await kept.write("a")
    assert (await kept.verified()).is_sound
    kept.sql("UPDATE audit_log SET at = now() - interval '2 minutes' WHERE tenant_id = %s")
    [fault] = (await kept.verified()).faults
    assert "has no place" in fault


async def test_heads_are_anchored_when_they_have_moved(kept: Kept) -> None:
    tenant_id = kept.tenant.tenant_id
    await kept.write("a")
    await kept.seal()
    assert [await kept.anchors.anchor(tenant_id) for _ in range(2)] == [True, False]
    await kept.write("b")
    await kept.seal()
    assert await kept.anchors.anchor(tenant_id)
    assert [anchor.link.position async for anchor in kept.anchors.written(tenant_id)] == [1, 2]
    assert b'"position": 2' in await kept.objects.get(key_of(tenant_id, 2))
    assert (await kept.verified()).anchors == 2
