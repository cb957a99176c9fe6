"""OpenAI's embeddings: unit vectors that depend on the text alone, billed as input."""

import math
from typing import Any

import pytest
from openai.types import CreateEmbeddingResponse

from fixtures.providers.provider_in_process import Provider
from simulated_provider.billing.prices import cost

PATH = "/v1/embeddings"


async def embed(provider: Provider, given: Any, **more: Any) -> CreateEmbeddingResponse:
    answer = await provider.http.post(PATH, json={"model": "embed-1", "input": given, **more})
    assert answer.status_code == 200, answer.text
    return CreateEmbeddingResponse.model_validate_json(answer.content, strict=True)


@pytest.mark.parametrize(
    ("given", "tokens"),
    [("penguins", [2]), (["a", "penguin🐧"], [1, 3]), ([1, 2, 3], [3]), ([[1, 2], [3]], [2, 1])],
)
async def test_each_input_has_a_vector_and_is_billed_as_input(
    provider: Provider, given: Any, tokens: list[int]
) -> None:
    response = await embed(provider, given)
    assert [one.index for one in response.data] == list(range(len(tokens)))
    for one in response.data:
        assert len(one.embedding) == 1536
        assert math.hypot(*one.embedding) == pytest.approx(1)
    assert response.usage.prompt_tokens == response.usage.total_tokens == sum(tokens)
    line = provider.line()
    assert (line.input_tokens, line.output_tokens) == (sum(tokens), 0)
    assert line.cost_usd == f"{cost('embed-1', input_tokens=sum(tokens), cached_input_tokens=0, output_tokens=0):f}"


async def test_a_vector_depends_on_the_text_alone(provider: Provider) -> None:
    [alone] = (await embed(provider, "penguins")).data
    among = (await embed(provider, ["other", "penguins", [1]])).data
    assert among[1].embedding == alone.embedding
    assert len({tuple(one.embedding) for one in among}) == 3


async def test_both_encodings_hold_the_same_numbers(provider: Provider) -> None:
    plain = await provider.openai.embeddings.create(
        model="embed-1", input="penguins", dimensions=7, encoding_format="float"
    )
    packed = await provider.openai.embeddings.create(model="embed-1", input="penguins", dimensions=7)
    raw = await provider.http.post(
        PATH, json={"model": "embed-1", "input": "penguins", "dimensions": 7, "encoding_format": "base64"}
    )
    assert isinstance(raw.json()["data"][0]["embedding"], str)
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding, abs=0)
    assert len(plain.data[0].embedding) == 7


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": "x"}, "model"),
        ({"model": "m"}, "input"),
        ({"model": "m", "input": ""}, "input"),
        ({"model": "m", "input": []}, "input"),
        ({"model": "m", "input": ["x", ""]}, "input"),
        ({"model": "m", "input": ["x", 1]}, "input"),
        ({"model": "m", "input": ["x"] * 2049}, "input"),
        ({"model": "m", "input": "x", "dimensions": 0}, "dimensions"),
        ({"model": "m", "input": "x", "encoding_format": "hex"}, "encoding_format"),
    ],
)
async def test_what_is_no_input_is_refused(provider: Provider, body: dict[str, Any], param: str) -> None:
    answer = await provider.http.post(PATH, json=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert provider.lines() == []
