"""How many inputs an embeddings request may have, and what each of them counts."""

import json
from typing import Any

import pytest

from foundation.domain.errors import BadRequest
from llm_gateway.exchange.request import CacheWrites, ModelRequest
from llm_gateway.wires.embeddings.request import read_embeddings_request
from llm_gateway.wires.overheads import REQUEST_OVERHEAD

_EACH = 4


def read(given: Any, **more: Any) -> ModelRequest:
    return read_embeddings_request(json.dumps({"model": "m", "input": given, **more}).encode())


@pytest.mark.parametrize(("given", "inputs"), [("x", 1), (["x", "y"], 2), ([1, 2], 1), ([[1, 2], [3]], 2)])
def test_each_input_has_an_overhead_beside_its_bytes(given: Any, inputs: int) -> None:
    assert read(given).text_tokens == REQUEST_OVERHEAD + _EACH * inputs + len(json.dumps(given))


def test_the_most_inputs_are_taken_and_one_more_is_not() -> None:
    assert read(["x"] * 2048).text_tokens > 0
    with pytest.raises(BadRequest, match="2048") as refused:
        read(["x"] * 2049)
    assert refused.value.faults[0].pointer == "/input"


def test_an_embedding_has_a_dimension() -> None:
    assert read("x", dimensions=1).unlisted == ()
    with pytest.raises(BadRequest) as refused:
        read("x", dimensions=0)
    assert refused.value.faults[0].pointer == "/dimensions"


def test_it_has_one_answer_of_no_tokens_that_is_not_streamed() -> None:
    request = read("x", surprise=1)
    assert (request.choices, request.max_output, request.streamed, request.wants_usage) == (1, 0, False, True)
    assert request.cache_writes is CacheWrites.NONE
    assert request.unlisted == ("surprise",)
