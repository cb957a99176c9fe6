"""Checkpoints: parts stored once, verified on load; of what is damaged the one before is used, and all is named."""

import hashlib
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from architecture.sources import ROOT
from fixtures.checkpoints.checkpointed import conversation, loaded, sql, turns, verified, write
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import a_run, database
from foundation.storage.execution.checkpoints import reading, recording
from foundation.storage.execution.checkpoints.chains import CheckpointCorrupt, chain
from foundation.storage.execution.checkpoints.reading import NOT_IN_ORDER, NOT_NAMED, OTHER_MANIFEST
from foundation.storage.session.database import Database

PARTS = [b"state", b"one", b"two", b"three"]


@pytest.fixture
async def owner(scratch: ScratchDatabase) -> Any:
    opened = database(scratch)
    yield opened
    await opened.close()


async def test_a_turn_adds_only_what_is_new(owner: Database) -> None:
    run = await a_run(owner)
    await write(owner, run, 1, PARTS[:3])
    newest = await write(owner, run, 2, PARTS)
    found = await loaded(owner, run, newest)
    assert (found.stored.parts, found.stored.turn, found.refused) == (PARTS, 2, ())
    rows = await sql(owner, run, "SELECT count(*) FROM message_parts WHERE tenant_id = :tenant")
    assert rows.scalar_one() == len(PARTS)


async def test_parts_of_before_zstd_are_read(owner: Database) -> None:
    run = await a_run(owner)
    newest = await write(owner, run, 1, PARTS)
    bodies = await sql(owner, run, "SELECT digest, body FROM message_parts WHERE tenant_id = :tenant")
    assert all(bytes(row.body).startswith(b"\x28\xb5\x2f\xfd") for row in bodies)
    for part in PARTS:
        old, digest = zlib.compress(part, 6), hashlib.sha256(part).digest()
        await sql(owner, run, "UPDATE message_parts SET body = :body WHERE digest = :digest", body=old, digest=digest)
    assert (await loaded(owner, run, newest)).stored.parts == PARTS
    assert await verified(owner, run, newest) == []


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("UPDATE message_parts SET body = '\\x00' WHERE tenant_id = :tenant AND digest = :digest", "was changed"),
        ("UPDATE message_parts SET body = '\\x28b52ffd00' WHERE tenant_id = :tenant AND digest = :digest", "changed"),
        ("DELETE FROM message_parts WHERE tenant_id = :tenant AND digest = :digest", "is missing"),
    ],
)
async def test_of_a_damaged_part_the_checkpoint_before_is_used(owner: Database, damage: str, fault: str) -> None:
    run = await a_run(owner)
    newest = await turns(owner, run, 3)
    digest = hashlib.sha256(conversation(3)[3]).digest()
    await sql(owner, run, damage, digest=digest)
    found = await loaded(owner, run, newest)
    assert (found.stored.turn, found.stored.parts) == (2, conversation(2))
    [refused] = found.refused
    assert refused.turn == 3
    assert digest.hex() in refused.fault
    assert fault in refused.fault


@pytest.mark.parametrize(
    ("damage", "refused"),
    [
        ("UPDATE checkpoints SET manifest = ARRAY[manifest[1], manifest[3], manifest[2], manifest[4]]", OTHER_MANIFEST),
        ("UPDATE checkpoints SET head = '\\x" + "11" * 32 + "'", NOT_IN_ORDER),
        ("UPDATE checkpoints SET metadata = '{}'", NOT_IN_ORDER),
    ],
)
async def test_of_a_changed_row_the_checkpoint_before_is_used(owner: Database, damage: str, refused: str) -> None:
    run = await a_run(owner)
    newest = await turns(owner, run, 3)
    await sql(owner, run, f"{damage} WHERE step_id = :step AND turn = 3")
    found = await loaded(owner, run, newest)
    assert (found.stored.turn, [(one.turn, one.fault) for one in found.refused]) == (2, [(3, refused)])


async def test_of_a_dropped_row_the_checkpoint_before_is_used(owner: Database) -> None:
    run = await a_run(owner)
    newest = await turns(owner, run, 3)
    await sql(owner, run, "DELETE FROM checkpoints WHERE step_id = :step AND turn = 3")
    found = await loaded(owner, run, newest)
    assert (found.stored.turn, [(one.turn, one.fault) for one in found.refused]) == (2, [(None, NOT_NAMED)])


async def test_what_belongs_to_an_earlier_beginning_is_not_used(owner: Database) -> None:
    """A step that a retry began anew has nothing of before in its conversation."""
    run = await a_run(owner)
    await turns(owner, run, 2)
    await sql(owner, run, "UPDATE steps SET checkpoint_head = NULL, checkpoint_length = NULL WHERE step_id = :step")
    newest = await write(owner, run, 3)
    await sql(owner, run, "UPDATE checkpoints SET manifest = '{}', length = 0 WHERE step_id = :step AND turn = 3")
    with pytest.raises(CheckpointCorrupt, match=r"no checkpoint left to go on from: .*; turn 3: its manifest"):
        await loaded(owner, run, newest)


async def test_what_was_refused_is_replaced_with_the_next_turn(owner: Database) -> None:
    run = await a_run(owner)
    newest = await turns(owner, run, 4)
    await sql(owner, run, "UPDATE message_parts SET body = '\\x00' WHERE tenant_id = :tenant")
    # Of all of them the last part of turn 2 is whole again, and so are those before it.
    for part in conversation(2):
        digest = hashlib.sha256(part).digest()
        body = zlib.compress(part)
        await sql(owner, run, "UPDATE message_parts SET body = :body WHERE digest = :digest", body=body, digest=digest)
    found = await loaded(owner, run, newest)
    assert (found.stored.turn, [one.turn for one in found.refused]) == (2, [4, 3])
    mended = await write(owner, run, 3, mend_after=2)
    assert (await loaded(owner, run, mended)).stored.parts == conversation(3)
    newest = await write(owner, run, 4)
    assert await verified(owner, run, newest) != [], "the state of turn 4 is as it was damaged: nobody looked at it"
    newest = await write(owner, run, 4, mend_after=3)
    assert await verified(owner, run, newest) != [], "so is that of turn 1"


async def test_another_tenant_s_checkpoint_is_not_there(owner: Database, scratch: ScratchDatabase) -> None:
    run, other = await a_run(owner), await a_run(owner)
    newest = await write(owner, run, 1, PARTS)
    worker = database(scratch, "orchestrator")
    try:
        async with worker.tenant(other.tenant_id) as tx:
            with pytest.raises(CheckpointCorrupt, match="no checkpoint"):
                await reading.load(tx, run.tenant_id, run.steps["first"], expected=newest)
    finally:
        await worker.close()


async def test_a_long_conversation_is_stored_once(
    owner: Database, record_property: Callable[[str, object], None]
) -> None:
    """100 turns, 200,000 tokens of four bytes: all that stands for them is at most 1.1 times their unique bytes."""
    run = await a_run(owner)
    source = "".join(path.read_text() for path in sorted((ROOT / "services").rglob("*.py"))).encode()
    messages: list[bytes] = []
    async with owner.tenant(run.tenant_id) as tx:
        for turn in range(1, 101):
            messages.extend(source[place * 4000 :][:4000] for place in (2 * turn - 2, 2 * turn - 1))
            await recording.write(
                tx,
                run.tenant_id,
                run.steps["first"],
                turn=turn,
                checkpoint_id=str(turn),
                parts=[b"state %d" % turn, *messages],
                metadata={},
            )
    unique = sum(map(len, set(messages)))
    assert unique == 800_000
    rows = await sql(
        owner,
        run,
        """SELECT (SELECT sum(pg_column_size(p.*)) FROM message_parts p WHERE tenant_id = :tenant)
                  + (SELECT sum(pg_column_size(c.*)) FROM checkpoints c WHERE step_id = :step)""",
    )
    stored = rows.scalar_one()
    record_property("figures", f"{stored} bytes stored of {unique} unique ones")
    assert stored <= 1.1 * unique


digests = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=6, unique=True)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(digests, st.data())
def test_the_head_changes_with_every_change_of_the_chain(parts: list[bytes], data: st.DataObject) -> None:
    other = data.draw(st.permutations(parts) | st.just(parts[:-1]) | st.just([*parts, b"\x01" * 32]))
    assert (chain(other) == chain(parts)) == (list(other) == parts)
