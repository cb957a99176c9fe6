"""Reads a request of OpenAI's embeddings, and the texts in it."""

from collections.abc import Iterable
from typing import Any

from simulated_provider.answers.request import ModelRequest, RequestRefused

DIMENSIONS = 1536
"""The length of a vector if the request names none."""
_MOST_DIMENSIONS = 3072
_MOST_INPUTS = 2048


def read_embeddings(body: Any) -> ModelRequest:
    """The request in a body; `RequestRefused` if the body is no embeddings request."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise RequestRefused("you must provide a model parameter", param="model")
    if body.get("encoding_format", "float") not in {"float", "base64"}:
        raise RequestRefused("encoding_format is float or base64", param="encoding_format")
    dimensions = body.get("dimensions", DIMENSIONS)
    if not isinstance(dimensions, int) or not 0 < dimensions <= _MOST_DIMENSIONS:
        raise RequestRefused(f"dimensions is between 1 and {_MOST_DIMENSIONS}", param="dimensions")
    inputs_of(body.get("input"))
    return ModelRequest({"model": body["model"], "messages": []}, original=body)


def inputs_of(value: Any) -> list[str | tuple[int, ...]]:
    """The texts or arrays of tokens of an input; `RequestRefused` if it is neither."""
    if isinstance(value, str) or (isinstance(value, list) and value and _are_tokens(value)):
        value = [value]
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_INPUTS:
        raise RequestRefused(f"input is a text, or a list of at most {_MOST_INPUTS}", param="input")
    for one in value:
        if not one or not (isinstance(one, str) or (isinstance(one, list) and _are_tokens(one))):
            raise RequestRefused("each input is a text or an array of tokens, and not empty", param="input")
    return [one if isinstance(one, str) else tuple(one) for one in value]


def _are_tokens(values: Iterable[Any]) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in values)
