"""Checkpoints: parts stored once, verified on load; what was changed, lost or reordered is named."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import ARun, a_run, database
from foundation.storage.execution import checkpoints
from foundation.storage.execution.checkpoints import CheckpointCorrupt, Manifest, chain
from foundation.storage.session.database import Database

PARTS = [b"state", b"one", b"two", b"three"]


@pytest.fixture
async def owner(scratch: ScratchDatabase) -> Any:
    opened = database(scratch)
    yield opened
    await opened.close()


async def write(owner: Database, run: ARun, turn: int, parts: list[bytes]) -> Manifest:
    async with owner.tenant(run.tenant_id) as tx:
        return await checkpoints.write(
            tx, run.tenant_id, run.steps["first"], turn=turn, checkpoint_id=str(turn), parts=parts, metadata={}
        )


async def load(owner: Database, run: ARun, expected: Manifest) -> list[bytes]:
    async with owner.tenant(run.tenant_id) as tx:
        return (await checkpoints.load(tx, run.tenant_id, run.steps["first"], expected=expected)).parts


async def sql(owner: Database, run: ARun, statement: str, **values: Any) -> Any:
    async with owner.tenant(run.tenant_id) as tx:
        return await tx.execute(text(statement), {"tenant": run.tenant_id, "step": run.steps["first"], **values})


async def test_a_turn_adds_only_what_is_new(owner: Database) -> None:
    run = await a_run(owner)
    await write(owner, run, 1, PARTS[:3])
    newest = await write(owner, run, 2, PARTS)
    assert await load(owner, run, newest) == PARTS
    rows = await sql(owner, run, "SELECT count(*) FROM message_parts WHERE tenant_id = :tenant")
    assert rows.scalar_one() == len(PARTS)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE message_parts SET body = '\\x00' WHERE tenant_id = :tenant AND digest = :digest", "was changed"),
        ("DELETE FROM message_parts WHERE tenant_id = :tenant AND digest = :digest", "is missing"),
    ],
)
async def test_a_damaged_part_is_named(owner: Database, damage: str, said: str) -> None:
    run = await a_run(owner)
    newest = await write(owner, run, 1, PARTS)
    rows = await sql(owner, run, "SELECT manifest[3] AS digest FROM checkpoints WHERE step_id = :step")
    digest = rows.scalar_one()
    await sql(owner, run, damage, digest=digest)
    with pytest.raises(CheckpointCorrupt, match=said) as error:
        await load(owner, run, newest)
    assert bytes(digest).hex() in error.value.detail


async def test_a_reordered_manifest_is_named(owner: Database) -> None:
    run = await a_run(owner)
    newest = await write(owner, run, 1, PARTS)
    swapped = "UPDATE checkpoints SET manifest = ARRAY[manifest[1], manifest[3], manifest[2], manifest[4]]"
    await sql(owner, run, f"{swapped} WHERE step_id = :step")
    with pytest.raises(CheckpointCorrupt, match="turn 1"):
        await load(owner, run, newest)


async def test_another_tenant_s_checkpoint_is_not_there(owner: Database, scratch: ScratchDatabase) -> None:
    run, other = await a_run(owner), await a_run(owner)
    newest = await write(owner, run, 1, PARTS)
    worker = database(scratch, "orchestrator")
    try:
        async with worker.tenant(other.tenant_id) as tx:
            with pytest.raises(CheckpointCorrupt, match="no checkpoint"):
                await checkpoints.load(tx, run.tenant_id, run.steps["first"], expected=newest)
    finally:
        await worker.close()


digests = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=6, unique=True)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(digests, st.data())
def test_the_head_changes_with_every_change_of_the_chain(parts: list[bytes], data: st.DataObject) -> None:
    other = data.draw(st.permutations(parts) | st.just(parts[:-1]) | st.just([*parts, b"\x01" * 32]))
    assert (chain(other) == chain(parts)) == (list(other) == parts)
