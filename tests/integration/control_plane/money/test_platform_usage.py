"""Operators read what all tenants have used, those included that have left; nobody else does."""

from datetime import date
from typing import Any

import psycopg

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger_rows import a_ledger_row
from foundation.domain.ids import new_uuid

# Years that no other test writes into, as these sums are of all tenants.
DAYS = {"from": "2003-01-01", "to": "2003-01-03"}


def ledgers(scratch: ScratchDatabase) -> tuple[Tenant, Tenant]:
    """Two tenants with calls of three days, one of which was corrected; the second has left."""
    one, gone = Tenant().create(scratch), Tenant(tenant_id=new_uuid())  # type: ignore[arg-type]
    called = a_ledger_row(scratch, one, day=date(2003, 1, 1), cost=1_000_000_007, model="a")
    a_ledger_row(scratch, one, day=date(2003, 1, 1), cost=-7, tokens=-1, model="a", adjusts=called)
    a_ledger_row(scratch, one, day=date(2003, 1, 2), cost=5, model="b", provider="other")
    a_ledger_row(scratch, gone, day=date(2003, 1, 3), cost=3, model="a")
    a_ledger_row(scratch, one, day=date(2003, 1, 4), cost=99)
    return one, gone


def summed(items: list[dict[str, Any]], *by: str) -> dict[tuple[str, ...], tuple[int, str]]:
    return {tuple(one["group"][name] for name in by): (one["attempts"], one["cost_usd"]) for one in items}


async def test_all_tenants_are_summed_by_what_is_asked_page_by_page(
    lonely_api: ApiInProcess, scratch: ScratchDatabase
) -> None:
    one, gone = ledgers(scratch)
    mine, theirs = str(one.tenant_id), str(gone.tenant_id)
    async with lonely_api.operator() as operator:

        async def asked(*by: str, **more: Any) -> dict[tuple[str, ...], tuple[int, str]]:
            query = {**DAYS, "group_by": list(by), **more}
            items: list[dict[str, Any]] = []
            while True:
                page = (await operator.get("/operations/usage", params=query)).json()
                items += page["items"]
                if page["next_cursor"] is None:
                    assert (page["first_day"], page["last_day"]) == (DAYS["from"], DAYS["to"])
                    return summed(items, *by)
                query["cursor"] = page["next_cursor"]

        expected = {(mine,): (2, "1.000000005"), (theirs,): (1, "0.000000003")}
        assert await asked("tenant") == expected
        assert await asked("tenant", limit=1) == expected
        assert await asked("model", "day") == {
            ("a", "2003-01-01"): (1, "1"),
            ("a", "2003-01-03"): (1, "0.000000003"),
            ("b", "2003-01-02"): (1, "0.000000005"),
        }
        assert await asked("provider", tenant_id=mine) == {
            ("other",): (1, "0.000000005"),
            ("simulated",): (1, "1"),
        }
        assert await asked("tenant", model="b", provider="other") == {(mine,): (1, "0.000000005")}
        answer = await operator.get("/operations/usage", params={**DAYS, "group_by": "tenant", "format": "csv"})
        lines = answer.text.splitlines()
        assert lines[0].startswith("tenant,attempts,failures")
        assert sorted(line.split(",")[0] for line in lines[1:]) == sorted([mine, theirs])
        assert "usage-of-tenants-2003-01-01-2003-01-03.csv" in answer.headers["content-disposition"]


async def test_what_is_asked_wrongly_is_refused_with_its_place(lonely_api: ApiInProcess) -> None:
    async with lonely_api.operator() as operator:
        for query, pointer in (
            ({"group_by": ["tenant", "tenant"]}, "/query/group_by"),
            ({"group_by": "user"}, "/query/group_by/0"),
            ({"group_by": "tenant", "from": "2003-01-02", "to": "2003-01-01"}, "/query/from"),
            ({"group_by": "tenant", "format": "csv", "cursor": "x"}, "/query/cursor"),
        ):
            problem(await operator.get("/operations/usage", params=query), 400, "bad_request", pointer=pointer)


async def test_only_operators_may(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        problem(await owner.get("/operations/usage", params={"group_by": "tenant"}), 403, "forbidden")


def test_other_logins_do_not_even_call_the_function(scratch: ScratchDatabase) -> None:
    for login in ("orchestrator", "llm_gateway", "lambdas", "relay", "sweeper"):
        with psycopg.connect(scratch.url(login)) as connection:
            refused = None
            try:
                connection.execute("SELECT * FROM usage_of_tenants('2003-01-01', '2003-01-02', NULL, NULL, NULL)")
            except psycopg.errors.InsufficientPrivilege as error:
                refused = error
            assert refused is not None, login
