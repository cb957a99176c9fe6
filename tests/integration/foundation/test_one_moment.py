"""What a rebuild of budgets stands on: several questions, asked of the database as it was at the first of them."""

from typing import Any

import pytest
from sqlalchemy import text

from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import database


@pytest.fixture
async def owner(scratch: ScratchDatabase) -> Any:
    found = database(scratch)
    async with found.across_tenants(reason="a table of the test's own") as tx:
        await tx.execute(text("CREATE TABLE IF NOT EXISTS one_moment_test (number integer)"))
        await tx.execute(text("TRUNCATE one_moment_test"))
    yield found
    await found.close()


@pytest.mark.parametrize(("one_moment", "second"), [(True, 0), (False, 1)])
async def test_what_is_committed_between_two_questions_is_in_none_of_one_moment(
    owner: Any, *, one_moment: bool, second: int
) -> None:
    count = text("SELECT count(*) FROM one_moment_test")
    async with owner.across_tenants(reason="ask twice", one_moment=one_moment) as tx:
        assert (await tx.execute(count)).scalar_one() == 0
        async with owner.across_tenants(reason="write in between") as other:
            await other.execute(text("INSERT INTO one_moment_test VALUES (1)"))
        assert (await tx.execute(count)).scalar_one() == second
