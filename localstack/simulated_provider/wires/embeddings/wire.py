"""Writes answers in the form of OpenAI's embeddings: for each text a unit vector that is made from its digest."""

import base64
import hashlib
import json
import math
import struct
from typing import Any

from simulated_provider.answers.answer import Answer
from simulated_provider.answers.request import ModelRequest
from simulated_provider.answers.tokens import count_text
from simulated_provider.answers.usage import Usage
from simulated_provider.faults.clauses import Faults
from simulated_provider.wires.base import Reply
from simulated_provider.wires.embeddings.request import DIMENSIONS, inputs_of, read_embeddings
from simulated_provider.wires.openai.errors import error


class EmbeddingsWire:
    """`POST /v1/embeddings`. Nothing is generated, so all tokens are input."""

    request_id_header = "x-request-id"
    id_prefix = "embd-"

    def read(self, body: Any, headers: dict[str, str]) -> ModelRequest:  # noqa: ARG002
        return read_embeddings(body)

    def whole(self, reply: Reply, usage: Usage | None) -> bytes:
        options = reply.request.original
        data = []
        for index, text in enumerate(inputs_of(options["input"])):
            vector: list[float] | str = unit_vector(text, dimensions=options.get("dimensions", DIMENSIONS))
            if options.get("encoding_format") == "base64":
                vector = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
            data.append({"object": "embedding", "index": index, "embedding": vector})
        body: dict[str, Any] = {"object": "list", "data": data, "model": reply.answer.model}
        if usage is not None:
            total = usage.input_tokens + usage.output_tokens
            body["usage"] = {"prompt_tokens": usage.input_tokens, "total_tokens": total}
        return json.dumps(body).encode()

    def error(self, message: str, *, status: int, param: str | None = None, code: str | None = None) -> bytes:
        return error(message, status=status, param=param, code=code)


def embedding_answer(request: ModelRequest, *, faults: Faults) -> Answer:  # noqa: ARG001  # no fault changes a vector
    tokens = sum(
        count_text(text) if isinstance(text, str) else len(text) for text in inputs_of(request.original["input"])
    )
    return Answer(model=f"simulated/{request.model}", input_tokens=tokens)


def unit_vector(text: str | tuple[int, ...], *, dimensions: int) -> list[float]:
    """A vector of length 1, always the same for the same text, of components that a 32-bit float holds exactly."""
    digest = hashlib.shake_256(repr(text).encode()).digest(4 * dimensions)
    components = struct.unpack(f"<{dimensions}i", digest)
    length = math.hypot(*components)
    return list(struct.unpack(f"<{dimensions}f", struct.pack(f"<{dimensions}f", *(one / length for one in components))))
