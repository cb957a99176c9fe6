"""A name reaches a provider only when it is one of the caller's own: what stands in the request is sent without it."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from foundation.domain.errors import BadRequest, DependencyUnavailable
from foundation.domain.ids import TenantId
from llm_gateway.exchange.caller import Caller
from llm_gateway.items.answered import Item
from llm_gateway.items.named import with_items
from llm_gateway.wires.responses.request import read_responses_request

CALLER = Caller(TenantId(UUID(int=1)))
OWN = {"type": "reasoning", "id": "rs_own", "summary": [], "encrypted_content": "as it was answered"}
KEPT = Item("rs_own", json.dumps(OWN).encode(), 7)


class _Kept:
    """What is kept of this caller's answers; None while nobody can look."""

    def __init__(self, *items: Item, away: bool = False) -> None:
        self._items = {item.id: item for item in items}
        self._away = away

    async def find(self, tenant_id: TenantId, ids: Sequence[str]) -> dict[str, Item]:
        assert tenant_id == CALLER.tenant_id
        if self._away:
            raise DependencyUnavailable("the items that are named cannot be looked up", retry_after=1)
        return {one: self._items[one] for one in ids if one in self._items}


async def sent(kept: _Kept, *items: Any) -> Any:
    body = json.dumps({"model": "m", "input": [{"role": "user", "content": "q"}, *items]}).encode()
    looked: Any = kept
    _, whole = await with_items(read_responses_request(body), body, caller=CALLER, kept=looked)
    return json.loads(whole)["input"][1:]


def reasoning(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "reasoning", "id": name, "summary": [], **more}


@pytest.mark.parametrize("own", [{"encrypted_content": "x"}, {"content": [{"type": "reasoning_text", "text": "x"}]}])
@pytest.mark.parametrize("kept", [_Kept(KEPT), _Kept(away=True)], ids=["unknown", "away"])
async def test_reasoning_of_its_own_under_a_name_that_is_not_known_is_sent_without_the_name(
    kept: _Kept, own: Any
) -> None:
    named = reasoning("rs_others", **own)
    assert await sent(kept, named) == [{name: value for name, value in named.items() if name != "id"}]


async def test_reasoning_under_an_own_name_is_sent_as_it_was_answered() -> None:
    assert await sent(_Kept(KEPT), reasoning("rs_own", encrypted_content="another")) == [OWN]


@pytest.mark.parametrize(
    "empty",
    [
        {},
        {"content": []},
        {"content": ""},
        {"encrypted_content": ""},
        {"content": [{"type": "reasoning_text", "text": ""}]},
    ],
)
async def test_reasoning_without_anything_of_its_own_under_a_name_that_is_not_known_is_refused(empty: Any) -> None:
    with pytest.raises(BadRequest) as refused:
        await sent(_Kept(KEPT), reasoning("rs_others", **empty))
    assert refused.value.faults[0].pointer == "/input/1"
    with pytest.raises(DependencyUnavailable):
        await sent(_Kept(away=True), reasoning("rs_others", **empty))
