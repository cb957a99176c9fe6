"""The inputs of embeddings are a text, texts, tokens, or lists of tokens; nothing else reaches a provider."""

import json
from typing import Any

import pytest

from foundation.domain.errors import BadRequest
from llm_gateway.wires.embeddings.request import read_embeddings_request


def _read(given: Any) -> int:
    return read_embeddings_request(json.dumps({"model": "m", "input": given}).encode()).text_tokens


@pytest.mark.parametrize("given", ["x", ["x", "y"], [1, 2], [[1, 2], [3]]])
def test_texts_and_tokens_pass_and_count_by_their_bytes(given: Any) -> None:
    assert _read(given) >= len(json.dumps(given))


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ([[{"a": 1}]], "/input/0/0"),
        ([[1], [2, "x"]], "/input/1/1"),
        ([[1], []], "/input/1"),
        ([[1.5]], "/input/0/0"),
        ([1, -2], "/input/1"),
        ([1, True], "/input/1"),
        (["x", 1], "/input/1"),
        (["x", None], "/input/1"),
        ([{"a": 1}], "/input/0"),
        ([[[1]]], "/input/0/0"),
        ([], "/input"),
        ("", "/input"),
    ],
)
def test_what_is_neither_is_refused_with_its_place_however_deep_it_stands(given: Any, place: str) -> None:
    with pytest.raises(BadRequest) as refused:
        _read(given)
    assert refused.value.faults[0].pointer == place
