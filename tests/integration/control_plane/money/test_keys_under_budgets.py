"""A key does not get out of its budget by another key, and who sets one is told of keys that are beside it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant

NEW = {"name": "another", "scopes": ["api", "gateway"]}
NOTHING = {"cost_usd": "0"}


async def made(client: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    answer = await client.post("/api-keys", json={**NEW, **wanted})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def made_with(api: ApiInProcess, key: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    async with api.bearing(key["key"]) as program:
        return await made(program, **wanted)


def budget_of(key: dict[str, Any]) -> str:
    return f"/budgets/key/{key['id']}/total"


async def test_a_key_that_has_a_budget_makes_no_key_and_rotates_only_itself(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        key, beside = await made(owner), await made(owner)
        assert (await owner.put(budget_of(key), json=NOTHING)).status_code == 201
        async with lonely_api.bearing(key["key"]) as program:
            told = problem(await program.post("/api-keys", json=NEW), 403, "forbidden")
            assert "your key has a budget" in told["detail"]
            other = problem(await program.post(f"/api-keys/{beside['id']}/rotate", json={}), 403, "forbidden")
            assert "your key has a budget" in other["detail"]
            turned = await program.post(f"/api-keys/{key['id']}/rotate", json={})
            assert turned.status_code == 200, turned.text
        assert (await owner.post("/api-keys", json=NEW)).status_code == 201, "a person stands under no key's budget"
        assert (await owner.delete(budget_of(key))).status_code == 204
        await made_with(lonely_api, turned.json())


@pytest.mark.parametrize("got", ["made", "rotated"])
async def test_nor_does_a_key_that_is_below_one_with_a_budget(
    lonely_api: ApiInProcess, tenant: Tenant, got: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        above = await made(owner)
        if got == "made":
            between = await made_with(lonely_api, above)
        else:
            between = await made(owner)
            async with lonely_api.bearing(above["key"]) as program:
                between = (await program.post(f"/api-keys/{between['id']}/rotate", json={})).json()
        below = await made_with(lonely_api, between)
        set_all_the_same = await owner.put(f"{budget_of(above)}?beside_keys=true", json=NOTHING)
        assert set_all_the_same.status_code == 201, set_all_the_same.text
        for key in (between, below):
            async with lonely_api.bearing(key["key"]) as program:
                told = problem(await program.post("/api-keys", json=NEW), 403, "forbidden")
                assert f"key {above['id']}, which yours is of, has one" in told["detail"]


async def test_who_sets_a_budget_is_told_of_keys_that_spend_beside_it(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = await made(owner)
        first = await made_with(lonely_api, key, name="first")
        second = await made_with(lonely_api, first, name="second")
        gone = await made_with(lonely_api, key, name="gone")
        assert (await owner.delete(f"/api-keys/{gone['id']}")).status_code == 204
        told = problem(await owner.put(budget_of(key), json=NOTHING), 409, "keys_beside_budget")
        assert told["keys"] == [{"id": one["id"], "name": one["name"]} for one in (first, second)]
        assert (told["more"], told["retryable"]) == (False, False)
        assert (await owner.get(budget_of(key))).status_code == 404
        # Those that a budget of their own holds spend beside none.
        assert (await owner.put(budget_of(second), json=NOTHING)).status_code == 201
        told = problem(await owner.put(budget_of(key), json=NOTHING), 409, "keys_beside_budget")
        assert [one["name"] for one in told["keys"]] == ["first"]
        assert (await owner.put(f"{budget_of(key)}?beside_keys=true", json=NOTHING)).status_code == 201
        # It makes no more, so that nobody has to be told again.
        assert (await owner.put(budget_of(key), json={"cost_usd": "1"})).status_code == 200
        assert (await owner.put(f"/budgets/key/{key['id']}/day", json=NOTHING)).status_code == 201
    details = {row[2]: row[3] for row in reversed(audited()) if row[1] == "budget.put"}
    assert details[f"key/{key['id']}/total"]["beside_keys"] == [first["id"]]
    assert "beside_keys" not in details[f"key/{second['id']}/total"]


async def test_a_key_takes_over_none_that_has_made_it(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    """Else each of two would be below the other, and neither below whoever has made the first."""
    async with lonely_api.caller(tenant) as owner:
        first = await made(owner)
        second = await made_with(lonely_api, first)
        third = await made_with(lonely_api, second)
        async with lonely_api.bearing(third["key"]) as program:
            for above in (first, second):
                told = problem(await program.post(f"/api-keys/{above['id']}/rotate", json={}), 403, "forbidden")
                assert "made or rotated with this one" in told["detail"]
        async with lonely_api.bearing(first["key"]) as program:
            assert (await program.post(f"/api-keys/{third['id']}/rotate", json={})).status_code == 200
        assert (await owner.post(f"/api-keys/{first['id']}/rotate", json={})).status_code == 200


async def test_a_key_whose_text_was_known_stays_beside_the_budget_after_a_rotation(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    """The text of before lives on for the overlap, and what was made with it has been."""
    async with lonely_api.caller(tenant) as owner:
        above = await made(owner)
        below = await made_with(lonely_api, above, name="below")
        turned = await owner.post(f"/api-keys/{below['id']}/rotate", json={"overlap_seconds": 86400})
        assert turned.json()["known_to"] is None
        told = problem(await owner.put(budget_of(above), json=NOTHING), 409, "keys_beside_budget")
        assert [one["id"] for one in told["keys"]] == [below["id"]]
        assert (await owner.put(f"{budget_of(above)}?beside_keys=true", json=NOTHING)).status_code == 201
        async with lonely_api.bearing(below["key"]) as program:
            told = problem(await program.post("/api-keys", json=NEW), 403, "forbidden")
            assert f"key {above['id']}, which yours is of, has one" in told["detail"]


async def test_the_last_budget_of_a_key_below_a_budget_is_not_removed_unsaid(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with lonely_api.caller(tenant) as owner:
        above = await made(owner)
        below = await made_with(lonely_api, above, name="below")
        daily = f"/budgets/key/{below['id']}/day"
        for path in (budget_of(below), daily, budget_of(above)):
            assert (await owner.put(path, json=NOTHING)).status_code == 201
        assert (await owner.delete(daily)).status_code == 204, "another one holds it"
        told = problem(await owner.delete(budget_of(below)), 409, "keys_beside_budget")
        assert told["keys"] == [{"id": below["id"], "name": "below"}]
        assert (await owner.get(budget_of(below))).status_code == 200
        assert (await owner.delete(f"{budget_of(below)}?beside_keys=true")).status_code == 204
        assert (await owner.delete(budget_of(above))).status_code == 204
        [detail] = [row[3] for row in audited() if row[1:3] == ("budget.delete", f"key/{below['id']}/total")]
        assert detail["beside_keys"] == [below["id"]]
