"""OpenAI's embeddings: a unit vector for each text, made from its digest."""

import base64
import hashlib
import json
import math
import struct
from collections.abc import Iterable
from typing import Any

from simulated_provider.answers.answer import Answer
from simulated_provider.answers.asked import Asked, RequestRefused
from simulated_provider.answers.tokens import count_text
from simulated_provider.answers.usage import Usage
from simulated_provider.faults.clauses import Faults
from simulated_provider.wires.base import Reply
from simulated_provider.wires.openai.errors import error

_DIMENSIONS = 1536
_MOST_DIMENSIONS = 3072
_MOST_INPUTS = 2048


class OpenAIEmbeddingsWire:
    """`POST /v1/embeddings`; nothing is generated, so all tokens are input."""

    request_id_header = "x-request-id"
    id_prefix = "embd-"

    def read(self, body: Any, headers: dict[str, str]) -> Asked:  # noqa: ARG002
        if not isinstance(body, dict) or not isinstance(body.get("model"), str):
            raise RequestRefused("you must provide a model parameter", param="model")
        if body.get("encoding_format", "float") not in {"float", "base64"}:
            raise RequestRefused("encoding_format is float or base64", param="encoding_format")
        dimensions = body.get("dimensions", _DIMENSIONS)
        if not isinstance(dimensions, int) or not 0 < dimensions <= _MOST_DIMENSIONS:
            raise RequestRefused(f"dimensions is between 1 and {_MOST_DIMENSIONS}", param="dimensions")
        _inputs(body.get("input"))
        return Asked({"model": body["model"], "messages": []}, original=body)

    def whole(self, reply: Reply, usage: Usage | None) -> bytes:
        asked = reply.asked.original
        data = []
        for index, text in enumerate(_inputs(asked["input"])):
            vector: list[float] | str = unit_vector(text, dimensions=asked.get("dimensions", _DIMENSIONS))
            if asked.get("encoding_format") == "base64":
                vector = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
            data.append({"object": "embedding", "index": index, "embedding": vector})
        body: dict[str, Any] = {"object": "list", "data": data, "model": reply.answer.model}
        if usage is not None:
            total = usage.input_tokens + usage.output_tokens
            body["usage"] = {"prompt_tokens": usage.input_tokens, "total_tokens": total}
        return json.dumps(body).encode()

    def error(self, message: str, *, status: int, param: str | None = None, code: str | None = None) -> bytes:
        return error(message, status=status, param=param, code=code)


def embedding_answer(asked: Asked, *, faults: Faults) -> Answer:  # noqa: ARG001  # none changes what is said
    tokens = sum(count_text(text) if isinstance(text, str) else len(text) for text in _inputs(asked.original["input"]))
    return Answer(model=f"simulated/{asked.model}", input_tokens=tokens)


def unit_vector(text: str | tuple[int, ...], *, dimensions: int) -> list[float]:
    """The same for the same text, of length 1, each component as exact as four bytes hold it."""
    digest = hashlib.shake_256(repr(text).encode()).digest(4 * dimensions)
    components = struct.unpack(f"<{dimensions}i", digest)
    length = math.hypot(*components)
    return list(struct.unpack(f"<{dimensions}f", struct.pack(f"<{dimensions}f", *(one / length for one in components))))


def _inputs(value: Any) -> list[str | tuple[int, ...]]:
    """The texts or token arrays that an input is; `RequestRefused` when it is neither."""
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
