"""OpenAI's own client at embeddings and models."""

import pytest

from fixtures.vendors.clients import Play, Settled

TEXTS = ["A penguin of the Palmer Archipelago.", "Another one."]


@pytest.mark.parametrize("encoding", ["float", "base64"])
async def test_texts_are_embedded(play: Play, settled: Settled, encoding: str) -> None:
    told = await play("openai_rest", "embeddings", model="embed-1", texts=TEXTS, encoding_format=encoding, dimensions=8)
    assert told["indices"] == [0, 1]
    if encoding == "float":
        assert [len(vector) for vector in told["vectors"]] == [8, 8]
        assert told["vectors"][0] != told["vectors"][1]
    [event] = await settled(1)
    assert (told["total_tokens"], event["output_tokens"]) == (event["total_tokens"], 0)


async def test_the_client_decodes_the_base64_that_it_asks_for_by_itself(play: Play, settled: Settled) -> None:
    plain = await play("openai_rest", "embeddings", model="embed-1", texts=TEXTS, encoding_format="float")
    packed = await play("openai_rest", "embeddings", model="embed-1", texts=TEXTS)
    assert packed["vectors"] == [pytest.approx(vector, abs=1e-6) for vector in plain["vectors"]]
    await settled(2)


async def test_the_aliases_are_listed_and_each_can_be_asked_about(play: Play) -> None:
    assert {"default", "guide", "chat-default"} <= set(await play("openai_rest", "models"))
    assert await play("openai_rest", "model", name="guide") == {"id": "guide", "object": "model"}
