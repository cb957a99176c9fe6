"""Anthropic's own client at counting and models."""

import pytest

from fixtures.vendors.clients import Play, Settled


@pytest.mark.parametrize("way", ["", "messages-"], ids=["all", "messages"])
async def test_tokens_are_counted_as_they_are_used(play: Play, settled: Settled, way: str) -> None:
    told = await play("anthropic_rest", "count", model=f"{way}default")
    assert told["counted"] == told["used"] > 0
    await settled(1)


async def test_the_aliases_are_listed_and_each_can_be_asked_about(play: Play) -> None:
    assert {"default", "guide", "messages-default"} <= set(await play("anthropic_rest", "models"))
    assert await play("anthropic_rest", "model", name="guide") == {"id": "guide", "type": "model"}
