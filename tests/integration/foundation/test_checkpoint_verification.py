"""Whatever is changed, dropped or put into another order among a step's checkpoints is found, and the row is named."""

import hashlib
from typing import Any

import pytest

from fixtures.checkpoints.checkpointed import conversation, sql, turns, verified, write
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import a_run, database
from foundation.storage.execution.checkpoints import listing
from foundation.storage.execution.checkpoints.chains import Manifest
from foundation.storage.execution.checkpoints.reading import NOT_IN_ORDER, NOT_NAMED, OTHER_MANIFEST
from foundation.storage.session.database import Database

TURNS = 5
CHANGED = conversation(3)[2]
DIGEST = hashlib.sha256(CHANGED).hexdigest()
OTHER = "11" * 32
PART = "UPDATE message_parts SET {} WHERE tenant_id = :tenant AND encode(digest, 'hex') = :digest"
ROW = "UPDATE checkpoints SET {} WHERE step_id = :step AND turn = 3"
STEP = "UPDATE steps SET {} WHERE step_id = :step"
TAKE_EACH_OTHER_S_PLACE = "3 and 4"
DAMAGES = {
    "a part changed": (PART.format("body = '\\x00'"), [(f"message_parts/{DIGEST}", "it was changed")]),
    "a part's size": (
        PART.format("size = 3"),
        [(f"message_parts/{DIGEST}", f"its size is {len(CHANGED)}, and 3 stands there")],
    ),
    "a part dropped": (
        "DELETE FROM message_parts WHERE tenant_id = :tenant AND encode(digest, 'hex') = :digest",
        [(f"message_parts/{DIGEST}", "it is missing")],
    ),
    "the manifest in another order": (
        ROW.format("manifest = manifest[2:2] || manifest[1:1] || manifest[3:]"),
        [("checkpoints/3", OTHER_MANIFEST)],
    ),
    "the manifest cut": (ROW.format("manifest = manifest[1:3], length = 3"), [("checkpoints/3", OTHER_MANIFEST)]),
    "the head": (
        ROW.format(f"head = '\\x{OTHER}'"),
        [("checkpoints/3", NOT_IN_ORDER), ("checkpoints/3", OTHER_MANIFEST)],
    ),
    "the link": (
        ROW.format(f"link = '\\x{OTHER}'"),
        [("checkpoints/3", NOT_IN_ORDER), ("checkpoints/4", NOT_IN_ORDER)],
    ),
    "the id": (ROW.format("checkpoint_id = '4'"), [("checkpoints/3", NOT_IN_ORDER)]),
    "the metadata": (ROW.format("metadata = '{}'"), [("checkpoints/3", NOT_IN_ORDER)]),
    "a deletion that was none": (
        ROW.format("deleted_at = now()"),
        [("checkpoints/3", "it was deleted, and has parts")],
    ),
    "the turn": (
        ROW.format("turn = 9"),
        [("checkpoints/4", NOT_IN_ORDER), ("checkpoints/9", NOT_IN_ORDER), ("steps/first", NOT_NAMED)],
    ),
    "two turns in the place of each other": (
        TAKE_EACH_OTHER_S_PLACE,
        [("checkpoints/3", NOT_IN_ORDER), ("checkpoints/4", NOT_IN_ORDER), ("checkpoints/5", NOT_IN_ORDER)],
    ),
    "the first row dropped": (
        "DELETE FROM checkpoints WHERE step_id = :step AND turn = 1",
        [("checkpoints/2", NOT_IN_ORDER), ("steps/first", "the turn of its first checkpoint has none")],
    ),
    "a row dropped": (
        "DELETE FROM checkpoints WHERE step_id = :step AND turn = 3",
        [("checkpoints/4", NOT_IN_ORDER)],
    ),
    "the last row dropped": (
        "DELETE FROM checkpoints WHERE step_id = :step AND turn = 5",
        [("steps/first", NOT_NAMED)],
    ),
    "every row dropped": (
        "DELETE FROM checkpoints WHERE step_id = :step",
        [("steps/first", NOT_NAMED), ("steps/first", "the turn of its first checkpoint has none")],
    ),
    "the step's head": (STEP.format(f"checkpoint_head = '\\x{OTHER}'"), [("steps/first", NOT_NAMED)]),
    "the step's length": (STEP.format("checkpoint_length = 1"), [("steps/first", NOT_NAMED)]),
    "the step's beginning": (
        STEP.format("checkpoint_first = 0"),
        [("steps/first", "the turn of its first checkpoint has none")],
    ),
}


@pytest.fixture
async def owner(scratch: ScratchDatabase) -> Any:
    opened = database(scratch)
    yield opened
    await opened.close()


@pytest.mark.parametrize("damage", DAMAGES)
async def test_damage_is_found_and_named(owner: Database, damage: str) -> None:
    statement, expected = DAMAGES[damage]
    run = await a_run(owner)
    await turns(owner, run, TURNS)
    if statement == TAKE_EACH_OTHER_S_PLACE:
        # Keys are checked row by row, so that two rows take each other's place by way of a third.
        for old, new in ((3, 99), (4, 3), (99, 4)):
            move = "UPDATE checkpoints SET turn = :new WHERE step_id = :step AND turn = :old"
            await sql(owner, run, move, old=old, new=new)
    else:
        await sql(owner, run, statement, **({"digest": DIGEST} if ":digest" in statement else {}))
    rows = await sql(owner, run, "SELECT checkpoint_head, checkpoint_length FROM steps WHERE step_id = :step")
    named = Manifest(*rows.one())
    assert [(one.row, one.fault) for one in await verified(owner, run, named)] == expected


async def test_what_is_whole_has_no_faults_also_beyond_one_page_of_rows(owner: Database) -> None:
    run = await a_run(owner)
    assert await verified(owner, run, await turns(owner, run, 60)) == []


async def test_a_deleted_checkpoint_breaks_no_chain(owner: Database) -> None:
    run = await a_run(owner)
    newest = await turns(owner, run, TURNS)
    async with owner.tenant(run.tenant_id) as tx:
        for turn in (1, 3):
            assert await listing.delete(tx, run.tenant_id, run.steps["first"], turn=turn)
        assert not await listing.delete(tx, run.tenant_id, run.steps["first"], turn=3)
    assert await verified(owner, run, newest) == []
    newest = await write(owner, run, TURNS + 1)
    assert await verified(owner, run, newest) == []
    await sql(owner, run, "DELETE FROM checkpoints WHERE step_id = :step AND turn = 3")
    assert [one.row for one in await verified(owner, run, newest)] == ["checkpoints/4"]
